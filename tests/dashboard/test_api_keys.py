"""The page of a site's API keys."""

import re
from typing import Any

import pytest

from moderation import ids, keys
from moderation.errors import UnauthorizedError
from moderation.model import Scope
from moderation.service import Service
from tests.dashboard.visitor import Visitor
from tests.logbook import added, moderator

FORM: dict[str, Any] = {"name": "the shop", "scope": ["read", "submit"], "kind": "native", "life": "90"}


def made(visitor: Visitor, **values: Any) -> str:
    """Make a key with the page's form and return it."""
    token = visitor.get("/desk/keys").form("/desk/keys").fields["form_token"]
    answer = visitor.client.post("/desk/keys", data={"form_token": token, **FORM, **values})
    assert answer.status_code == 201, answer.text
    return shown(answer.text)


def shown(html: str) -> str:
    """Return the secret that a page shows."""
    found = re.search(r'<code class="secret">([^<]+)</code>', html)
    assert found, html
    return found[1]


def test_a_key_is_made_and_shown_once(visitor: Visitor, engine: Service) -> None:
    """It may do what was ticked, until it expires; later pages show its prefix only."""
    with added(engine.parts.database) as found:
        key = made(visitor)

    (kept,) = keys.list_keys(engine.parts.database, "news")
    assert engine.sites.native_key(key).scopes == {Scope.READ, Scope.SUBMIT}
    assert kept.expires_at is not None
    assert (kept.expires_at - engine.now()).days in {89, 90}
    page = visitor.get("/desk/keys")
    assert key not in page.html
    assert str(ids.api_key_prefix(key)) in page.text
    assert "the shop" in page.text
    assert [(one.action, one.actor) for one in found] == [("key.made", moderator(engine.parts.database))]


def test_an_akismet_key_can_be_made(visitor: Visitor, engine: Service) -> None:
    """It has no scopes, whatever is ticked."""
    key = made(visitor, kind="akismet", life="")

    assert engine.sites.akismet_key(engine.parts.hasher.akismet_key(key)).scopes == set()
    assert "never expires" in visitor.get("/desk/keys").text


def test_a_key_is_replaced_with_both_good(visitor: Visitor, engine: Service) -> None:
    """The new one is shown once; the old one says what replaces it, and offers no second replacement."""
    old = made(visitor)
    form = visitor.get("/desk/keys").form("/rotate")

    with added(engine.parts.database) as found:
        new = shown(visitor.send(form, {"overlap": "7"}).text)

    assert engine.sites.native_key(new).scopes == engine.sites.native_key(old).scopes
    page = visitor.get("/desk/keys")
    assert f"Replaced by {ids.api_key_prefix(new)}" in page.text
    assert [form.action.split("/")[-2] for form in page.forms if form.action.endswith("/rotate")] == [
        ids.api_key_prefix(new)
    ]
    assert [one.action for one in found] == ["key.made", "key.rotated"]
    assert visitor.send(form, {"overlap": "7"}).status_code == 409


def test_a_key_is_revoked(visitor: Visitor, engine: Service) -> None:
    """Nobody gets in with it, and the page does not list it any more."""
    key = made(visitor)

    with added(engine.parts.database) as found:
        answer = visitor.send(visitor.get("/desk/keys").form("/revoke"), {})

    assert "The key is revoked" in visitor.get(answer.headers["Location"]).text
    with pytest.raises(UnauthorizedError):
        engine.sites.native_key(key)
    assert "There is no key" in visitor.get("/desk/keys").text
    assert [one.action for one in found] == ["key.revoked"]


@pytest.mark.parametrize(("values", "status"), [({"scope": []}, 422), ({"life": "9999"}, 400), ({"life": "x"}, 400)])
def test_a_key_that_makes_no_sense_is_refused(visitor: Visitor, engine: Service, values: Any, status: int) -> None:
    """Nothing is made."""
    token = visitor.get("/desk/keys").form("/desk/keys").fields["form_token"]

    answer = visitor.client.post("/desk/keys", data={"form_token": token, **FORM, **values})

    assert answer.status_code == status
    assert keys.list_keys(engine.parts.database, "news") == []
