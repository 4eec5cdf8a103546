"""The word on what a moderator did last: the next page says it once, and offers to take it back."""

import re
from dataclasses import dataclass

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from moderation.dashboard.language import N_, gettext
from moderation.dashboard.pages import PREFIX
from moderation.dashboard.session import set_cookie

COOKIE = "desk_done"
SECONDS = 60
ID = r"([0-9a-f-]{36}|)"
SHAPE = re.compile(
    rf"(approve|reject|undo|author-hold|author-reject|author-lift|hook-test|hook-replay|hook-more|hook-removed):([0-9]{{1,6}}):([0-9]{{1,6}}):{ID}:{ID}"
)
ONE = {"approve": N_("Approved."), "reject": N_("Rejected."), "undo": N_("Put back.")}
SEVERAL = {
    "approve": N_("%(number)s approved."),
    "reject": N_("%(number)s rejected."),
    "undo": N_("%(number)s put back."),
}
SAID = {
    "author-hold": N_("Whatever this author writes from now on is held."),
    "author-reject": N_("Whatever this author writes from now on is rejected."),
    "author-lift": N_("This author's next comments are decided like everybody's again."),
    "hook-test": N_("A test event is on its way: look again in a moment what came of it."),
    "hook-replay": N_("Sent again: %(number)s."),
    "hook-removed": N_("The endpoint is gone, with what waited for it."),
    "hook-more": N_("Sent again: %(number)s. There are more: send again once more for the next."),
}


@dataclass(frozen=True, slots=True)
class Done:
    """What was done to how many comments, how many were not as the page had shown them, and what undoes it.

    What was done to an author or an endpoint has no batch: it has buttons of its own, or cannot be undone.
    """

    action: str
    number: int
    missed: int
    batch_id: str
    comment_id: str = ""
    """Of the one comment that was decided."""

    @property
    def words(self) -> str:
        """Return it as a sentence."""
        if self.action in SAID:
            return gettext(SAID[self.action], number=self.number)
        words = ONE if self.comment_id or self.number == 1 else SEVERAL
        said = gettext(words[self.action], number=self.number)
        if not self.missed:
            return said
        missed = gettext("%(number)s had changed in the meantime and stand as they were decided.", number=self.missed)
        return f"{said} {missed}"


def remember(answer: AnyResponse, done: Done) -> None:
    """Let the next page say what was done."""
    value = f"{done.action}:{done.number}:{done.missed}:{done.batch_id}:{done.comment_id}"
    set_cookie(answer, COOKIE, value, SECONDS)


def recall() -> Done | None:
    """Return what the page before did, or None."""
    found = SHAPE.fullmatch(request.cookies.get(COOKIE, ""))
    return Done(found[1], int(found[2]), int(found[3]), found[4], found[5]) if found else None


def forget(response: Response) -> None:
    """Let no further page say it."""
    response.delete_cookie(COOKIE, path=PREFIX)
