"""The list as a dot plot, on which a range of a score is brushed; with two fields for it without a script."""

from dataclasses import replace

from werkzeug.wrappers import Response as AnyResponse

from moderation.dashboard import show
from moderation.dashboard.deciding import seated_page
from moderation.dashboard.dots import HEIGHT, WIDTH, plot
from moderation.dashboard.listing import read_listing
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import take_seat
from moderation.model import ATTRIBUTES
from moderation.policy_document import Policy
from moderation.storage import plots
from moderation.web import service

AT_MOST = 2000
"""Dots; of a longer list the newest."""


@blueprint.get("/plot")
def plot_page() -> AnyResponse:
    """Show the comments of a list by one score and by time, whatever range of it is chosen already."""
    seat, listing = take_seat(), read_listing()
    site = service().site(seat.moderator.site_id)
    policy = site.policy.for_section(listing.section)
    attribute = listing.score or _first(policy)
    with service().parts.database.read() as connection:
        found = plots.points(connection, site.id, replace(listing.filter(), low=None, high=None), attribute, AT_MOST)
    thresholds = {str(name): threshold for name, threshold in policy.thresholds.items()}
    return seated_page(
        "plot",
        seat,
        site,
        listing=listing,
        chips=replace(listing, score=None, low=None, high=None).chips(),
        attribute=attribute,
        attribute_words=show.in_words(attribute),
        attribute_inside=show.inside(attribute),
        attributes={name: show.in_words(name) for name in ATTRIBUTES},
        plot=plot(found, thresholds.get(attribute)),
        at_most=AT_MOST,
        width=WIDTH,
        height=HEIGHT,
        low=float(listing.low or 0),
        high=float(listing.high or (1 if listing.low else 0)),
    )


def _first(policy: Policy) -> str:
    """Return the first attribute that the policy judges."""
    judged = {str(name) for name in policy.thresholds}
    return next((name for name in ATTRIBUTES if name in judged), ATTRIBUTES[0])
