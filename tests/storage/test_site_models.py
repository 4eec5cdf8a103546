"""Versions of sites' models, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from moderation.records import ModelState, SiteModel
from moderation.storage import site_models
from moderation.storage.database import Connection, Database
from tests.build import NOW, make_site

MODEL = SiteModel("news", "spam", 1, ModelState.IN_FORCE, NOW, "better", {"fixed": 9}, "shipped-1")


@pytest.fixture
def sited(database: Database) -> Database:
    """Give a database with two sites."""
    make_site(database)
    make_site(database, "blog")
    return database


def add(connection: Connection, version: int, state: ModelState = ModelState.IN_FORCE, **changed: object) -> SiteModel:
    """Store a model."""
    model = replace(MODEL, version=version, state=state, **changed)  # type: ignore[arg-type] # fields of it
    site_models.add(connection, model, bytes([version]) if state is ModelState.IN_FORCE else None)
    return model


def states(connection: Connection) -> list[tuple[int, str]]:
    """Return versions with their states, newest first."""
    return [(one.version, one.state.value) for one in site_models.history(connection, "news", "spam", 100)]


def test_a_new_model_in_force_retires_the_one_before(sited: Database) -> None:
    """One of an attribute is in force, others of the site stay."""
    with sited.write() as connection:
        add(connection, 1)
        add(connection, 1, attribute="toxicity")
        add(connection, 2, ModelState.REFUSED)
        add(connection, 3)

        assert states(connection) == [(3, "in_force"), (2, "refused"), (1, "retired")]
        assert {name: one.version for name, one in site_models.in_force(connection, "news").items()} == {
            "spam": 3,
            "toxicity": 1,
        }
        assert site_models.weighted(connection, "news")["spam"].weights == b"\x03"
        assert site_models.versions_in_force(connection, ["news", "blog"]) == {
            "news": {"spam": 3, "toxicity": 1},
            "blog": {},
        }
        assert site_models.next_version(connection, "news", "spam") == 4
        assert site_models.next_version(connection, "blog", "spam") == 1


def test_rolling_back_puts_the_one_before_in_force(sited: Database) -> None:
    """Twice takes back twice; then the shipped model is alone, and there is nothing to take back."""
    with sited.write() as connection:
        add(connection, 1)
        add(connection, 2)

        taken = site_models.roll_back(connection, "news", "spam", NOW)
        assert taken
        assert taken.version == 2
        assert states(connection) == [(2, "rolled_back"), (1, "in_force")]
        assert site_models.history(connection, "news", "spam", 1)[0].evaluation == {
            "fixed": 9,
            "rolled_back_at": NOW.isoformat(),
        }
        assert site_models.roll_back(connection, "news", "spam", NOW)
        assert site_models.in_force(connection, "news") == {}
        assert site_models.roll_back(connection, "news", "spam", NOW) is None
        assert site_models.roll_back(connection, "blog", "spam", NOW) is None


def test_nothing_that_does_not_fit_comes_back(sited: Database) -> None:
    """A model made for other shipped models, or one that may know what was erased, stays out of force."""
    with sited.write() as connection:
        add(connection, 1, made_for="shipped-0")
        add(connection, 2)
        site_models.roll_back(connection, "news", "spam", NOW)
        assert site_models.in_force(connection, "news") == {}

        add(connection, 3)
        add(connection, 4)
        site_models.forget(connection, "news", keep={"spam"})
        site_models.roll_back(connection, "news", "spam", NOW)
        assert site_models.in_force(connection, "news") == {}


def test_the_history_has_a_bound(sited: Database) -> None:
    """What is in force stays, however old it is."""
    with sited.write() as connection:
        add(connection, 1)
        for version in range(2, site_models.KEPT + 10):
            add(connection, version, ModelState.REFUSED, at=NOW + timedelta(seconds=version))

        found = states(connection)
        assert len(found) == site_models.KEPT + 1
        assert found[-1] == (1, "in_force")


def test_forgetting_leaves_nothing_but_what_is_made_anew(sited: Database) -> None:
    """Whatever else was in force is so no longer, and no weights of it are there; another site's stay."""
    with sited.write() as connection:
        add(connection, 1)
        add(connection, 2)
        add(connection, 1, attribute="toxicity")
        add(connection, 1, site_id="blog")
        site_models.forget(connection, "news", keep={"spam"})

        assert states(connection) == [(2, "in_force"), (1, "retired")]
        assert set(site_models.weighted(connection, "news")) == {"spam"}
        assert site_models.history(connection, "news", "toxicity", 1)[0].state is ModelState.RETIRED
        assert set(site_models.weighted(connection, "blog")) == {"spam"}
        kept = connection.exec_driver_sql("SELECT count(*) FROM site_models WHERE weights IS NOT NULL").scalar_one()
        assert kept == 2

        site_models.forget(connection, "news", keep=())
        assert site_models.in_force(connection, "news") == {}
        assert site_models.next_version(connection, "news", "spam") == 3
