"""Many comments decided together: those that were picked, or all of a list, of which samples are shown before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from moderation import ids
from moderation.batches import AT_MOST, Wanted, decide_batch
from moderation.dashboard import show
from moderation.dashboard.deciding import answer_done, read_decision, read_revision, seated_page
from moderation.dashboard.done import Done
from moderation.dashboard.language import N_, gettext
from moderation.dashboard.listing import Listing, known_id, read_listing
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import take_seat
from moderation.errors import BadRequestError, ModerationError
from moderation.model import Decision, Status
from moderation.records import StoredComment
from moderation.web import service

SAMPLES = 5
SAID = {"approve": N_("Approve"), "reject": N_("Reject"), "spam": N_("Reject as spam")}
"""What the button of each decision says."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A comment that is among those to be decided."""

    comment: StoredComment
    text: str
    author: str
    why: str


@blueprint.post("/decisions")
def decide_many() -> AnyResponse:
    """Decide the comments that were picked, or all that the listing finds; what came or changed since is left.

    Before all that a listing finds is decided, a page says how many they are and shows some.
    """
    seat = take_seat()
    site = service().site(seat.moderator.site_id)
    decision, listing = read_decision(seat, site), read_listing()
    if listing.status is None:
        raise BadRequestError(gettext("Comments of one status are decided together: go back and choose one"))
    if request.form.get("everything"):
        found, more = _found(site.id, listing)
        if not found:
            raise BadRequestError(
                gettext("The list has no comment any more that was there when you looked; go back to it")
            )
        if not request.form.get("confirmed"):
            return seated_page(
                "bulk",
                seat,
                site,
                listing=listing,
                chips=listing.chips(),
                number=len(found),
                more=more,
                samples=[_sample(one) for one in spread(found, SAMPLES)],
                action=request.form["action"],
                said=gettext(SAID[request.form["action"]]),
                made_at=request.form.get("made_at"),
            )
        wanted = [Wanted(one.id, decision, one.revision, one.status) for one in found]
    else:
        wanted = [_picked(text, decision, listing.status) for text in request.form.getlist("pick")[:AT_MOST]]
    if not wanted:
        raise BadRequestError(gettext("Nothing was picked: tick the comments that the decision is for"))
    batch_id = ids.new_id(decision.at)
    outcomes = decide_batch(service().parts, site.id, wanted, batch_id)
    missed = sum(isinstance(one, ModerationError) for one in outcomes)
    return answer_done(Done(decision.action.value, len(wanted) - missed, missed, batch_id), listing.url())


def spread(found: Sequence[StoredComment], number: int) -> list[StoredComment]:
    """Return up to `number` comments from all over a list, the first one first."""
    if len(found) <= number:
        return list(found)
    return [found[at * (len(found) - 1) // (number - 1)] for at in range(number)]


def _found(site_id: str, listing: Listing) -> tuple[list[StoredComment], bool]:
    """Return what a listing finds of what was there when its page was made, and whether there is more."""
    found, older = service().find(site_id, listing.filter(), limit=AT_MOST, before_id=None)
    made_at = _moment(request.form.get("made_at"))
    return [one for one in found if one.updated_at <= made_at], older is not None


def _sample(comment: StoredComment) -> Sample:
    reasons = comment.decision.reasons if comment.decision else ()
    why = ", ".join(dict.fromkeys(show.inside(one.code) for one in reasons))
    return Sample(comment, show.snippet(comment), show.author_name(comment), why)


def _moment(text: str | None) -> datetime:
    try:
        return datetime.fromisoformat(text or "").astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRequestError(gettext("The form lacks when its page was made")) from None


def _picked(text: str, decision: Decision, status: Status) -> Wanted:
    """Return the decision on a comment that was ticked: its id and the revision that the page showed."""
    comment_id, _, revision = text.partition(":")
    return Wanted(known_id(comment_id), decision, read_revision(revision), status)
