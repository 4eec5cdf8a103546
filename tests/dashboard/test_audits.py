"""The page of the audit log, in a browser without JavaScript."""

import pytest

from moderation import accounts, members
from moderation.audit_entry import CLI, Actor, ActorKind, AuditAction, Change
from moderation.dashboard.audit_words import ACTIONS, KINDS
from moderation.model import Author, Role
from moderation.records import Site
from moderation.service import Service
from moderation.storage import audit
from tests.build import NOW, comment, make_site
from tests.dashboard.visitor import EMAIL, Visitor, hold
from tests.logbook import entries, write


def test_everything_that_is_kept_has_a_name() -> None:
    """Each action, and each kind of who does it."""
    assert set(ACTIONS) == set(AuditAction)
    assert set(KINDS) == set(ActorKind)
    assert len(set(ACTIONS.values())) == len(ACTIONS)


def test_what_people_did_is_listed_with_their_names(visitor: Visitor, engine: Service, site: Site) -> None:
    """A decision leads to its comment, a restriction to its author, a policy to its version."""
    stored = hold(engine, site, comment("You again", author=Author("u-1", "Robin")))
    form = visitor.get(f"/desk/comments/{stored.id}").form("/decision")
    visitor.send(form, {"action": "approve"})
    restrict = visitor.get(f"/desk?author={stored.author_key}").form("/restriction")
    visitor.send(restrict, {"action": "hold", "days": "7"})
    policy = visitor.get("/desk/policy").form_with("length.max")
    visitor.send(policy, {"do": "save", "length.max": "500"})
    with engine.parts.database.write() as connection:
        audit.append(
            connection, site.id, NOW, Change(Actor(ActorKind.API_KEY, "abcdefghij"), AuditAction.KEY_MADE, "x")
        )

    page = visitor.get("/desk/audit")

    for words in ("Comment decided", "Author restricted", "Policy changed", "Kim", "the key abcdefgh…", "Signed in"):
        assert words in page.text
    assert page.links[stored.id] == f"/desk/comments/{stored.id}"
    assert page.links[str(stored.author_key)] == f"/desk?author={stored.author_key}"
    assert "/desk/policy/versions/2" in page.links.values()
    assert "Status before held" in page.text
    assert "Robin" not in page.text


def test_it_can_be_narrowed_down(visitor: Visitor, engine: Service, site: Site) -> None:
    """By what was done, and by who did it; what cannot be is no page."""
    accounts.add_moderator(engine.parts.database, site.id, "robin@news.example", "Robin", NOW, actor=CLI)
    kim = next(one for one in members.list_members(engine.parts.database, site.id) if one.email == EMAIL)

    assert "Signed in" in visitor.get(f"/desk/audit?actor={kim.id}").html.split("<table>")[1]
    assert "Moderator added" not in visitor.get(f"/desk/audit?actor={kim.id}").html.split("<table>")[1]
    assert "Moderator added" in visitor.get("/desk/audit?actor=cli").html.split("<table>")[1]
    assert "Signed in" not in visitor.get("/desk/audit?action=moderator.made").html.split("<table>")[1]
    assert "Nothing like that was done." in visitor.get("/desk/audit?action=comment.erased").text
    visitor.get("/desk/audit?action=nothing", 404)
    visitor.get("/desk/audit?actor=%00", 404)
    visitor.get(f"/desk/audit?actor={'x' * 101}", 404)
    for wrong in ("x", "-1", "1" * 13, "²"):
        visitor.get(f"/desk/audit?before={wrong}", 400)


def test_it_goes_on_page_by_page(visitor: Visitor, engine: Service) -> None:
    """Each entry stands on one of them, the newest first, those of another site on none."""
    make_site(engine.parts.database, "other")
    write(engine.parts.database, 3, "other", subject="elsewhere")
    write(engine.parts.database, 60)
    total = len(entries(engine.parts.database))

    first = visitor.get("/desk/audit")
    second = visitor.get(first.links["Older entries"])

    rows = [page.html.count("<tr><td>") for page in (first, second)]
    assert rows == [50, total - 50]
    assert f"<tr><td>{total}</td>" in first.html
    assert "<tr><td>1</td>" in second.html
    assert "Older entries" not in second.links
    assert "somebody who is no longer a moderator (m-1)" in first.text
    assert "elsewhere" not in first.text + second.text


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.VIEWER])
def test_it_is_for_owners(visitor: Visitor, engine: Service, site: Site, role: Role) -> None:
    """Others have no link to it, and the page is refused."""
    accounts.add_moderator(engine.parts.database, site.id, "o@news.example", "O", NOW, role=Role.OWNER)
    kim = next(one for one in members.list_members(engine.parts.database, site.id) if one.email == EMAIL)
    members.change_role(engine.parts.database, site.id, kim.id, role, NOW, Actor(ActorKind.CLI))

    assert "Audit" not in visitor.get("/desk").links
    assert "Audit log" not in visitor.get("/desk/audit", 403).text
