"""Counts tries of a code: with the passwords, and for all addresses together.

Who knows a password and has many addresses could try codes of six digits all day. Recovery codes are too long for that,
so they still let in whoever's codes a stranger has used up.
"""

from flask import request

from moderation import totp
from moderation.dashboard.throttle import Throttle
from moderation.storage.moderators import Moderator
from moderation.web import service


def count(moderator: Moderator, typed: str) -> int:
    """Count a try before it is made and return 0, or the seconds to wait if there were too many."""
    return max(throttle.wait(address, name) for throttle, address, name in _throttles(moderator, typed))


def forget(moderator: Moderator, typed: str) -> None:
    """Start counting anew, after a success."""
    for throttle, address, name in _throttles(moderator, typed):
        throttle.forget(address, name)


def _throttles(moderator: Moderator, typed: str) -> list[tuple[Throttle, str | None, str]]:
    parts = service().parts
    found = [(Throttle(parts.queue.redis, parts.hasher), request.remote_addr, moderator.email)]
    if totp.is_code(typed):
        found.append((Throttle(parts.queue.redis, parts.hasher, "code"), None, moderator.id))
    return found
