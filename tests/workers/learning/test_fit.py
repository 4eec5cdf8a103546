import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.learning.fit import KEY_BOUND, PENALTY, Texts, cross_validated, fit, learn, moved

WIDTH = 200
Rows = npt.NDArray[np.float32]


def rows(number: int, seed: int, centre: float = 0.0) -> Rows:
    """Return vectors of length 1 around one direction."""
    found = np.random.default_rng(seed).normal(size=(number, WIDTH))
    found[:, 0] += centre
    unit: Rows = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
    return unit


def campaign(*, by_key: bool, number: int = 20, odds: float = -3.0) -> Texts:
    """Return labels of one campaign among ordinary texts."""
    kinds = [np.full(number, True), np.full(60, False)]
    labelled = np.concatenate(kinds)
    return Texts.of(
        vectors=np.concatenate([rows(number, 1, 8.0), rows(60, 2)]),
        told=labelled.astype(np.float64),
        odds=np.full(number + 60, odds),
        person=labelled & (not by_key),
        key=labelled & by_key,
    )


def test_a_fit_is_the_minimum_of_its_loss() -> None:
    """The gradient of the penalised loss is zero there."""
    texts = campaign(by_key=False)
    weights = np.linspace(0.1, 1, len(texts.target))
    found = fit(texts.vectors, texts.target, weights, texts.odds)

    shares = 1 / (1 + np.exp(-(texts.vectors @ found + texts.odds)))
    gradient = texts.vectors.T.astype(np.float64) @ (weights * (shares - texts.target)) + PENALTY * found
    assert np.abs(gradient).max() < 1e-4


def test_a_campaign_is_learnt_and_ordinary_texts_stay() -> None:
    """The next ones like twenty labelled ones are found; others hardly move."""
    model = learn(campaign(by_key=False))

    assert (moved(rows(50, 3, 8.0), model) - 3 > 1.4).mean() > 0.95
    assert (moved(rows(50, 4), model) - 3 > 1.4).mean() == 0


def test_without_labels_nothing_is_learnt() -> None:
    """Anchors and ordinary comments ask the model to stay as it is, wherever it puts them."""
    texts = campaign(by_key=False)
    nobody = np.zeros(len(texts.odds), dtype=bool)
    odds = np.linspace(-6, 6, len(texts.odds))

    assert np.abs(learn(Texts.of(texts.vectors, texts.target, odds, nobody, nobody))).max() < 1e-6


@pytest.mark.parametrize("sure", [-13.8, 13.8])
def test_extreme_scores_are_no_trouble(sure: float) -> None:
    """A shipped score of nearly 0 or 1 gives finite weights."""
    assert np.isfinite(learn(campaign(by_key=False, odds=sure))).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 200))
def test_no_key_moves_a_score_by_more_than_the_bound(seed: int, number: int) -> None:
    """Whatever API keys label, and however often, what people taught is moved by `KEY_BOUND` at most."""
    rng = np.random.default_rng(seed)
    people = campaign(by_key=False)
    poison = Texts(
        vectors=rows(number, seed, 10.0),
        target=np.full(number, float(rng.integers(2))),
        odds=rng.normal(0, 5, number),
        person=np.zeros(number, dtype=bool),
        key=np.ones(number, dtype=bool),
    )
    both = Texts(
        *(np.concatenate(pair) for pair in zip(people.__dict__.values(), poison.__dict__.values(), strict=True))
    )
    probes = np.concatenate([people.vectors, poison.vectors, rows(50, 7)])

    difference = np.abs(moved(probes, learn(both)) - moved(probes, learn(people)))
    assert difference.max() <= KEY_BOUND + 1e-3


def test_keys_alone_can_teach() -> None:
    """A site that only decides through its API learns, too, within the bound."""
    move = moved(rows(50, 3, 8.0), learn(campaign(by_key=True)))

    assert (move - 3 > 1.4).mean() > 0.8
    assert move.max() <= KEY_BOUND


def test_cross_validation_judges_each_text_by_a_model_that_had_not_seen_it() -> None:
    """A text that only its own label speaks for is not found, though a model that knows it finds it."""
    alone = campaign(by_key=False)
    strange = np.zeros((1, WIDTH), dtype=np.float32)
    strange[0, 5] = -1.0
    texts = Texts(
        vectors=np.concatenate([alone.vectors, strange]),
        target=np.append(alone.target, 1.0),
        odds=np.append(alone.odds, -3.0),
        person=np.append(alone.person, True),
        key=np.append(alone.key, False),
    )

    held_out = cross_validated(texts)
    assert held_out[-1] < 0
    assert texts.odds[-1] + moved(texts.vectors, learn(texts))[-1] > 0
    assert (held_out[:20] > 0).all()
