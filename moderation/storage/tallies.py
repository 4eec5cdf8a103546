"""How many comments of a site stand where, counted no further than a person cares."""

from dataclasses import replace

from sqlalchemy import Connection, func, select

from moderation.model import Status
from moderation.storage.filters import Filter, conditions
from moderation.storage.tables import comments


def tally(connection: Connection, site_id: str, most: int, wanted: Filter) -> dict[Status, int]:
    """Return for each status how many of the comments that are meant have it, at most `most`.

    What is meant is nothing narrower, or a thread, an author or a cluster: one walk of an index bounds the cost.
    """
    found = {}
    for status in Status:
        meant = conditions(site_id, replace(wanted, status=status))
        some = select(comments.c.id).where(*meant).limit(most).subquery()
        found[status] = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return found
