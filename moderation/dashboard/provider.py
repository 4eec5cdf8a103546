"""Signing in through the provider that is set: the way there, and the way back."""

import hmac
import json
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from moderation import sign_on
from moderation.dashboard.language import N_, gettext
from moderation.dashboard.login import TOO_MANY, login_form, opened, wanted
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import PROVIDER_COOKIE, set_cookie
from moderation.dashboard.throttle import Throttle
from moderation.errors import NotFoundError
from moderation.logs import log
from moderation.sealing import PROVIDER, InvalidToken, seal, unseal
from moderation.settings import Settings
from moderation.web import service

if TYPE_CHECKING:
    from moderation.oidc import Attempt, Provider

LIFE = timedelta(minutes=10)
TRIES = 100
"""Per network address: a newsroom may have one for all, and there is nothing to guess; each asks the provider."""
AWAY = N_("%(label)s does not answer just now. Try again in a moment.")
AGAIN = N_("This sign-in was not begun here, or more than ten minutes ago. Begin again.")
REFUSED = N_("%(label)s did not say who you are. Begin again.")
UNKNOWN = N_(
    "You are signed in to %(label)s, but no moderator here has your address. "
    "Ask an owner of the site to add it, as %(label)s knows it."
)


@blueprint.get("/login/provider")
def begin_at_provider() -> AnyResponse:
    """Lead to the provider; what must come back again is sealed in a cookie."""
    from moderation import oidc

    provider, label = _provider(), _label()
    attempt = oidc.begin()
    try:
        address = provider.sign_in_url(attempt, _way_back())
    except oidc.ProviderAwayError as error:
        log.warning("sign_in_provider_away", error=str(error))
        return login_form(gettext(AWAY, label=label), 503)
    answer = redirect(address, 303)
    kept = [attempt.state, attempt.nonce, attempt.verifier, wanted(request.args.get("next"))]
    until = (service().now() + LIFE).isoformat()
    sealed = seal(service().parts.hasher.derive(PROVIDER), json.dumps([*kept, until]))
    set_cookie(answer, PROVIDER_COOKIE, sealed, int(LIFE.total_seconds()))
    return answer


@blueprint.get("/login/provider/back")
def end_at_provider() -> AnyResponse:
    """Open a session for whom the provider names, if this browser asked it and it is somebody here."""
    provider, kept, parts = _provider(), _kept(), service().parts
    if kept is None or not hmac.compare_digest(kept[0].state.encode(), request.args.get("state", "").encode()):
        return login_form(gettext(AGAIN), 403)
    throttle = Throttle(parts.queue.redis, parts.hasher, "provider", TRIES)
    seconds = throttle.wait(request.remote_addr, "")
    if seconds:
        response = login_form(gettext(TOO_MANY, minutes=-(-seconds // 60)), 429)
        response.headers["Retry-After"] = str(seconds)
        return response
    token, answer = _session(provider, *kept)
    if token is not None:
        throttle.forget(request.remote_addr, "")
    return answer


def _session(provider: "Provider", attempt: "Attempt", after: str) -> tuple[str | None, AnyResponse]:
    """Return the token of a session, with the way into the desk; without one, what is shown instead."""
    from moderation import oidc

    label, code, now = _label(), request.args.get("code", ""), service().now()
    if not code or request.args.get("iss", provider.issuer) != provider.issuer:
        return None, login_form(gettext(REFUSED, label=label), 403)
    try:
        identity = provider.identity(code, attempt, _way_back(), now)
    except oidc.ProviderAwayError as error:
        log.warning("sign_in_provider_away", error=str(error))
        return None, login_form(gettext(AWAY, label=label), 503)
    except oidc.NotShownError as error:
        log.warning("sign_in_not_shown", error=str(error))
        return None, login_form(gettext(REFUSED, label=label), 403)
    token = sign_on.sign_in(service().parts.database, identity, now)
    return token, login_form(gettext(UNKNOWN, label=label), 403) if token is None else opened(token, after)


def _provider() -> "Provider":
    provider = _made(service().settings)
    if provider is None:
        raise NotFoundError(gettext("There is no such page at the desk"))
    return provider


@lru_cache(1)
def _made(settings: Settings) -> "Provider | None":
    from moderation import oidc  # loads an HTTP client, which few need

    if settings.oidc_issuer is None or settings.oidc_client_id is None or settings.oidc_client_secret is None:
        return None
    secret = settings.oidc_client_secret.get_secret_value()
    return oidc.Provider(settings.oidc_issuer, settings.oidc_client_id, secret, trusts_email=settings.oidc_trust_email)


def _label() -> str:
    return service().settings.oidc_label


def _way_back() -> str:
    """Return the address that the provider sends the browser back to; it must be registered there."""
    public = service().settings.public_url
    path = url_for("desk.end_at_provider")
    return f"{public.rstrip('/')}{path}" if public else url_for("desk.end_at_provider", _external=True)


def _kept() -> "tuple[Attempt, str] | None":
    """Return the attempt that this browser began, and where it wanted to go; None if it is not there or too old."""
    from moderation import oidc

    try:
        sealed = request.cookies.get(PROVIDER_COOKIE, "")
        state, nonce, verifier, after, until = json.loads(unseal(service().parts.hasher.derive(PROVIDER), sealed))
    except InvalidToken:
        return None
    if service().now() >= datetime.fromisoformat(until):
        return None
    return oidc.Attempt(state, nonce, verifier), after
