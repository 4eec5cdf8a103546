"""Who sits at the desk, and whether a form came from one of its own pages.

Each form carries a keyed hash of a cookie that only this browser has: of the session's token once somebody is
signed in, of a random value before. Another site can send the cookie along, but cannot know the hash.
"""

import hmac
from dataclasses import dataclass

from flask import abort, redirect, request, url_for
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from moderation import accounts
from moderation.audit_entry import Actor, ActorKind
from moderation.dashboard.pages import PREFIX, blueprint
from moderation.storage.moderators import Moderator
from moderation.web import service

SESSION_COOKIE = "desk_session"
LOGIN_COOKIE = "desk_login"
OUTDATED = (
    "This form is no longer valid: your session is over, or the page is old. Nothing was changed. "
    "If it happens again, allow cookies for this address."
)


@dataclass(frozen=True, slots=True)
class Seat:
    """A signed-in moderator, and what the forms on their pages must carry."""

    moderator: Moderator
    form_token: str

    @property
    def actor(self) -> Actor:
        """Return who that is, as the audit log says it."""
        return Actor(ActorKind.MODERATOR, self.moderator.id)


def take_seat() -> Seat:
    """Return who is signed in; whoever is not is sent to the login page, and from there back."""
    seat = find_seat()
    if seat is None:
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        abort(redirect(url_for("desk.login_page", next=back), 303))
    return seat


def find_seat() -> Seat | None:
    """Return who is signed in, or None."""
    token = request.cookies.get(SESSION_COOKIE)
    moderator = token and accounts.signed_in(service().parts.database, token, service().now())
    return Seat(moderator, form_token(token)) if token and moderator else None


def form_token(cookie: str) -> str:
    """Return what a form must carry when the browser sends `cookie`."""
    return service().parts.hasher.hash("form", cookie)


@blueprint.before_request
def check_form() -> None:
    """Refuse a form that does not come from a page of the desk.

    Raises:
        werkzeug.exceptions.Forbidden: the cookie or its hash is missing, or they do not match.
    """
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    cookie = request.cookies.get(LOGIN_COOKIE if request.endpoint == "desk.sign_in" else SESSION_COOKIE, "")
    sent = request.form.get("form_token", "")
    if not cookie or not hmac.compare_digest(form_token(cookie).encode(), sent.encode()):
        raise Forbidden(OUTDATED)


def set_cookie(response: Response, name: str, value: str, seconds: int) -> None:
    """Give the browser a cookie that only the desk's own pages get and no script can read."""
    settings = service().settings
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=PREFIX,
        secure=settings.secure_cookies or settings.tls_cert is not None,
        httponly=True,
        samesite="Lax",
    )
