"""The queue, one comment, and deciding it."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from moderation import ids
from moderation.dashboard import show
from moderation.dashboard.pages import PREFIX, blueprint, page
from moderation.dashboard.session import Seat, set_cookie, take_seat
from moderation.errors import BadRequestError, NotFoundError, StaleError
from moderation.model import Action, DecidedBy, Decision, Status
from moderation.records import Site, StoredComment
from moderation.storage.comments import Filter
from moderation.storage.tallies import tally
from moderation.web import service

PAGE_SIZE = 25
TALLY_AT_MOST = 1000
NOTE_AT_MOST = 500
DONE_COOKIE = "desk_done"
DONE_SECONDS = 60
DONE = re.compile(r"(approve|reject):([0-9a-f-]{36})")


@dataclass(frozen=True, slots=True)
class Listing:
    """Which part of the queue a page shows."""

    status: Status
    thread: str | None
    before: str | None

    def url(self, **changes: str | None) -> str:
        """Return the address of this listing, with changes."""
        asked: dict[str, Any] = {"status": self.status.value, "thread": self.thread, "before": self.before, **changes}
        return url_for("desk.queue", **asked)  # Flask leaves out what is None


@blueprint.get("/")
@blueprint.get("")
def queue() -> AnyResponse:
    """List comments, newest first."""
    seat = take_seat()
    site_id = seat.moderator.site_id
    listing = _listing()
    wanted = Filter(status=listing.status, thread=listing.thread)
    found, older = service().find(site_id, wanted, limit=PAGE_SIZE, before_id=listing.before)
    site = service().site(site_id)
    return _page(
        "queue",
        seat,
        site,
        listing=listing,
        cards=[show.card(comment, site.policy) for comment in found],
        older=older,
        tallies=_tallies(site_id, listing.thread),
        at_most=TALLY_AT_MOST,
        root=request.url_root,
    )


@blueprint.get("/comments/<comment_id>")
def comment_page(comment_id: str) -> AnyResponse:
    """Show one comment."""
    seat = take_seat()
    comment = service().get(seat.moderator.site_id, _known_id(comment_id))
    site = service().site(seat.moderator.site_id)
    return _page("comment", seat, site, card=show.card(comment, site.policy))


@blueprint.post("/comments/<comment_id>/decision")
def decide(comment_id: str) -> AnyResponse:
    """Approve or reject a comment, unless it changed since the page was made; then go on where the moderator was."""
    seat = take_seat()
    site = service().site(seat.moderator.site_id)
    action = _action(request.form.get("action"))
    decision = Decision(
        action=action,
        by=DecidedBy.MODERATOR,
        at=service().now(),
        policy_version=site.policy_version,
        actor=seat.moderator.email,
        note=_note(request.form.get("note", "")),
    )
    back = _back(comment_id)
    try:
        service().decide(
            site.id,
            _known_id(comment_id),
            decision,
            expected_revision=_revision(request.form.get("expected_revision")),
            expected_status=_status(request.form.get("expected_status")),
        )
    except StaleError:
        current = service().get(site.id, comment_id)
        if not _is_done(current, decision):
            return _page("stale", seat, site, 409, card=show.card(current, site.policy), back=back)
    answer = redirect(back, 303)
    set_cookie(answer, DONE_COOKIE, f"{action.value}:{comment_id}", DONE_SECONDS)
    return answer


def _is_done(comment: StoredComment, wanted: Decision) -> bool:
    """Tell whether a comment stands as this moderator decided it already, as after a double click."""
    found = comment.decision
    return found is not None and (found.action, found.actor) == (wanted.action, wanted.actor)


def _page(template: str, seat: Seat, site: Site, status: int = 200, **values: object) -> Response:
    """Return a page for a moderator, with the word on what they did last, which is said once."""
    done = DONE.fullmatch(request.cookies.get(DONE_COOKIE, ""))
    words = {"action": Action(done[1]), "comment_id": done[2]} if done else None
    response = page(template, status, seat=seat, site=site, done=words, status_words=show.STATUS_WORDS, **values)
    if done:
        response.delete_cookie(DONE_COOKIE, path=PREFIX)
    return response


def _tallies(site_id: str, thread: str | None) -> dict[Status, int]:
    if thread is None:
        with service().parts.database.read() as connection:
            return tally(connection, site_id, TALLY_AT_MOST)
    counts = service().thread_counts(site_id, [thread]).get(thread)
    return {status: getattr(counts, status.value) if counts else 0 for status in Status}


def _listing() -> Listing:
    """Return what the address or the form asks for; the form of a list says where it stood."""
    asked = request.values
    before, thread = asked.get("before"), asked.get("thread")
    if thread is not None and "\0" in thread:
        raise NotFoundError
    return Listing(_status(asked.get("status", "held")), thread, _known_id(before) if before else None)


def _back(comment_id: str) -> str:
    """Return where a moderator goes on: in the list, at the comment after the decided one, or on its own page."""
    if "status" not in request.form:
        return url_for("desk.comment_page", comment_id=comment_id)
    following = request.form.get("following")
    return _listing().url(_anchor=f"c-{_known_id(following)}" if following else None)


def _known_id(text: str) -> str:
    if not ids.is_id(text):
        raise NotFoundError
    return text


def _status(text: str | None) -> Status:
    try:
        return Status(text or "")
    except ValueError:
        raise NotFoundError("There is no such status") from None


def _action(text: str | None) -> Action:
    if text not in {Action.APPROVE, Action.REJECT}:
        raise BadRequestError("A moderator can approve or reject")
    return Action(text)


def _revision(text: str | None) -> int:
    if text is None or not re.fullmatch(r"[0-9]{1,9}", text):
        raise BadRequestError("The form lacks the revision that was decided on")
    return int(text)


def _note(text: str) -> str | None:
    return text.replace("\0", "").replace("\r\n", "\n").strip()[:NOTE_AT_MOST] or None
