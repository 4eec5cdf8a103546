"""Corrected scores, with real models of a real database."""

import logging
from dataclasses import replace

import numpy as np
import pytest

from moderation.model import Scored
from moderation.records import ModelState, SiteModel
from moderation.storage import site_models
from moderation.storage.database import Database
from tests.build import NOW, make_site
from workers.learning.serve import SiteModels, made_for, odds_of
from workers.learning.vectors import BIAS, WIDTH

MODELS = {"toxicity": "compact@1", "spam": "linear@1"}
SCORED = Scored({"toxicity": 0.3, "spam": 0.12, "insult": None}, models=MODELS)
UP = 4.0


@pytest.fixture
def sited(database: Database) -> Database:
    """Give a database with two sites."""
    make_site(database)
    make_site(database, "blog")
    return database


def put_in_force(database: Database, attribute: str, by: float, version: int = 1, shipped: str = "") -> None:
    """Store a model of the site `news` that moves every text by so many log-odds."""
    row = np.zeros(WIDTH, dtype="<f4")
    row[-1] = by / BIAS
    model = SiteModel("news", attribute, version, ModelState.IN_FORCE, NOW, "", {}, shipped or made_for(MODELS))
    with database.write() as connection:
        site_models.add(connection, model, np.array([row, row]).tobytes())


def test_a_score_is_moved_and_says_so(sited: Database) -> None:
    """The new score, what it was before, and which model did it; other sites and attributes are as shipped."""
    put_in_force(sited, "spam", UP)
    own, others = SiteModels(sited, MODELS).correct(
        [("news", "Buy my shoes", SCORED), ("blog", "Buy my shoes", SCORED)]
    )

    assert own.scores["spam"] == pytest.approx(1 / (1 + np.exp(-(odds_of(0.12) + UP))))
    assert own.scores["toxicity"] == 0.3
    assert own.details == {"spam": "0.12 before this site's decisions"}
    assert own.models == {"toxicity": "compact@1", "spam": "linear@1+spam-1"}
    assert others == SCORED


def test_what_weighed_most_is_still_said(sited: Database) -> None:
    """What is learnt is said after what the shipped model says; a small change is not worth a word."""
    put_in_force(sited, "spam", UP)
    models = SiteModels(sited, MODELS)
    said = replace(SCORED, details={"spam": "three links"})
    assert models.correct([("news", "", said)])[0].details["spam"].startswith("three links; 0.12 before")

    put_in_force(sited, "spam", 0.01, version=2)
    assert models.correct([("news", "", said)])[0].details["spam"] == "three links"


def test_what_is_unknown_stays_unknown(sited: Database) -> None:
    """A site's model corrects a score; it does not invent one."""
    put_in_force(sited, "insult", UP)

    assert SiteModels(sited, MODELS).correct([("news", "You", SCORED)]) == [SCORED]


def test_a_new_version_and_a_roll_back_are_seen_at_once(sited: Database) -> None:
    """The next comment is scored by what is in force now."""
    models = SiteModels(sited, MODELS)

    def spam() -> float:
        found = models.correct([("news", "Buy", SCORED)])[0].scores["spam"]
        assert found is not None
        return found

    assert spam() == 0.12
    put_in_force(sited, "spam", UP)
    assert spam() > 0.8
    put_in_force(sited, "spam", -UP, version=2)
    assert spam() < 0.01
    with sited.write() as connection:
        site_models.roll_back(connection, "news", "spam", NOW)
    assert spam() > 0.8


def test_a_model_made_for_other_shipped_models_is_not_used(sited: Database) -> None:
    """What it learnt were errors of another model."""
    put_in_force(sited, "spam", UP, shipped="linear@0 compact@1")

    assert SiteModels(sited, MODELS).correct([("news", "Buy", SCORED)]) == [SCORED]


def test_without_a_database_the_last_known_models_are_used(sited: Database, caplog: pytest.LogCaptureFixture) -> None:
    """A database that is away for a moment does not change scores, and nothing fails."""
    put_in_force(sited, "spam", UP)
    models = SiteModels(sited, MODELS)
    before = models.correct([("news", "Buy", SCORED)])
    with sited.write() as connection:
        connection.exec_driver_sql("ALTER TABLE site_models RENAME TO away")

    with caplog.at_level(logging.WARNING):
        assert models.correct([("news", "Buy", SCORED)]) == before


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_the_ends_have_log_odds(score: float) -> None:
    """A score of exactly 0 or 1 is finite, and can be corrected."""
    assert abs(odds_of(score)) == pytest.approx(13.8, abs=0.1)
