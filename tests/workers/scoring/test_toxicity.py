import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

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
    card = read_card(SHIPPED / "compact-1")

    assert len(card.golden) >= 5
    for golden, found in zip(card.golden, shipped.score([golden.text for golden in card.golden]), strict=True):
        assert found == pytest.approx(dict(golden.scores), abs=card.golden_tolerance)


def test_it_tells_insult_from_kindness(shipped: ToxicityScorer) -> None:
    """An insult scores high, thanks and disagreement score low."""
    insult, thanks, disagreement = shipped.score([ATTACK, "Thank you, that helped.", "I think you are wrong there."])

    assert insult["toxicity"] > 0.9
    assert thanks["toxicity"] < 0.1
    assert disagreement["toxicity"] < 0.1
    assert insult.keys() == {"toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack"}


def test_scores_come_in_order_whatever_the_lengths(shipped: ToxicityScorer) -> None:
    """Texts are sorted by length inside, and answered in the order they came."""
    texts = [HARMLESS * 8, ATTACK, "", HARMLESS, ATTACK + " " + ATTACK, "ok"]
    batched = shipped.score(texts)

    for text, found in zip(texts, batched, strict=True):
        assert found == pytest.approx(shipped.score([text])[0], abs=0.05)
    assert shipped.score([]) == []


@pytest.mark.parametrize("position", ["before", "amid", "after"])
@pytest.mark.parametrize("times", [10, 60])
def test_padding_cannot_hide_an_attack(shipped: ToxicityScorer, position: str, times: int) -> None:
    """However much harmless text stands around an insult, the window that holds it counts."""
    half = HARMLESS * (times // 2)
    text = {"before": ATTACK + " " + half + half, "amid": half + ATTACK + " " + half, "after": half + half + ATTACK}
    padded, harmless = shipped.score([text[position], half + half])

    assert harmless["toxicity"] < 0.1
    assert padded["toxicity"] > 0.5


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
    card["golden"] = json.loads((SHIPPED / "compact-1" / CARD).read_text())["golden"]
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
        "scorer = toxicity.load('compact-1', 'onnx', pathlib.Path('nowhere'))\n"
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
