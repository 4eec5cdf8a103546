"""Signing in and out; `login_code` is the second page for who has a second factor."""

import re

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from moderation import accounts, ids
from moderation.dashboard import halfway
from moderation.dashboard.language import N_, gettext
from moderation.dashboard.pages import PREFIX, blueprint, page
from moderation.dashboard.session import (
    HALF_COOKIE,
    LOGIN_COOKIE,
    PROVIDER_COOKIE,
    SESSION_COOKIE,
    find_seat,
    form_token,
    set_cookie,
    take_seat,
)
from moderation.dashboard.throttle import Throttle
from moderation.storage.moderators import Moderator
from moderation.web import service

SESSION_SECONDS = int(accounts.SESSION_LIFE.total_seconds())
COOKIE_VALUE = re.compile(r"[\w-]{43}")
OWN_PAGE = re.compile(rf"(?!.*\.\.){PREFIX}(?:[/?][\x21-\x7e]*)?")
"""Where a sign-in may lead: a path of the desk, so that a link to the login page cannot lead to another site."""
WRONG = N_("That address and password do not belong together.")
NO_PASSWORDS = N_("Nobody signs in with a password here.")
TOO_MANY = N_("Too many failed sign-ins. Try again in %(minutes)s min.")


@blueprint.get("/login")
def login_page() -> AnyResponse:
    """Show the login form, or the desk to whoever is signed in."""
    if find_seat() is not None:
        return redirect(wanted(request.args.get("next")), 303)
    return login_form()


@blueprint.post("/login")
def sign_in() -> AnyResponse:
    """Open a session, unless address and password are wrong or there were too many tries."""
    parts = service().parts
    if not service().settings.password_sign_in:
        return login_form(gettext(NO_PASSWORDS), 403)
    throttle = Throttle(parts.queue.redis, parts.hasher)
    email = request.form.get("email", "")
    seconds = throttle.wait(request.remote_addr, email)
    if seconds:
        response = login_form(gettext(TOO_MANY, minutes=-(-seconds // 60)), 429)
        response.headers["Retry-After"] = str(seconds)
        return response
    try:
        token = accounts.sign_in(parts.database, email, request.form.get("password", ""), service().now())
    except accounts.CodeNeededError as needed:
        return _to_code(needed.moderator)  # the try goes on counting until the code is right
    if token is None:
        return login_form(gettext(WRONG), 403)
    throttle.forget(request.remote_addr, email)
    return opened(token)


@blueprint.post("/logout")
def sign_out() -> AnyResponse:
    """End the session at once."""
    take_seat()
    accounts.sign_out(service().parts.database, request.cookies[SESSION_COOKIE])
    answer = redirect(url_for("desk.login_page"), 303)
    answer.delete_cookie(SESSION_COOKIE, path=PREFIX)
    return answer


def opened(token: str, after: str | None = None) -> AnyResponse:
    """Return the way into the desk, to `after` or where the form says, with the cookie of a session."""
    answer = redirect(wanted(after or request.form.get("next")), 303)
    set_cookie(answer, SESSION_COOKIE, token, SESSION_SECONDS)
    for name in (LOGIN_COOKIE, HALF_COOKIE, PROVIDER_COOKIE):
        if name in request.cookies:
            answer.delete_cookie(name, path=PREFIX)
    return answer


def login_form(message: str | None = None, status: int = 200) -> Response:
    """Return the page that asks for address and password."""
    cookie = request.cookies.get(LOGIN_COOKIE, "")
    if not COOKIE_VALUE.fullmatch(cookie):
        cookie = ids.new_secret()
    settings = service().settings
    response = page(
        "login",
        status,
        message=message,
        email=request.form.get("email", ""),
        next=wanted(request.values.get("next")),
        form_token=form_token(cookie),
        provider=settings.oidc_label if settings.oidc_issuer else None,
        passwords=settings.password_sign_in,
    )
    set_cookie(response, LOGIN_COOKIE, cookie, SESSION_SECONDS)
    return response


def wanted(path: str | None) -> str:
    """Return where to go after a sign-in: the path that was asked for, if it is the desk's."""
    return path if path and OWN_PAGE.fullmatch(path) else url_for("desk.queue")


def _to_code(moderator: Moderator) -> AnyResponse:
    """Lead to the page that asks for the code; the cookie stays longer than it opens anything, so that one is told."""
    answer = redirect(url_for("desk.code_page", next=wanted(request.form.get("next"))), 303)
    set_cookie(answer, HALF_COOKIE, halfway.write(service().parts.hasher, moderator, service().now()), SESSION_SECONDS)
    return answer
