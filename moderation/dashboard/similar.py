"""Earlier decisions on comments like one: of the same words, near copies, and what means about the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moderation.dashboard import show
from moderation.dashboard.language import gettext
from moderation.records import StoredComment
from moderation.resemblance import Known, known, nearest
from moderation.storage import similar
from moderation.storage.database import Connection

SHOWN = 5
SHOWN_IN_LIST = 3
LOOKED_AT = 3000
"""The newest decisions of people, among which comments that mean about the same are looked for."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A comment that was decided before, and in what it is like the one at hand."""

    comment_id: str
    text: str
    status: str
    words: str
    by: str
    at: show.Moment
    why: str


def like_one(connection: Connection, comment: StoredComment) -> list[Earlier]:
    """Return up to `SHOWN` decided comments like one: copies of its words first, then the most alike."""
    why = dict.fromkeys(similar.same_words(connection, comment, SHOWN), gettext("The same words"))
    for key in similar.near_copies(connection, comment, SHOWN):
        why.setdefault(key, gettext("A near copy"))
    if len(why) < SHOWN:
        candidates = known(similar.decided_by_people(connection, comment.site_id, LOOKED_AT))
        for key, said in _alike(candidates, comment, SHOWN):
            why.setdefault(key, said)
    return _told(why, similar.read(connection, comment.site_id, list(why)))[:SHOWN]


def like_each(connection: Connection, site_id: str, found: Sequence[StoredComment]) -> dict[str, list[Earlier]]:
    """Return for comments of a list, by id, the few most alike that people decided."""
    if not any(one.likeness for one in found):
        return {}
    candidates = known(similar.decided_by_people(connection, site_id, LOOKED_AT))
    why = {one.id: dict(_alike(candidates, one, SHOWN_IN_LIST)) for one in found}
    read = similar.read(connection, site_id, sorted({key for said in why.values() for key in said}))
    return {comment_id: told for comment_id, said in why.items() if (told := _told(said, read))}


def _alike(candidates: Known, comment: StoredComment, number: int) -> list[tuple[str, str]]:
    if comment.likeness is None:
        return []
    found = nearest(comment.likeness, candidates, number + 1)  # the comment itself may be one of them
    told = [(key, gettext("%(percent)s alike", percent=f"{alike:.0%}")) for key, alike in found if key != comment.id]
    return told[:number]


def _told(why: Mapping[str, str], read: Mapping[str, StoredComment]) -> list[Earlier]:
    return [
        Earlier(
            key,
            show.snippet(one),
            one.status.value,
            gettext(show.STATUS_WORDS[one.status]),
            show.decided_by(one.decision),
            show.moment(one.decision.at),
            said,
        )
        for key, said in why.items()
        if (one := read.get(key)) is not None and one.decision is not None
    ]
