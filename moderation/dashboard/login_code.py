"""The second page of the sign-in: the code of an app, for who has a second factor."""

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from moderation import second_factor
from moderation.dashboard import code_tries, halfway
from moderation.dashboard.language import N_, gettext
from moderation.dashboard.login import TOO_MANY, login_form, opened, wanted
from moderation.dashboard.pages import blueprint, page
from moderation.dashboard.session import HALF_COOKIE, form_token
from moderation.storage.moderators import Moderator
from moderation.web import service

WRONG = N_("That code is not good. An app's code is good once and for half a minute: wait for the next one.")
TOO_LATE = N_("There are five minutes between the password and the code. Begin again.")


@blueprint.get("/login/code")
def code_page() -> AnyResponse:
    """Ask for the code, or lead to the login whose password was not asked yet."""
    if _halfway() is None:
        return redirect(url_for("desk.login_page", next=request.args.get("next")), 303)
    return _form()


@blueprint.post("/login/code")
def sign_in_with_code() -> AnyResponse:
    """Open a session, unless the code is wrong or was used, or there were too many tries."""
    moderator, parts, typed = _halfway(), service().parts, request.form.get("code", "")
    if moderator is None:
        return login_form(gettext(TOO_LATE), 403)
    seconds = code_tries.count(moderator, typed)
    if seconds:
        response = _form(gettext(TOO_MANY, minutes=-(-seconds // 60)), 429)
        response.headers["Retry-After"] = str(seconds)
        return response
    token = second_factor.sign_in(parts.database, parts.hasher, moderator, typed, service().now())
    if token is None:
        return _form(gettext(WRONG), 403)
    code_tries.forget(moderator, typed)
    return opened(token)


def _halfway() -> Moderator | None:
    parts = service().parts
    return halfway.read(parts.database, parts.hasher, request.cookies.get(HALF_COOKIE, ""), service().now())


def _form(message: str | None = None, status: int = 200) -> Response:
    return page(
        "login_code",
        status,
        message=message,
        next=wanted(request.values.get("next")),
        form_token=form_token(request.cookies[HALF_COOKIE]),
    )
