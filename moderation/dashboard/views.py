"""The queue, and one comment."""

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from moderation.dashboard import show
from moderation.dashboard.deciding import seated_page
from moderation.dashboard.listing import known_id, read_listing
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import take_seat
from moderation.model import Status
from moderation.storage.filters import Filter
from moderation.storage.tallies import tally
from moderation.web import service

PAGE_SIZE = 25
TALLY_AT_MOST = 1000


@blueprint.get("/")
@blueprint.get("")
def queue() -> AnyResponse:
    """List comments, newest first."""
    seat = take_seat()
    site_id = seat.moderator.site_id
    listing = read_listing()
    wanted = Filter(status=listing.status, thread=listing.thread)
    found, older = service().find(site_id, wanted, limit=PAGE_SIZE, before_id=listing.before)
    site = service().site(site_id)
    return seated_page(
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
    comment = service().get(seat.moderator.site_id, known_id(comment_id))
    site = service().site(seat.moderator.site_id)
    return seated_page("comment", seat, site, card=show.card(comment, site.policy))


def _tallies(site_id: str, thread: str | None) -> dict[Status, int]:
    if thread is None:
        with service().parts.database.read() as connection:
            return tally(connection, site_id, TALLY_AT_MOST)
    counts = service().thread_counts(site_id, [thread]).get(thread)
    return {status: getattr(counts, status.value) if counts else 0 for status in Status}
