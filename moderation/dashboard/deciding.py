"""Deciding a comment, and taking back what was decided; what all decisions of the desk share."""

import re

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from moderation import ids
from moderation.batches import undo
from moderation.dashboard import comfort, show
from moderation.dashboard.done import Done, forget, recall, remember
from moderation.dashboard.language import N_, each, gettext
from moderation.dashboard.listing import known_id, read_listing, read_status
from moderation.dashboard.pages import blueprint, page
from moderation.dashboard.session import Seat, take_seat
from moderation.errors import BadRequestError, StaleError
from moderation.model import Action, DecidedBy, Decision, Reason
from moderation.pipeline import overrule
from moderation.records import Site, StoredComment
from moderation.web import answer, service

NOTE_AT_MOST = 500
SPAM = "spam"
"""The button that rejects and says why: the next ones like it are found."""
REASONS = {
    "insult": N_("Insult"),
    "hate": N_("Hate against a group"),
    "threat": N_("Threat"),
    "obscene": N_("Obscene or sexual"),
    "off topic": N_("Off topic"),
    "personal data": N_("Personal data"),
}
"""Why a moderator rejects, as it is kept and as the page calls it; the first four teach."""
SHORTCUTS = (
    (("J", "K"), N_("next, previous comment")),
    (("A",), N_("approve")),
    (("R",), N_("reject")),
    (("S",), N_("reject as spam")),
    (("1",), N_("reject: insult")),
    (("2",), N_("reject: hate against a group")),
    (("3",), N_("reject: threat")),
    (("4",), N_("reject: obscene or sexual")),
    (("5",), N_("reject: off topic")),
    (("6",), N_("reject: personal data")),
    (("H",), N_("hold whatever the author writes from now on")),
    (("Shift H",), N_("reject whatever the author writes from now on")),
    (("U",), N_("undo")),
    (("N",), N_("write a note, Esc goes back")),
    (("O",), N_("open the comment alone")),
    (("T", "W"), N_("only this thread, only this author")),
    (("X",), N_("pick")),
    (("Shift A", "Shift R", "Shift S"), N_("approve, reject, spam: all that are picked")),
    (("B",), N_("blur texts until a comment is chosen")),
    (("/",), N_("find words")),
    (("G",), N_("back to the newest")),
    (("?",), N_("this list")),
)
"""As `desk.js` reads the keys; the figures stand for `REASONS` in their order."""
SCRIPT_WORDS = (
    N_("%s is looking at this"),
    N_("Choose a comment first: J."),
    N_("Lift"),
    N_("Nothing was decided. Try again, or reload the page."),
    N_("Nothing was decided: the service did not answer. Try again."),
    N_("Nothing was undone: the service did not answer. Try again."),
    N_("Show it"),
    N_("That can no longer be undone."),
    N_("That changes nothing here."),
    N_("That comment changed in the meantime; it was not decided. Look again."),
    N_("Undo"),
)
"""What `desk.js` says."""
FROM_SCRIPT = "X-Desk"
"""The header of a call by the desk's own script, which wants no page."""


@blueprint.post("/comments/<comment_id>/decision")
def decide(comment_id: str) -> AnyResponse:
    """Approve or reject a comment, unless it changed since the page was made; then go on where the moderator was."""
    seat = take_seat()
    site = service().site(seat.moderator.site_id)
    decision = read_decision(seat, site)
    back, batch_id = _back(comment_id), ids.new_id(decision.at)
    try:
        decided = overrule(
            service().parts,
            site.id,
            known_id(comment_id),
            decision,
            expected_revision=read_revision(request.form.get("expected_revision")),
            expected_status=read_status(request.form.get("expected_status")),
            batch_id=batch_id,
        )
    except StaleError:
        decided = service().get(site.id, comment_id)
        if not _is_done(decided, decision):
            return seated_page("stale", seat, site, 409, card=show.card(decided, site.policy), back=back)
    gone_on = answer_done(Done(decision.action.value, 1, 0, batch_id, comment_id), back)
    comfort.count(gone_on, decided)
    return gone_on


@blueprint.post("/undo/<batch_id>")
def take_back(batch_id: str) -> AnyResponse:
    """Let comments stand as they stood before a decision of the last day."""
    seat = take_seat()
    now, moderator = service().now(), seat.moderator
    undone = undo(
        service().parts, moderator.site_id, known_id(batch_id), DecidedBy.MODERATOR, moderator.email, now, moderator.id
    )  # fmt: skip
    return answer_done(Done("undo", undone.restored, undone.left, batch_id), read_listing().url())


def answer_done(done: Done, back: str) -> AnyResponse:
    """Return where the moderator goes on, told of what was done; a script is told only what takes it back."""
    if FROM_SCRIPT in request.headers:
        return answer({"batch_id": done.batch_id, "words": done.words})
    gone_on = redirect(back, 303)
    remember(gone_on, done)
    return gone_on


def seated_page(template: str, seat: Seat, site: Site, status: int = 200, **values: object) -> Response:
    """Return a page for a moderator, with the word on what they did last, which is said once."""
    done = recall()
    response = page(
        template,
        status,
        seat=seat,
        site=site,
        done=done,
        comfort=comfort.read_comfort(),
        status_words=each(show.STATUS_WORDS),
        list_titles=each(show.LIST_TITLES),
        reasons=each(REASONS),
        shortcuts=[(keys, gettext(words)) for keys, words in SHORTCUTS],
        script_words={words: gettext(words) for words in SCRIPT_WORDS},
        **values,
    )
    if done is not None:
        forget(response)
    return response


def read_decision(seat: Seat, site: Site) -> Decision:
    """Return what a moderator's form decides; `BadRequestError` if it has no button that there is."""
    action, reasons = _action(request.form.get("action"), request.form.get("reason", ""))
    return Decision(
        action=action,
        by=DecidedBy.MODERATOR,
        at=service().now(),
        policy_version=site.policy_version,
        reasons=reasons,
        actor=seat.moderator.email,
        note=read_note(request.form.get("note", "")),
        actor_id=seat.moderator.id,
    )


def read_revision(text: str | None) -> int:
    """Return the revision that a form was made for; `BadRequestError` if it has none."""
    if text is None or not re.fullmatch(r"[0-9]{1,9}", text):
        raise BadRequestError(gettext("The form lacks the revision that was decided on"))
    return int(text)


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


def _action(text: str | None, reason: str) -> tuple[Action, tuple[Reason, ...]]:
    if text == SPAM:
        return Action.REJECT, (Reason("decided", SPAM),)
    if text not in {Action.APPROVE, Action.REJECT}:
        raise BadRequestError(gettext("A moderator can approve or reject, as spam or for another reason"))
    named = text == Action.REJECT and reason in REASONS
    return Action(text), (Reason("decided", reason),) if named else ()


def read_note(text: str) -> str | None:
    """Return the note of a form, or None if it is empty."""
    return text.replace("\0", "").replace("\r\n", "\n").strip()[:NOTE_AT_MOST] or None
