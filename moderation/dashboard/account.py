"""A moderator's own account: password and language; `two_factor` has the forms of the second factor.

A password that somebody else has seen, because it was printed when the account was made (by `moderation up`, by
`moderation moderator add`, at the desk), must be changed. It opens the desk for its first day, to a browser on the same
machine, under a banner on every page that only the change takes away: so whoever starts the service on a laptop is at
work at once, and so is a program that tries it out. From any other address, through a proxy, or after that day every
page leads to the form and nothing else can be done (`session.check_password`).
"""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from moderation import accounts, second_factor
from moderation.dashboard.deciding import seated_page
from moderation.dashboard.elsewhere import told
from moderation.dashboard.language import COOKIE as LANGUAGE_COOKIE
from moderation.dashboard.language import LANGUAGES, each, gettext
from moderation.dashboard.pages import PREFIX, blueprint
from moderation.dashboard.permissions import ROLE_NAMES, ROLE_WORDS
from moderation.dashboard.session import SESSION_COOKIE, Seat, set_cookie, take_seat
from moderation.dashboard.show import moment
from moderation.dashboard.throttle import Throttle
from moderation.errors import TooManyError
from moderation.passwords import SHORTEST
from moderation.web import service

CURRENT, NEW, AGAIN = "current", "new", "again"
"""The fields of the form that changes the password."""
YEAR = 365 * 86_400


@blueprint.get("/account")
def account() -> AnyResponse:
    """Show the moderator's own account."""
    return account_page(take_seat())


@blueprint.post("/account/password")
def change_password() -> AnyResponse:
    """Change the password of whoever is signed in, and sign them out everywhere else."""
    seat = take_seat()
    mistakes = _change(seat)
    if mistakes:
        return account_page(seat, 422, mistakes=mistakes)
    return redirect(url_for("desk.account", changed="password"), 303)


@blueprint.post("/account/language")
def choose_language() -> AnyResponse:
    """Show the desk in one language from now on, in this browser; or again in what the browser asks for."""
    take_seat()
    chosen, answer = request.form.get("language", ""), redirect(url_for("desk.account", changed="language"), 303)
    if chosen in LANGUAGES:
        set_cookie(answer, LANGUAGE_COOKIE, chosen, YEAR)
    else:
        answer.delete_cookie(LANGUAGE_COOKIE, path=PREFIX)
    return answer


def account_page(seat: Seat, status: int = 200, **values: object) -> AnyResponse:
    """Return the page of the moderator's own account."""
    site = service().site(seat.moderator.site_id)
    on_at = seat.moderator.totp_on_at
    return seated_page(
        "account",
        seat,
        site,
        status,
        **{"mistakes": {}, "changed": request.args.get("changed"), "setup": None, "codes": None, **values},
        two_factor=moment(on_at) if on_at else None,
        codes_left=second_factor.codes_left(service().parts.database, seat.moderator) if on_at else 0,
        shortest=SHORTEST,
        languages=LANGUAGES,
        chosen_language=request.cookies.get(LANGUAGE_COOKIE, ""),
        role_words=gettext(ROLE_WORDS[seat.moderator.role]),
        role_names=each(ROLE_NAMES),
    )


def guard(seat: Seat) -> Throttle:
    """Count a try to show who one is, as at the sign-in; `TooManyError` after too many."""
    parts = service().parts
    throttle = Throttle(parts.queue.redis, parts.hasher)
    seconds = throttle.wait(request.remote_addr, seat.moderator.email)
    if seconds:
        raise TooManyError(gettext("Too many wrong passwords"), retry_after=seconds)
    return throttle


def _change(seat: Seat) -> dict[str, str]:
    """Change the password; return what is wrong by the name of the field."""
    if request.form.get(NEW, "") != request.form.get(AGAIN, ""):
        return {AGAIN: gettext("The two are not the same")}
    throttle, parts = guard(seat), service().parts
    refused = accounts.change_password(
        parts.database,
        seat.moderator,
        request.form.get(CURRENT, ""),
        request.form.get(NEW, ""),
        request.cookies[SESSION_COOKIE],
        service().now(),
    )
    if refused is accounts.PasswordRefusal.WRONG:
        return {CURRENT: gettext("That is not your password")}
    throttle.forget(request.remote_addr, seat.moderator.email)
    return {NEW: told(refused)} if refused else {}
