"""Thresholds of Perspective's, translated."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.cli_thresholds import thresholds
from moderation.settings import Settings
from moderation.storage import sites
from moderation.storage.database import Database
from moderation.translation import NotTranslatedError, names, table, translate
from tests.build import make_site
from tests.shell import run
from training.perspective_thresholds import GRID, points, same_rate

SOURCE = ("--from", "perspective")


@pytest.mark.parametrize("name", names(table()))
def test_a_higher_threshold_is_a_higher_one_here(name: str) -> None:
    """And each lies in its interval."""
    found = table()["attributes"][name]["points"]
    all_of_it = [translate(table(), name, float(threshold)) for threshold in found]

    assert all(one.low <= one.ours <= one.high for one in all_of_it)
    assert [one.ours for one in all_of_it] == sorted(one.ours for one in all_of_it)
    assert all(0 < one.held < one.of and 0 <= one.both <= 1 for one in all_of_it)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=60, unique_by=lambda pair: pair[1]))
def test_as_many_are_held(pairs: list[tuple[float, float]]) -> None:
    """On the comments that it was made of, whatever the scores are."""
    theirs, ours = (np.array(column) for column in zip(*pairs, strict=True))

    for threshold in GRID:
        value = same_rate(theirs, ours, threshold)
        held = int((theirs >= threshold).sum())
        assert (value is None) == (held in {0, len(pairs)})
        assert value is None or int((ours >= value).sum()) == held


def test_the_same_scores_translate_to_themselves() -> None:
    """And both hold the same comments."""
    scores = np.round(np.random.default_rng(1).random(400), 2) + np.arange(400) * 1e-9

    for threshold, (ours, low, high, _, both) in points(scores, scores).items():
        assert abs(ours - float(threshold)) < 0.02
        assert low <= ours <= high
        assert both == 1.0


def test_the_table_was_made_for_the_shipped_models(settings: Settings) -> None:
    """Another model needs another table: `python -m training.perspective_thresholds` makes it."""
    from workers.scoring.spam import SpamScorer

    assert table()["models"]["toxicity"] == settings.model
    assert table()["models"]["spam"] == SpamScorer.load().name.partition("@")[0]


def test_what_has_no_translation_is_said() -> None:
    """With what has one, and from where to where."""
    with pytest.raises(NotTranslatedError, match="TOXICITY"):
        translate(table(), "FLIRTATION", 0.8)
    with pytest.raises(NotTranslatedError, match=r"translations go from 0\.05 to"):
        translate(table(), "TOXICITY", 1.0)
    assert translate(table(), "TOXICITY@6", 0.8) == translate(table(), "toxicity_EXPERIMENTAL".upper(), 0.8)


def test_the_command_translates(settings: Settings) -> None:
    """As a table for people, as JSON for programs, and everything if nothing is named."""
    shown = run(thresholds, settings, *SOURCE, "TOXICITY=0.8").stdout
    (told,) = json.loads(run(thresholds, settings, *SOURCE, "TOXICITY=0.8", "--json").stdout)
    overview = json.loads(run(thresholds, settings, *SOURCE, "--json").stdout)

    assert f"{told['ours']:.3f}" in shown
    assert (told["name"], told["attribute"], told["of"]) == ("TOXICITY", "toxicity", 2000)
    assert {one["name"] for one in overview} == set(names(table()))


@pytest.mark.parametrize("given", ["TOXICITY", "TOXICITY=much", "CHARM=0.5", "TOXICITY=1.5"])
def test_what_cannot_be_translated_is_refused(settings: Settings, given: str) -> None:
    """With status 1, and the site's policy as it was."""
    assert run(thresholds, settings, *SOURCE, given, code=1).output.startswith("Error:")


def test_the_command_can_put_thresholds_in_force(settings: Settings) -> None:
    """For holding; what is rejected stays as it was, and the policy has a new version."""
    database = Database(settings.database)
    make_site(database)

    run(thresholds, settings, *SOURCE, "TOXICITY=0.8", "PROFANITY=0.9", "--apply", "news")

    with database.read() as connection:
        site = sites.get_site(connection, "news")
    assert site is not None
    assert site.policy_version == 2
    assert site.policy.thresholds["toxicity"].hold == translate(table(), "TOXICITY", 0.8).ours
    assert site.policy.thresholds["obscene"].hold == translate(table(), "PROFANITY", 0.9).ours
    assert "nowhere" in run(thresholds, settings, *SOURCE, "TOXICITY=0.8", "--apply", "nowhere", code=1).output
    assert "Say which" in run(thresholds, settings, *SOURCE, "--apply", "news", code=1).output
    database.close()
