"""Filters of the queue: what is in force can be taken away, and what is used often is kept under a name."""

from dataclasses import replace

import pytest

from moderation import accounts, ids
from moderation.model import Cluster, Scored, Thread
from moderation.records import Site
from moderation.service import Service
from tests.build import NOW, comment
from tests.dashboard.visitor import PASSWORD, TOXIC, Visitor, hold

SCORES = Scored({**TOXIC.scores, "insult": 0.4})


@pytest.fixture
def cluster(engine: Service, site: Site) -> str:
    """Give the cluster of one of two held comments."""
    cluster = ids.new_id(engine.now())
    hold(engine, site, replace(comment("Uhren, alle billig"), thread=Thread("t2", section="sport")), SCORES)
    hold(engine, site, comment("A fine article"), replace(TOXIC, cluster=Cluster(cluster, 9, 9)))
    return cluster


def test_each_filter_can_be_taken_away(visitor: Visitor, cluster: str) -> None:
    """What is in force stands above the list, each with a link to the list without it."""
    page = visitor.get("/desk?section=sport&q=uhren&score=insult&low=0,3&high=0.5")

    assert page.html.count('<article class="card') == 1
    assert "Words: uhren" in page.text
    assert "Insult from 0.3 to 0.5" in page.text
    assert page.links["Without: Words: uhren"] == "/desk?status=held&section=sport&score=insult&low=0.3&high=0.5"
    assert page.links["Without: Insult from 0.3 to 0.5"] == "/desk?status=held&section=sport&q=uhren"
    one = visitor.get(f"/desk?cluster={cluster}")
    assert one.links["Without: Near copies of one text"] == "/desk?status=held"
    assert (one.html.count('<article class="card'), "Held 1" in one.text) == (1, True)
    assert visitor.get("/desk?score=insult&low=0.9").html.count('<article class="card') == 0
    assert visitor.get("/desk?score=insult&low=0.5&high=0.3").links["Without: Insult from 0.3 to 0.5"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("score=beauty", 404),
        ("score=insult&low=2", 400),
        ("score=insult&high=nan", 400),
        ("cluster=x", 404),
        ("low=", 200),
    ],
)
@pytest.mark.usefixtures("cluster")
def test_what_can_be_no_filter_is_refused(visitor: Visitor, asked: str, status: int) -> None:
    """A score that there is not, a bound that is no share, an id that nothing has."""
    visitor.get(f"/desk?{asked}", status)


@pytest.mark.usefixtures("cluster")
def test_a_list_is_kept_under_a_name(visitor: Visitor, second_client: object, engine: Service) -> None:
    """For oneself or for everybody of the site, and forgotten again; the whole queue needs no name."""
    accounts.add_moderator(engine.parts.database, "news", "lee@news.example", "Lee", NOW, PASSWORD)
    lee = Visitor(second_client)  # type: ignore[arg-type]  # a browser
    lee.sign_in("lee@news.example")
    form = visitor.get("/desk?q=uhren&order=worst").form("/filters")
    answer = visitor.send(form, {"name": " My  watches "})
    visitor.send(visitor.get("/desk?section=sport").form("/filters"), {"name": "<Sport>", "everybody": "1"})

    page, theirs = visitor.get("/desk"), lee.get("/desk")

    assert answer.headers["Location"] == "/desk?status=held&q=uhren&order=worst"
    assert page.links["My watches"] == "/desk?status=held&q=uhren&order=worst"
    assert page.links["<Sport>"] == theirs.links["<Sport>"] == "/desk?status=held&section=sport"
    assert ("My watches" in theirs.text, "Save this list" in page.text) == (False, False)
    assert visitor.get(page.links["My watches"]).html.count('<article class="card') == 1
    assert visitor.send(form, {"name": " "}).status_code == 400
    lee.send(theirs.form("/remove"), {})
    assert "<Sport>" not in visitor.get("/desk").text


@pytest.mark.usefixtures("cluster")
def test_there_is_room_for_some(visitor: Visitor) -> None:
    """Who keeps too many is told what to do."""
    form = visitor.get("/desk?q=uhren").form("/filters")
    for number in range(20):
        visitor.send(form, {"name": f"number {number}"})

    refused = visitor.send(form, {"name": "one more"})

    assert refused.status_code == 400
    assert "remove one" in refused.text
    assert visitor.send(form, {"name": "number 7"}).status_code == 303
