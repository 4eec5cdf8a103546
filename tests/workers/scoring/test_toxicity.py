import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from moderation.model import ATTRIBUTES
from workers.scoring import toxicity
from workers.scoring.catalogue import (
    CARD,
    SHIPPED,
    TOKENIZER,
    WEIGHTS,
    ModelIntegrityError,
    ModelMissingError,
    read_card,
)
from workers.scoring.toxicity import ToxicityScorer

ATTACK = "You are a pathetic idiot and nobody wants you here."
HARMLESS = "The harvest was good, and the market on the square was full of people who had come from the villages. "


def test_the_shipped_model_gives_its_golden_scores(shipped: ToxicityScorer) -> None:
    """The model scores the card's texts as it did when it was made."""
    card = read_card(SHIPPED / "compact-3")

    assert len(card.golden) >= 5
    for golden, found in zip(card.golden, shipped.score([golden.text for golden in card.golden]), strict=True):
        assert found.scores == pytest.approx(dict(golden.scores), abs=card.golden_tolerance)


def test_it_tells_insult_from_kindness(shipped: ToxicityScorer) -> None:
    """An insult scores high, thanks and disagreement score low."""
    insult, thanks, disagreement = shipped.score([ATTACK, "Thank you, that helped.", "I think you are wrong there."])

    assert insult.scores["toxicity"] > 0.8
    assert thanks.scores["toxicity"] < 0.1
    assert disagreement.scores["toxicity"] < 0.1
    assert insult.scores.keys() == {*ATTRIBUTES} - {"spam"}


def test_scores_come_in_order_whatever_the_lengths(shipped: ToxicityScorer) -> None:
    """Texts are sorted by length inside, and answered in the order they came."""
    texts = [HARMLESS * 8, ATTACK, "", HARMLESS, ATTACK + " " + ATTACK, "ok"]
    batched = shipped.score(texts)

    for text, found in zip(texts, batched, strict=True):
        assert found.scores == pytest.approx(shipped.score([text])[0].scores, abs=0.05)
    assert shipped.score([]) == []


@pytest.mark.parametrize("position", ["before", "amid", "after"])
@pytest.mark.parametrize("times", [10, 60])
def test_padding_cannot_hide_an_attack(shipped: ToxicityScorer, position: str, times: int) -> None:
    """However much harmless text stands around an insult, the window that holds it counts."""
    half = HARMLESS * (times // 2)
    text = {"before": ATTACK + " " + half + half, "amid": half + ATTACK + " " + half, "after": half + half + ATTACK}
    padded, harmless = shipped.score([text[position], half + half])

    assert harmless.scores["toxicity"] < 0.1
    assert padded.scores["toxicity"] > 0.5


@pytest.mark.parametrize(
    "disguised",
    [
        "You are a pathetic 1d10t and nobody wants you here.",
        "You are a pathetic i.d.i.o.t and nobody wants you here.",
        "You are a pathetic i d i o t and nobody wants you here.",
        "You are a pathetic іdіоt and nobody wants you here.",
        "You are a pathetic idiiiiot and nobody wants you here.",
        "You are a pathetic id\u200bi\u200bot and nobody wants you here.",
        "You are a pathetic 𝕚𝕕𝕚𝕠𝕥 and nobody wants you here.",
    ],
)
def test_a_disguised_word_is_scored_as_the_word_it_means(shipped: ToxicityScorer, disguised: str) -> None:
    """A disguise lowers no score, and the span is that of the word as it was written."""
    plain, hidden = shipped.score([ATTACK, disguised])
    toxic = [disguised[span.start : span.end] for span in hidden.spans]

    assert hidden.scores["toxicity"] > plain.scores["toxicity"] - 0.05
    assert any(disguised[20 : disguised.index(" and")] in words for words in toxic)


def test_undoing_disguises_never_lowers_a_score(shipped: ToxicityScorer) -> None:
    """The text as it is written counts as well as what it may have meant."""
    texts = [ATTACK, "sh1t h4ppens, 1st of all", "call 555-0100 @ 9am, or mail a@b.example", "Soooo goood!!! $$$"]

    for both, written in zip(shipped.score(texts), shipped.score(texts, undo=False), strict=True):
        # int8 rounds by what else is in the batch
        assert all(both.scores[name] >= score - 0.05 for name, score in written.scores.items())


def test_spans_mark_the_toxic_words_of_a_long_text(shipped: ToxicityScorer) -> None:
    """Spans are code points of the whole text, also where the word stands far behind the first window."""
    text = "😀 " + HARMLESS * 12 + "You stupid idiot. " + HARMLESS * 3
    (found,) = shipped.score([text])

    assert [text[span.start : span.end] for span in found.spans] == ["stupid idiot"]
    assert all(span.attribute == "toxicity" and 0.5 <= span.score <= 1 for span in found.spans)
    assert shipped.score([HARMLESS])[0].spans == ()


def test_embeddings_are_near_for_texts_that_mean_the_same(shipped: ToxicityScorer) -> None:
    """Each has length 1; a rewriting is nearer than another topic."""
    dog, hound, tax = (
        one.embedding
        for one in shipped.score(
            ["The dog ran across the garden.", "A hound was running through the yard.", "Taxes on petrol rise in May."]
        )
    )

    assert dog is not None
    assert hound is not None
    assert tax is not None
    assert np.linalg.norm(dog) == pytest.approx(1, abs=1e-3)
    assert dog @ hound > dog @ tax + 0.2


def test_a_changed_file_is_refused(copy: Path) -> None:
    """A model file with one bit changed is not loaded."""
    content = bytearray((copy / WEIGHTS).read_bytes())
    content[-1] ^= 1
    (copy / WEIGHTS).write_bytes(content)

    with pytest.raises(ModelIntegrityError, match=WEIGHTS):
        toxicity.load(str(copy), "onnx", Path("nowhere"))


def test_a_changed_tokenizer_is_refused(copy: Path) -> None:
    """The tokenizer belongs to the model as much as its weights do."""
    (copy / TOKENIZER).write_bytes((copy / TOKENIZER).read_bytes() + b" ")

    with pytest.raises(ModelIntegrityError, match=TOKENIZER):
        toxicity.load(str(copy), "onnx", Path("nowhere"))


def test_a_model_that_scores_otherwise_is_refused_at_start(copy: Path) -> None:
    """Weights that do not give the golden scores are not served, however right their hash."""
    card = json.loads((copy / CARD).read_text())
    card["golden"] = json.loads((SHIPPED / "compact-3" / CARD).read_text())["golden"]
    (copy / CARD).write_text(json.dumps(card))

    with pytest.raises(ModelIntegrityError, match="golden"):
        toxicity.load(str(copy), "onnx", Path("nowhere"))


def test_a_model_that_is_not_there_is_told_with_a_next_step(tmp_path: Path) -> None:
    """A wrong name does not end in a stack trace about a file."""
    with pytest.raises(ModelMissingError, match="MODERATION_MODEL"):
        toxicity.load("no-such-model", "onnx", tmp_path)


def test_without_pytorch_a_process_scores_and_stays_small() -> None:
    """The ONNX engine loads no PyTorch, and process and model together stay under 200 MB."""
    code = (
        "import sys, pathlib, psutil\n"
        "from workers.scoring import toxicity\n"
        "scorer = toxicity.load('compact-3', 'onnx', pathlib.Path('nowhere'))\n"
        f"scorer.score([{HARMLESS!r} * 20] * 20)\n"
        "assert not {'torch', 'transformers', 'detoxify', 'onnx'} & sys.modules.keys()\n"
        "print(psutil.Process().memory_info().rss)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)

    assert int(done.stdout) < 200e6


def test_one_thread_scores(shipped: ToxicityScorer) -> None:
    """One process is started for each core, so a scorer uses one thread: else they would fight."""
    before = psutil.Process().num_threads()
    shipped.score([ATTACK] * 8)

    assert psutil.Process().num_threads() <= before
