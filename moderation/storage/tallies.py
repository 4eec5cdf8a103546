"""How many comments of a site stand where, counted no further than a person cares."""

from sqlalchemy import Connection, func, select

from moderation.model import Status
from moderation.storage.tables import comments


def tally(connection: Connection, site_id: str, most: int, *, cluster: str | None = None) -> dict[Status, int]:
    """Return for each status how many comments have it, at most `most`, of the whole site or of one cluster.

    One walk of an index bounds the cost.
    """
    here = [comments.c.site_id == site_id]
    if cluster is not None:
        here.append(comments.c.cluster_id == cluster)
    found = {}
    for status in Status:
        some = select(comments.c.id).where(*here, comments.c.status == status.value).limit(most).subquery()
        found[status] = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return found
