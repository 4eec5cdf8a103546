"""An author at the desk: a card above their comments, and forms that hold or reject all that they write, or lift it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from moderation import authors
from moderation.authors import Known
from moderation.dashboard import show
from moderation.dashboard.deciding import answer_done
from moderation.dashboard.done import Done
from moderation.dashboard.language import N_, gettext, number_words
from moderation.dashboard.listing import read_listing
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import take_seat
from moderation.errors import BadRequestError, NotFoundError
from moderation.model import Action, Restriction, Status
from moderation.storage.filters import Filter
from moderation.storage.neighbours import Neighbour, of_networks
from moderation.web import service

KEY = re.compile(r"[0-9a-f]{32}")
LIFT = "lift"
ENDS = {"": N_("for ever"), "1": N_("1 day"), "7": N_("7 days"), "30": N_("30 days")}
"""How long a restriction can last, by what the form says: days."""
NEIGHBOURS_AT_MOST = 10
FEW = 5
"""So many decisions say little of an author."""
TRUST = ((0.8, N_("high (%(trust)s)")), (0.5, N_("middling (%(trust)s)")), (0.0, N_("low (%(trust)s)")))
"""The lowest trust that is called so."""


@dataclass(frozen=True, slots=True)
class AuthorCard:
    """What a page shows of an author."""

    key: str
    name: str
    counts: str
    strikes: str
    trust: str
    first_seen: show.Moment | None
    neighbours: tuple[Neighbour, ...]
    """Others who write from the same networks."""
    restriction: str | None
    until: show.Moment | None
    reason: str | None


@blueprint.post("/authors/<author_key>/restriction")
def restrict_author(author_key: str) -> AnyResponse:
    """Hold or reject everything that an author writes, or lift that; then show the same part of the queue again."""
    seat = take_seat()
    if not KEY.fullmatch(author_key):
        raise NotFoundError
    action, days = request.form.get("action"), request.form.get("days", "")
    if action not in {Action.HOLD, Action.REJECT, LIFT} or days not in ENDS:
        raise BadRequestError(gettext("What an author writes can be held or rejected, for 1, 7 or 30 days or for ever"))
    parts, site_id, now = service().parts, seat.moderator.site_id, service().now()
    if action == LIFT:
        authors.free(parts, site_id, author_key, now, seat.actor)
    else:
        until = now + timedelta(days=int(days)) if days else None
        restriction = Restriction(Action(action), until, None, seat.moderator.email, now)
        authors.restrict(parts, site_id, author_key, restriction, seat.actor)
    return answer_done(Done(f"author-{action}", 1, 0, ""), read_listing().url())


def find_card(site_id: str, author_key: str) -> AuthorCard | None:
    """Return the card of an author; None if the site knows none of that key."""
    try:
        known = authors.known(service().parts, site_id, author_key, service().now())
    except NotFoundError:
        return None
    newest, _ = service().find(site_id, Filter(author_key=author_key), limit=1, before_id=None)
    name = show.author_name(newest[0]) if newest else gettext("An author without comments")
    with service().parts.database.read() as connection:
        others = of_networks(connection, site_id, author_key, NEIGHBOURS_AT_MOST)
    return card(author_key, name, known, others)


def card(author_key: str, name: str, known: Known, others: Sequence[Neighbour] = ()) -> AuthorCard:
    """Return what a page shows of an author, and of others from the same networks."""
    restriction = known.restriction
    counts = ", ".join(
        f"{known.counts[status]} {gettext(words).lower()}" for status, words in show.STATUS_WORDS.items()
    )
    if known.more:
        counts = gettext(
            "the newest %(number)s comments: %(counts)s", number=number_words(authors.LOOKED_AT), counts=counts
        )
    return AuthorCard(
        key=author_key,
        name=name,
        counts=counts,
        strikes=gettext("%(number)s in the last %(days)s days", number=known.strikes, days=authors.STRIKE_DAYS),
        trust=trust_words(known),
        first_seen=show.moment(known.first_seen) if known.first_seen else None,
        neighbours=tuple(others),
        restriction=_restricted(restriction) if restriction else None,
        until=show.moment(restriction.until) if restriction and restriction.until else None,
        reason=restriction.reason if restriction else None,
    )


def trust_words(known: Known) -> str:
    """Return in words how far an author can be trusted."""
    decided = known.counts[Status.APPROVED] + known.counts[Status.REJECTED]
    if decided < FEW:
        return gettext("not known yet (%(number)s decided)", number=decided)
    words = next(words for lowest, words in TRUST if known.trust >= lowest)
    return gettext(words, trust=f"{known.trust:.2f}")


def _restricted(restriction: Restriction) -> str:
    what = gettext(show.STATUS_WORDS[restriction.action.status]).lower()
    return gettext("%(what)s, says %(who)s", what=what, who=restriction.by)
