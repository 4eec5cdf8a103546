"""What clients of Akismet's API leave in the audit log, on both databases."""

from moderation import clock
from moderation.audit_entry import Actor, ActorKind
from moderation.storage import endpoints
from tests.dialects.akismet_site import REJECTED, Kept
from tests.logbook import added, dumped

CALLBACK = "https://93.184.216.34/canary-callback"
WHOLE = {"comment_content": f"{REJECTED} canary", "comment_author": "canary"}


def test_what_they_report_is_a_decision_of_their_key(kept: Kept) -> None:
    """By the keyed hash that the list of keys shows; a check leaves nothing, and no entry holds what was written."""
    database = kept.service.parts.database
    with added(database) as found:
        guid = kept.call("/1.1/comment-check", **WHOLE).headers["X-akismet-guid"]
    assert found == []

    with added(database) as found:
        kept.call("/1.1/submit-ham", **WHOLE, reporter="canary")
        kept.call("/1.1/submit-spam", **WHOLE, reporter="canary")

    actor = Actor(ActorKind.API_KEY, kept.service.parts.hasher.akismet_key(kept.key))
    assert [(one.action, one.actor, one.subject, one.details["action"]) for one in found] == [
        ("comment.decided", actor, guid, "approve"),
        ("comment.decided", actor, guid, "reject"),
    ]
    assert [one for one in (kept.key, "canary", REJECTED) if one in dumped(database)] == []


def test_a_callback_address_is_an_endpoint_that_they_make(kept: Kept) -> None:
    """Once, however many checks name it; and again when it begins anew after it was disabled."""
    database = kept.service.parts.database
    with added(database) as found:
        for number in range(3):
            kept.call("/1.1/comment-check", comment_content=f"{REJECTED} number {number}", callback=CALLBACK)
    assert [one.action for one in found] == ["endpoint.made"]

    with database.write() as connection:
        (one,) = endpoints.list_akismet(connection, "news")
        assert endpoints.disable_endpoint(connection, "news", one.id, "it failed for days", clock.now())
    with added(database) as again:
        for number in range(2):
            kept.call("/1.1/comment-check", comment_content=f"{REJECTED} again {number}", callback=CALLBACK)

    assert [(entry.action, entry.subject) for entry in [*found, *again]] == [
        ("endpoint.made", one.id),
        ("endpoint.changed", one.id),
    ]
    assert "canary" not in dumped(database)


def test_a_report_of_an_erased_comment_leaves_nothing(kept: Kept) -> None:
    """There is nothing to decide any more."""
    guid = kept.call("/1.1/comment-check", comment_content=REJECTED).headers["X-akismet-guid"]
    kept.service.erase("news", guid)

    with added(kept.service.parts.database) as found:
        kept.call("/1.1/submit-spam", comment_content=REJECTED)

    assert found == []
