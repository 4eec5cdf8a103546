"""Deciding a comment, and the word on it that the next page says once."""

import re

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from moderation.dashboard import show
from moderation.dashboard.listing import known_id, read_listing, read_status
from moderation.dashboard.pages import PREFIX, blueprint, page
from moderation.dashboard.session import Seat, set_cookie, take_seat
from moderation.errors import BadRequestError, StaleError
from moderation.model import Action, DecidedBy, Decision, Reason
from moderation.pipeline import overrule
from moderation.records import Site, StoredComment
from moderation.web import service

NOTE_AT_MOST = 500
SPAM = "spam"
"""The button that rejects and says why: the next ones like it are found."""
DONE_COOKIE = "desk_done"
DONE_SECONDS = 60
DONE = re.compile(r"(approve|reject):([0-9a-f-]{36})")


@blueprint.post("/comments/<comment_id>/decision")
def decide(comment_id: str) -> AnyResponse:
    """Approve or reject a comment, unless it changed since the page was made; then go on where the moderator was."""
    seat = take_seat()
    site = service().site(seat.moderator.site_id)
    decision = read_decision(seat, site)
    back = _back(comment_id)
    try:
        overrule(
            service().parts,
            site.id,
            known_id(comment_id),
            decision,
            expected_revision=_revision(request.form.get("expected_revision")),
            expected_status=read_status(request.form.get("expected_status")),
        )
    except StaleError:
        current = service().get(site.id, comment_id)
        if not _is_done(current, decision):
            return seated_page("stale", seat, site, 409, card=show.card(current, site.policy), back=back)
    answer = redirect(back, 303)
    set_cookie(answer, DONE_COOKIE, f"{decision.action.value}:{comment_id}", DONE_SECONDS)
    return answer


def seated_page(template: str, seat: Seat, site: Site, status: int = 200, **values: object) -> Response:
    """Return a page for a moderator, with the word on what they did last, which is said once."""
    done = DONE.fullmatch(request.cookies.get(DONE_COOKIE, ""))
    words = {"action": Action(done[1]), "comment_id": done[2]} if done else None
    response = page(template, status, seat=seat, site=site, done=words, status_words=show.STATUS_WORDS, **values)
    if done:
        response.delete_cookie(DONE_COOKIE, path=PREFIX)
    return response


def read_decision(seat: Seat, site: Site) -> Decision:
    """Return what a moderator's form decides; `BadRequestError` if it has no button that there is."""
    action, reasons = _action(request.form.get("action"))
    return Decision(
        action=action,
        by=DecidedBy.MODERATOR,
        at=service().now(),
        policy_version=site.policy_version,
        reasons=reasons,
        actor=seat.moderator.email,
        note=_note(request.form.get("note", "")),
        actor_id=seat.moderator.id,
    )


def _is_done(comment: StoredComment, wanted: Decision) -> bool:
    """Tell whether a comment stands as this moderator decided it already, as after a double click."""
    found = comment.decision
    return found is not None and (found.action, found.actor) == (wanted.action, wanted.actor)


def _back(comment_id: str) -> str:
    """Return where a moderator goes on: in the list, at the comment after the decided one, or on its own page."""
    if "status" not in request.form:
        return url_for("desk.comment_page", comment_id=comment_id)
    following = request.form.get("following")
    return read_listing().url(_anchor=f"c-{known_id(following)}" if following else None)


def _revision(text: str | None) -> int:
    if text is None or not re.fullmatch(r"[0-9]{1,9}", text):
        raise BadRequestError("The form lacks the revision that was decided on")
    return int(text)


def _action(text: str | None) -> tuple[Action, tuple[Reason, ...]]:
    if text == SPAM:
        return Action.REJECT, (Reason("decided", SPAM),)
    if text not in {Action.APPROVE, Action.REJECT}:
        raise BadRequestError("A moderator can approve or reject, as spam or for another reason")
    return Action(text), ()


def _note(text: str) -> str | None:
    return text.replace("\0", "").replace("\r\n", "\n").strip()[:NOTE_AT_MOST] or None
