"""Turns what a rule refuses into the error that the caller is told."""

from collections.abc import Sequence

from moderation.errors import EmptyError, RefusedError, TooLongError, TooManyError, TooShortError
from moderation.model import Facts, Finding, Length, Verdict
from moderation.policy_document import DAY

LENGTH_ERRORS = {"empty": EmptyError, "too_short": TooShortError, "too_long": TooLongError}


def refusal(findings: Sequence[Finding], length: Length, facts: Facts) -> RefusedError | None:
    """Return the error for the first refusal among `findings`, or None if there is none.

    Errors of length have `count`, `limit` (the bound that was crossed) and `unit`; `TooManyError` has
    `retry_after` in seconds and `limit` `{"per", "count", "seconds"}` of the window that stays full longest.
    The limit of a whole thread has null for `seconds`, and asks to try again in a day, when more may be allowed.
    """
    refused = [finding for finding in findings if finding.verdict is Verdict.REFUSE]
    if not refused:
        return None
    first = refused[0]
    if first.code in LENGTH_ERRORS:
        return LENGTH_ERRORS[first.code](
            first.detail, count=length.count, limit=first.limit or length.limit, unit=length.unit.value
        )
    full = [use for use in facts.windows if use.count >= use.limit]
    if len(refused) > len(full):
        thread = refused[-1]
        whole = {"per": "thread", "count": thread.limit, "seconds": None}
        return TooManyError(thread.detail, retry_after=DAY, limit=whole)
    finding, use = max(zip(refused, full, strict=False), key=lambda pair: pair[1].retry_after)
    window = {"per": use.per, "count": use.limit, "seconds": use.seconds}
    return TooManyError(finding.detail, retry_after=use.retry_after, limit=window)
