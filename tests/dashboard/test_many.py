"""Many comments at the desk without JavaScript: found by filters, decided together, put back."""

from dataclasses import replace

import pytest

from moderation.dashboard.presence import Look, taken_by_others
from moderation.model import Author, DecidedBy, Language, Status, Thread
from moderation.records import Site, StoredComment
from moderation.service import Service
from tests.build import comment
from tests.dashboard.visitor import TOXIC, Page, Visitor, hold


@pytest.fixture
def held(engine: Service, site: Site) -> list[StoredComment]:
    """Give three held comments, newest first."""
    lee = Author("lee", "Lee")
    return [
        hold(
            engine,
            site,
            replace(comment("Cheap watches, all of them"), author=lee),
            replace(TOXIC, language=Language("en", 1.0)),
        ),
        hold(engine, site, replace(comment("Uhren, alle billig"), author=lee, thread=Thread("t2", section="sport"))),
        hold(engine, site, comment("A fine article, thank you")),
    ][::-1]


def statuses(engine: Service, made: list[StoredComment]) -> list[Status]:
    """Return where comments stand."""
    return [engine.get("news", one.id).status for one in made]


def test_picked_comments_are_decided_and_put_back(visitor: Visitor, engine: Service, held: list[StoredComment]) -> None:
    """The page says how many, and which had changed; one button lets them stand as before."""
    page = visitor.get("/desk?thread=t1")
    form = page.form("/decisions")
    assert [box.partition(":")[0] for box in page.boxes[:-1]] == [held[0].id, held[2].id]
    engine.edit("news", held[2].id, "Cheap watches, edited")

    answer = visitor.client.post(form.action, data={**form.fields, "action": "spam", "pick": page.boxes[:-1]})

    assert answer.headers["Location"] == "/desk?status=held&thread=t1"
    after = visitor.get(answer.headers["Location"])
    assert "Rejected. 1 had changed in the meantime" in after.text
    assert statuses(engine, held) == [Status.REJECTED, Status.HELD, Status.PENDING]
    visitor.send(next(form for form in after.forms if "/undo/" in form.action), {})
    assert "Put back." in visitor.get("/desk").text
    assert statuses(engine, held) == [Status.HELD, Status.HELD, Status.PENDING]
    decision = engine.get("news", held[0].id).decision
    assert decision is not None
    assert (decision.by, decision.reasons[0].code) == (DecidedBy.MODERATOR, "toxicity")


def test_all_that_a_list_finds_is_decided(visitor: Visitor, engine: Service, held: list[StoredComment]) -> None:
    """With a filter, what it does not find stays; with nothing picked, nothing is decided."""
    form = visitor.get("/desk?q=CHEAP").form("/decisions")

    hold(engine, engine.site("news"), comment("Cheap as well, but nobody saw it yet"))
    refused = visitor.client.post(form.action, data={**form.fields, "action": "reject"})
    asked = visitor.client.post(form.action, data={**form.fields, "action": "reject", "everything": "1"})
    assert [engine.get("news", one.id).status for one in held] == [Status.HELD] * 3
    preview = Page(asked.text)
    assert "Reject 1 comment?" in preview.text
    assert "Cheap watches, all of them" in preview.links
    visitor.send(preview.form_with("confirmed"), {"action": "reject"})

    assert (refused.status_code, "tick the comments" in refused.text) == (400, True)
    assert statuses(engine, held) == [Status.HELD, Status.HELD, Status.REJECTED]
    assert "nobody saw it yet" in visitor.get("/desk?q=cheap").text
    for made_at in ("", "now", "0001-01-01T00:00:00+23:00"):
        odd = {**form.fields, "action": "reject", "everything": "1", "made_at": made_at}
        assert visitor.client.post(form.action, data=odd).status_code == 400
    late = {**form.fields, "action": "reject", "everything": "1", "made_at": "2020-01-01T00:00:00+00:00"}
    assert visitor.client.post(form.action, data=late).status_code == 400


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=uhren", 1),
        ("section=sport", 1),
        ("language=en", 1),
        ("reason=toxicity", 3),
        ("reason=spam", 0),
        ("thread=t1", 2),
    ],
)
@pytest.mark.usefixtures("held")
def test_filters_narrow_the_list_down(visitor: Visitor, asked: str, found: int) -> None:
    """By words of the text, section, language, reason and thread; the filters stay in the form."""
    page = visitor.get(f"/desk?{asked}")

    assert page.html.count('<article class="card') == found
    name, _, value = asked.partition("=")
    assert page.forms[1].fields[name] == value


def test_an_authors_comments_are_one_step_away(visitor: Visitor, held: list[StoredComment]) -> None:
    """The tabs say how many of them stand where."""
    path = visitor.get(f"/desk/comments/{held[2].id}").links["Only this author"]
    page = visitor.get(path)

    assert "Only the author Lee" in page.text
    assert "Held 2" in page.text


def test_the_page_of_a_comment_tells_what_came_before(visitor: Visitor, engine: Service, site: Site) -> None:
    """What it answers, and every decision with who made it and why."""
    hold(engine, site, comment("Who wants tea?", external_id="c-1"))
    answer = hold(engine, site, comment("Nobody wants your tea", parent_id="c-1"))
    visitor.send(visitor.get(f"/desk/comments/{answer.id}").form("/decision"), {"action": "reject", "reason": "insult"})

    page = visitor.get(f"/desk/comments/{answer.id}")

    assert "Who wants tea?" in page.text
    assert "Rejected by kim@news.example" in page.text
    assert "Decided insult" in page.text
    assert "Held by the policy" in page.text


def test_whoever_came_first_holds_a_comment() -> None:
    """The other sees the name; whoever holds it sees nothing."""
    looks = {"kim": Look("c1", "Kim", 10, 99), "lee": Look("c1", "Lee", 20, 99), "sam": Look("c2", "Sam", 5, 99)}

    assert taken_by_others(looks, "kim", ["c1", "c2"]) == {"c2": "Sam"}
    assert taken_by_others(looks, "lee", ["c1", "c3"]) == {"c1": "Kim"}
