"""Near copies on one page, with one decision for all of them."""

from flask import request, url_for
from werkzeug.wrappers import Response as AnyResponse

from moderation import ids
from moderation.clusters import decide_cluster
from moderation.dashboard import show
from moderation.dashboard.deciding import answer_done, read_decision, seated_page
from moderation.dashboard.done import Done
from moderation.dashboard.language import gettext
from moderation.dashboard.listing import known_id
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import take_seat
from moderation.errors import NotFoundError
from moderation.storage.filters import Filter
from moderation.storage.tallies import tally
from moderation.web import service

SHOWN = 25
TALLY_AT_MOST = 10_000


@blueprint.get("/copies/<cluster_id>")
def copies(cluster_id: str) -> AnyResponse:
    """Show near copies: how many stand where, and the newest of them."""
    seat = take_seat()
    site = service().site(seat.moderator.site_id)
    cluster = known_id(cluster_id)
    found, older = service().find(site.id, Filter(cluster=cluster), limit=SHOWN, before_id=_before())
    if not found:
        raise NotFoundError(gettext("There are no such copies: they may have been edited or erased"))
    with service().parts.database.read() as connection:
        tallies = tally(connection, site.id, TALLY_AT_MOST, Filter(cluster=cluster))
    authors = {one.author_key or one.address_key or one.id for one in found}
    return seated_page(
        "copies",
        seat,
        site,
        cluster=cluster,
        cards=[show.card(comment, site.policy) for comment in found],
        tallies={status: tallies[status] for status in show.STATUS_WORDS if tallies[status]},
        authors=len(authors),
        older=older,
        whole=older is None and "before" not in request.args,
    )


@blueprint.post("/copies/<cluster_id>/decision")
def decide_copies(cluster_id: str) -> AnyResponse:
    """Decide all near copies but those that a person decided singly, and show them again."""
    seat = take_seat()
    site = service().site(seat.moderator.site_id)
    decision = read_decision(seat, site)
    batch_id = ids.new_id(decision.at)
    number = decide_cluster(service().parts, site.id, known_id(cluster_id), decision, batch_id)
    return answer_done(Done(decision.action.value, number, 0, batch_id), url_for("desk.copies", cluster_id=cluster_id))


def _before() -> str | None:
    asked = request.args.get("before")
    return known_id(asked) if asked else None
