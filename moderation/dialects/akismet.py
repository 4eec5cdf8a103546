"""Akismet's REST API, for clients that were written for it; what differs is in `docs/from-akismet.md`.

A call that is no good is answered with 200 and the body `invalid`, as Akismet does; only what goes wrong here, and who
asks too often, has another status.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from apiflask import APIBlueprint
from flask import Response, request

from moderation import checks, ids
from moderation.checks import Asked
from moderation.dialects import akismet_figures as figures
from moderation.dialects import akismet_keys as keys
from moderation.dialects import akismet_requests as requests
from moderation.dialects.akismet_requests import Fields
from moderation.dialects.akismet_verdicts import GUID, HAM, SPAM, THANKS, Verdict, Ways, invalid, verdict
from moderation.errors import ModerationError
from moderation.judging import Judged, judge, judge_again
from moderation.quota import Quota
from moderation.records import Key
from moderation.web import answer, service

UNREADABLE = "The body is neither a form nor a JSON object of fields, or has more than a thousand"
WRONG_KEY = "The API key is missing or wrong: send a site's Akismet key of 12 hex digits as api_key"
TOO_MANY = 429
View = Callable[[Fields, Key, str], Response]

blueprint = APIBlueprint("akismet", __name__, enable_openapi=False)


def _keyed(view: View) -> Callable[[], Response]:
    """Read the fields and the key of a request before `view` answers it."""

    @wraps(view)
    def read() -> Response:
        try:
            fields = requests.read(request.args, request.get_data(), request.content_type or "")
        except ValueError:
            return _say(invalid(UNREADABLE))
        secret = requests.given_key(fields, request.host)
        key = keys.find(service(), secret, request.remote_addr)
        return _say(invalid(WRONG_KEY)) if key is None else view(fields, key, secret)

    return read


@blueprint.post("/1.1/verify-key")
@_keyed
def verify_key(_fields: Fields, _key: Key, _secret: str) -> Response:
    """Say that a key is good."""
    return _say(Verdict("valid"))


@blueprint.post("/1.1/comment-check")
@_keyed
def comment_check(fields: Fields, key: Key, secret: str) -> Response:
    """Say whether a comment is spam."""
    settings, now = service().settings, service().now()
    quota = Quota(service().parts.queue, "akismet", settings.akismet_per_minute)
    wait = quota.seconds_over(key.site_id, 1, now)
    if wait:
        return _text("", TOO_MANY, {"Retry-After": str(wait), "X-akismet-error": "too many checks"})
    if requests.is_guaranteed_spam(fields):
        return _say(Verdict(SPAM, {GUID: ids.new_id(now)}))
    if requests.is_administrator(fields):
        return _say(Verdict(HAM, {GUID: ids.new_id(now)}))
    is_test, comment = requests.flag(fields, "is_test"), requests.comment_of(fields)
    asked = Asked(key, secret, comment, fields.get("blog", ""), fields.get("callback") or None)
    judged = _judged(asked, is_test=is_test, again=bool(fields.get("recheck_reason")))
    ways = Ways(
        discard=settings.akismet_discard,
        recheck_seconds=settings.akismet_recheck_seconds,
        toxicity=settings.akismet_toxicity,
        held_spam=settings.akismet_held_spam,
    )
    guid = judged.comment.id if judged.comment else ids.new_id(now)
    said = verdict(judged, guid, ways, can_be_told=asked.callback is not None and judged.comment is not None)
    if not is_test:
        checks.remember(service(), asked, judged, service().now(), spam=said.is_spam)
    return _say(said)


def _judged(asked: Asked, *, is_test: bool, again: bool) -> Judged:
    """Judge a comment; one that is checked again, and was taken in, is no second comment that repeats the first."""
    seconds = service().settings.akismet_timeout_seconds
    before = checks.earlier(service(), asked) if again and not is_test else None
    if before is not None:
        return judge_again(service(), before, seconds)
    return judge(service(), asked.key.site_id, asked.comment, seconds, dialect="akismet", keeps=not is_test)


@blueprint.post("/1.1/submit-spam")
@_keyed
def submit_spam(fields: Fields, key: Key, secret: str) -> Response:
    """Take in that a comment was spam."""
    return _submit(fields, key, secret, spam=True)


@blueprint.post("/1.1/submit-ham")
@_keyed
def submit_ham(fields: Fields, key: Key, secret: str) -> Response:
    """Take in that a comment was no spam."""
    return _submit(fields, key, secret, spam=False)


def _submit(fields: Fields, key: Key, secret: str, *, spam: bool) -> Response:
    if not requests.flag(fields, "is_test"):
        asked = Asked(key, secret, requests.comment_of(fields), fields.get("blog", ""))
        reporter, guid = fields.get("reporter") or None, fields.get("guid") or None
        checks.submit(service(), asked, service().now(), spam=spam, reporter=reporter, guid=guid)
    return _say(Verdict(THANKS))


@blueprint.post("/1.1/token")
@_keyed
def token(_fields: Fields, key: Key, _secret: str) -> Response:
    """Give a token, which no call here asks for."""
    return _say(Verdict(service().parts.hasher.hash("akismet-token", key.prefix)))


@blueprint.post("/1.1/deactivate")
@_keyed
def deactivate(_fields: Fields, _key: Key, _secret: str) -> Response:
    """Take note that a plug-in was switched off; the key goes on working."""
    return _say(Verdict("deactivated"))


@blueprint.route("/1.2/key-sites", methods=["GET", "POST"])
@_keyed
def key_sites(fields: Fields, key: Key, secret: str) -> Response:
    """List the blogs of a month with their counts."""
    wanted = figures.wanted_sites(fields, service().now().date())
    counts = checks.counted(service(), key.site_id, *figures.month_of(wanted.month))
    if wanted.as_csv:
        return Response(figures.sites_csv(wanted, counts, secret), mimetype="text/csv")
    return answer(figures.sites(wanted, counts))


@blueprint.route("/1.2/usage-limit", methods=["GET", "POST"])
@_keyed
def usage_limit(_fields: Fields, key: Key, _secret: str) -> Response:
    """Say how many checks this month has had; there is no limit a month."""
    today = service().now().date()
    used = checks.used(service(), key.site_id, today.replace(day=1), today + timedelta(days=1))
    return answer({"limit": "none", "usage": used, "percentage": "0.00", "throttled": False})


@blueprint.route("/1.1/get-stats", methods=["GET", "POST"])
@_keyed
def get_stats(fields: Fields, key: Key, _secret: str) -> Response:
    """Show a blog's counts by month."""
    start, end = figures.span_of(fields.get("from", ""), service().now().date())
    blog = fields.get("blog")
    return answer(figures.stats(checks.counted(service(), key.site_id, start, end, blog or None)))


@blueprint.route("/1.2/get-key-stats", methods=["GET", "POST"])
@_keyed
def get_key_stats(fields: Fields, key: Key, _secret: str) -> Response:
    """Show the counts of all blogs of a key."""
    start, end = figures.span_of(fields.get("from", ""), service().now().date())
    return answer(figures.key_stats(checks.counted(service(), key.site_id, start, end)))


@blueprint.errorhandler(ModerationError)
def _failed(error: ModerationError) -> Response:
    """Say that something went wrong here; never that a comment is fine."""
    wait = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return _text("", error.status, {"X-akismet-error": error.code, **wait})


def _say(said: Verdict) -> Response:
    return _text(said.body, 200, dict(said.headers))


def _text(body: str, status: int, headers: dict[str, str]) -> Response:
    return Response(body, status, headers, mimetype="text/plain")
