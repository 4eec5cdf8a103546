"""Filters that a moderator keeps under a name, for themselves or for everybody of the site."""

from urllib.parse import urlencode

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from moderation import ids
from moderation.dashboard.language import gettext
from moderation.dashboard.listing import known_id, read_listing
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import take_seat
from moderation.errors import BadRequestError, NotFoundError
from moderation.storage import saved_filters
from moderation.storage.saved_filters import AT_MOST, SavedFilter
from moderation.web import service

NAME_AT_MOST = 60


@blueprint.post("/filters")
def save_filter() -> AnyResponse:
    """Keep the present list under a name; another of that name is replaced."""
    seat, listing = take_seat(), read_listing()
    name = " ".join(request.form.get("name", "").replace("\0", "").split())
    if not 1 <= len(name) <= NAME_AT_MOST:
        raise BadRequestError(
            gettext("A filter needs a name of 1 to %(most)s characters; go back and give it one", most=NAME_AT_MOST)
        )
    now = service().now()
    owner = None if request.form.get("everybody") else seat.moderator.id
    query = urlencode({key: value for key, value in listing.fields().items() if key != "before"})
    new = SavedFilter(ids.new_id(now), seat.moderator.site_id, owner, name, query, now)
    with service().parts.database.write() as connection:
        kept = saved_filters.put(connection, new)
    if not kept:
        raise BadRequestError(
            gettext("At most %(most)s filters are kept; go back and remove one that is no longer needed", most=AT_MOST)
        )
    return redirect(listing.url(before=None), 303)


@blueprint.post("/filters/<filter_id>/remove")
def remove_filter(filter_id: str) -> AnyResponse:
    """Forget a filter of the moderator's, or one of everybody's."""
    seat = take_seat()
    with service().parts.database.write() as connection:
        gone = saved_filters.remove(connection, seat.moderator.site_id, seat.moderator.id, known_id(filter_id))
    if gone is None:
        raise NotFoundError(gettext("There is no such filter; somebody may have removed it"))
    return redirect(url_for("desk.queue"), 303)
