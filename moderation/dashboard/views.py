"""The queue, and one comment."""

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from moderation.dashboard import comfort, show, similar
from moderation.dashboard.authors import ENDS, find_card
from moderation.dashboard.deciding import seated_page
from moderation.dashboard.language import N_, each, gettext
from moderation.dashboard.listing import NARROWING, ORDERS, Listing, known_id, read_listing
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import take_seat
from moderation.dashboard.urgency import HELD_LOOKED_AT, LOOKED_AT, worst_first
from moderation.model import ATTRIBUTES, Status
from moderation.records import Site, StoredComment
from moderation.storage import comments, decision_log, neighbours, saved_filters, urgent
from moderation.storage.tallies import tally
from moderation.web import service

PAGE_SIZE = 25
AROUND = 3
"""Comments of the thread that are shown before and after one."""
ONE_TITLES = {
    Status.HELD: N_("Held comment"),
    Status.PENDING: N_("Pending comment"),
    Status.APPROVED: N_("Approved comment"),
    Status.REJECTED: N_("Rejected comment"),
}
ALL_TITLES = {
    Status.HELD: N_("All held comments"),
    Status.PENDING: N_("All pending comments"),
    Status.APPROVED: N_("All approved comments"),
    Status.REJECTED: N_("All rejected comments"),
}
TALLY_AT_MOST = 1000


@blueprint.get("/")
@blueprint.get("")
def queue() -> AnyResponse:
    """List comments, newest first."""
    seat = take_seat()
    site_id = seat.moderator.site_id
    listing = read_listing()
    site, made_at = service().site(site_id), service().now()
    found, older = _page(site, listing)
    with service().parts.database.read() as connection:
        earlier = similar.like_each(connection, site_id, found)
        saved = saved_filters.of_moderator(connection, site_id, seat.moderator.id)
    return seated_page(
        "queue",
        seat,
        site,
        listing=listing,
        cards=[show.card(comment, site.policy) for comment in found],
        earlier=earlier,
        saved=saved,
        pause=comfort.hint(made_at),
        chips=listing.chips(),
        attributes={name: show.in_words(name) for name in ATTRIBUTES},
        sections=sorted({one.thread.section for one in found if one.thread.section} | set(site.policy.sections)),
        author=None if listing.author is None else find_card(site_id, listing.author),
        ends=each(ENDS),
        older=older,
        tallies=_tallies(site_id, listing),
        at_most=TALLY_AT_MOST,
        orders=each(ORDERS),
        made_at=made_at.isoformat(),
        reason_codes=sorted({one.code for comment in found if comment.decision for one in comment.decision.reasons}),
        root=request.url_root,
    )


@blueprint.get("/comments/<comment_id>")
def comment_page(comment_id: str) -> AnyResponse:
    """Show one comment with what it answers and what was decided so far."""
    seat = take_seat()
    comment = service().get(seat.moderator.site_id, known_id(comment_id))
    site = service().site(seat.moderator.site_id)
    parent, log = _around(comment)
    with service().parts.database.read() as connection:
        earlier = similar.like_one(connection, comment)
        before, after = neighbours.in_thread(connection, comment, AROUND)
    return seated_page(
        "comment",
        seat,
        site,
        card=show.card(comment, site.policy),
        one_title=gettext(ONE_TITLES[comment.status]),
        all_title=gettext(ALL_TITLES[comment.status]),
        parent=None if parent is None else show.card(parent, site.policy),
        log=[show.line(one) for one in log],
        before=[show.brief(one) for one in before],
        after=[show.brief(one) for one in after],
        earlier=earlier,
    )


def _page(site: Site, listing: Listing) -> tuple[list[StoredComment], str | None]:
    """Return the comments of a page and, if they are the newest first, the id to go on from."""
    if listing.order is None:
        return service().find(site.id, listing.filter(), limit=PAGE_SIZE, before_id=listing.before)
    with service().parts.database.read() as connection:
        if listing.order == "oldest":
            found = comments.list_page(
                connection, site.id, listing.filter(), limit=PAGE_SIZE, before_id=None, oldest=True
            )
            return found, None
        most = HELD_LOOKED_AT if listing.status is Status.HELD else LOOKED_AT
        known = urgent.worst(connection, site.id, listing.filter(), most)
        return urgent.by_ids(connection, site.id, worst_first(known, service().now(), PAGE_SIZE)), None


def _around(comment: StoredComment) -> tuple[StoredComment | None, list[decision_log.Line]]:
    """Return the comment that this one answers, if the site has told it, and the decisions, newest first."""
    with service().parts.database.read() as connection:
        named = [comment.parent_id] if comment.parent_id and comment.erased_at is None else []
        parents = comments.by_external_id(connection, comment.site_id, named)
        return next(iter(parents.values()), None), decision_log.of_comment(connection, comment.site_id, comment.id)


def _tallies(site_id: str, listing: Listing) -> dict[Status, int]:
    """Return how many comments have each status; nothing if that would mean reading them all."""
    narrowed = {name for name in NARROWING if getattr(listing, name) is not None}
    if narrowed == {"thread"}:
        counts = service().thread_counts(site_id, [str(listing.thread)]).get(str(listing.thread))
        return {status: getattr(counts, status.value) if counts else 0 for status in Status}
    if narrowed - {"thread", "author", "cluster"}:
        return {}
    with service().parts.database.read() as connection:
        return tally(connection, site_id, TALLY_AT_MOST, listing.filter())
