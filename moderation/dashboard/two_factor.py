"""A moderator's second factor at their account: switched on with the first right code, off with password and code."""

import segno
from flask import redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from moderation import accounts, second_factor, totp
from moderation.dashboard import code_tries
from moderation.dashboard.account import account_page, guard
from moderation.dashboard.language import N_, gettext
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import SESSION_COOKIE, Seat, take_seat
from moderation.errors import TooManyError
from moderation.web import service

PASSWORD, CODE = "totp-password", "totp-code"
WRONG_PASSWORD = N_("That is not your password")
WRONG_CODE = N_("That code is not good: it is good once and for half a minute, so wait for the next one")
GROUP = 4


@blueprint.post("/account/totp")
def start_totp() -> AnyResponse:
    """Show a new secret, as a picture and as text; nobody else's page shows it again."""
    seat = take_seat()
    if seat.moderator.totp_on_at is not None:
        return redirect(url_for("desk.account"), 303)
    throttle = guard(seat)
    if not _knows_password(seat):
        return account_page(seat, 422, mistakes={PASSWORD: gettext(WRONG_PASSWORD)})
    throttle.forget(request.remote_addr, seat.moderator.email)
    parts = service().parts
    return _setup(seat, second_factor.start(parts.database, parts.hasher, seat.moderator))


@blueprint.post("/account/totp/on")
def turn_on_totp() -> AnyResponse:
    """Ask for codes from now on if the first one is right; the page shows the recovery codes, once."""
    seat, parts = take_seat(), service().parts
    waiting = second_factor.pending(parts.hasher, seat.moderator)
    if waiting is None:
        return redirect(url_for("desk.account"), 303)
    throttle = guard(seat)
    codes = second_factor.turn_on(
        parts.database,
        parts.hasher,
        seat.moderator,
        request.form.get(CODE, ""),
        request.cookies[SESSION_COOKIE],
        service().now(),
    )
    if codes is None:
        return _setup(seat, waiting, 422, mistakes={CODE: gettext(WRONG_CODE)})
    throttle.forget(request.remote_addr, seat.moderator.email)
    return account_page(seat, codes=codes)


@blueprint.post("/account/totp/off")
def turn_off_totp() -> AnyResponse:
    """Ask for no more codes, if password and code are right."""
    seat, parts, typed = take_seat(), service().parts, request.form.get(CODE, "")
    seconds = code_tries.count(seat.moderator, typed)
    if seconds:
        raise TooManyError(gettext("Too many wrong passwords or codes"), retry_after=seconds)
    if not _knows_password(seat):
        return account_page(seat, 422, mistakes={PASSWORD: gettext(WRONG_PASSWORD)})
    if not second_factor.turn_off(parts.database, parts.hasher, seat.moderator, typed, service().now()):
        return account_page(seat, 422, mistakes={CODE: gettext(WRONG_CODE)})
    code_tries.forget(seat.moderator, typed)
    return redirect(url_for("desk.account", changed="totp-off"), 303)


def picture(address: str) -> Markup:
    """Return what an app's camera reads, as SVG without style, dark on light in both colour schemes."""
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(omitsize=True, svgclass="qr", lineclass=None, light="#fff"))  # noqa: S704 - no text


def _setup(seat: Seat, secret: str, status: int = 200, **values: object) -> AnyResponse:
    """Return the account's page with the secret, which only answers to this form hold."""
    address = totp.address(secret, f"Moderation {seat.moderator.site_id}", seat.moderator.email)
    groups = " ".join(secret[start : start + GROUP] for start in range(0, len(secret), GROUP))
    return account_page(
        seat, status, setup={"picture": picture(address), "secret": groups, "address": address}, **values
    )


def _knows_password(seat: Seat) -> bool:
    typed = request.form.get(PASSWORD, "")
    return accounts.is_password(service().parts.database, seat.moderator, typed, service().now())
