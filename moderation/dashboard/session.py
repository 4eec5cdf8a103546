"""Who sits at the desk, what their role lets them do, and whether a form came from one of its own pages.

Each form carries a keyed hash of a cookie that only this browser has: of the session's token once somebody is
signed in, of a random value before, of what `halfway` seals between the password and the code. Another site can send
the cookie along, but cannot know the hash.
"""

import hmac
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from flask import abort, g, redirect, request, url_for
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from moderation import accounts, members
from moderation.audit_entry import Actor, ActorKind
from moderation.dashboard import permissions
from moderation.dashboard.language import N_, gettext
from moderation.dashboard.pages import PREFIX, blueprint
from moderation.model import Role
from moderation.storage.moderators import Moderator
from moderation.web import service

OWNERS_NAMED = 5
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
"""What proxies add."""
SESSION_COOKIE = "desk_session"
LOGIN_COOKIE = "desk_login"
HALF_COOKIE = "desk_half"
PROVIDER_COOKIE = "desk_provider"
COOKIES = {"desk.sign_in": LOGIN_COOKIE, "desk.sign_in_with_code": HALF_COOKIE}
"""Which cookie a form is bound to where there is no session yet."""
OUTDATED = N_(
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

    def may(self, endpoint: str) -> bool:
        """Tell whether they may open a route; a page hides the buttons that would be refused."""
        return permissions.may(self.moderator.role, endpoint)


def take_seat() -> Seat:
    """Return who is signed in; whoever is not is sent to the login page, and from there back."""
    seat = find_seat()
    if seat is None:
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        abort(redirect(url_for("desk.login_page", next=back), 303))
    return seat


def find_seat() -> Seat | None:
    """Return who is signed in, or None; looked up once a request."""
    if "seat" not in g:
        token = request.cookies.get(SESSION_COOKIE)
        moderator = token and accounts.signed_in(service().parts.database, token, service().now())
        g.seat = Seat(moderator, form_token(token)) if token and moderator else None
    seat: Seat | None = g.seat
    return seat


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
    cookie = request.cookies.get(COOKIES.get(request.endpoint or "", SESSION_COOKIE), "")
    sent = request.form.get("form_token", "")
    if not cookie or not hmac.compare_digest(form_token(cookie).encode(), sent.encode()):
        raise Forbidden(gettext(OUTDATED))


@blueprint.before_request
def check_role() -> None:
    """Let nobody do what their role does not allow; after `check_form`, so that a form of another site asks nothing.

    Raises:
        werkzeug.exceptions.Forbidden: their role may not open this route.
    """
    endpoint = request.endpoint or ""
    if endpoint in permissions.OPEN_TO_ALL or request.method == "OPTIONS":
        return
    seat = take_seat()
    if not seat.may(endpoint):
        raise Forbidden(_refusal(seat, endpoint))


@blueprint.before_request
def check_password() -> None:
    """Lead whoever has a password that others have seen to the form that changes it; see `account` for when."""
    seat = g.get("seat")
    if seat is None or seat.moderator.password_due is None or request.endpoint in permissions.OWN_ACCOUNT:
        return
    if service().now() >= seat.moderator.password_due or not _is_on_this_machine():
        abort(redirect(url_for("desk.account"), 303))


def _is_on_this_machine() -> bool:
    """Tell whether the browser itself is: a proxy on this machine says by a header that it speaks for another."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _refusal(seat: Seat, endpoint: str) -> str:
    """Say what is needed, and who of the site can do it or give another role."""
    role = seat.moderator.role
    found = members.list_members(service().parts.database, seat.moderator.site_id)
    owners = [one.email for one in found if one.role is Role.OWNER][:OWNERS_NAMED]
    return gettext(
        "Your role is “%(role)s”, which %(means)s. This needs %(needed)s. "
        "Nothing was changed. Ask an owner of this site: %(owners)s.",
        role=gettext(permissions.ROLE_NAMES[role]),
        means=gettext(permissions.ROLE_WORDS[role]),
        needed=permissions.who_may(endpoint),
        owners=", ".join(owners) or gettext("see `moderation moderator list`"),
    )


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
