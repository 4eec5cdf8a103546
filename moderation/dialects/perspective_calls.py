"""Answers calls of Perspective's methods, one or many: key, quota, scores, and refusals in Google's shape."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from moderation.dialects import perspective_analyze as analyze
from moderation.dialects.perspective_errors import PerspectiveError, bad_key, from_error, no_key, over_quota
from moderation.dialects.perspective_requests import AnalyzeRequest, read
from moderation.dialects.perspective_suggest import suggestion
from moderation.errors import ModerationError
from moderation.judging import keep
from moderation.model import Comment, Scope
from moderation.quota import Quota
from moderation.records import Key
from moderation.scores import Outcome
from moderation.served import served
from moderation.suggestions import receive_suggestion
from moderation.web import check_key, service

ANALYZE, SUGGEST = "/v1alpha1/comments:analyze", "/v1alpha1/comments:suggestscore"
CHARACTERS_IN_TIME = 4000
"""Up to so many the deadline is as set; a longer text has more time, in proportion."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request, on its own or as a part of a batch; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """A status with a JSON document and headers."""

    status: int
    document: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


def answer_one(call: Call) -> Reply:
    """Return the reply to a call that somebody waits for."""
    settings = service().settings
    return _answer([call], lambda size: settings.perspective_timeout_seconds * max(1, size / CHARACTERS_IN_TIME))[0]


def answer_many(calls: Sequence[Call]) -> list[Reply]:
    """Return the replies to the calls of a batch, in order; what is not scored in its time is refused."""
    return _answer(calls, lambda _: service().settings.perspective_batch_seconds, patient=True)


def refused(error: PerspectiveError | ModerationError) -> Reply:
    """Return a refusal as a reply."""
    shown = error if isinstance(error, PerspectiveError) else from_error(error)
    return Reply(shown.code, shown.document, shown.headers)


def find_key(call: Call) -> str | None:
    """Return the key that came with a call, wherever Google's clients put it; None without one."""
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else None
    return call.query.get("key") or call.query.get("access_token") or call.headers.get("x-goog-api-key") or bearer


def check_caller(call: Call) -> Key:
    """Return what the call's key may do; raises `PerspectiveError` or `ModerationError` if that is not enough."""
    key = find_key(call)
    if not key:
        raise no_key()
    return check_key(key, Scope.SCORE)


def _answer(calls: Sequence[Call], seconds: Callable[[int], float], *, patient: bool = False) -> list[Reply]:
    begun = [_begin(call) for call in calls]
    plans = [one for one in begun if isinstance(one, analyze.Plan)]
    wanted = [text for plan in plans for text in plan.wanted]
    try:
        scored = service().scores.of(wanted, seconds(sum(plan.size for plan in plans)), patient=patient)
    except ModerationError as error:
        return [one if isinstance(one, Reply) else refused(error) for one in begun]
    finally:
        _keep(plans)
    outcomes = iter(scored)
    return [
        one if isinstance(one, Reply) else _end(one, [next(outcomes) for _ in one.wanted]) for one in begun
    ]  # fmt: skip


def _keep(plans: Sequence[analyze.Plan]) -> None:
    """Take in what sites want to have of it."""
    by_key: dict[str, tuple[Key, list[Comment]]] = {}
    for plan in plans:
        comment = analyze.comment(plan)
        if comment is not None:
            by_key.setdefault(plan.key.prefix, (plan.key, []))[1].append(comment)
    for key, comments in by_key.values():
        keep(service(), key, comments, dialect="perspective")


def _begin(call: Call) -> Reply | analyze.Plan:
    """Return the reply to a call that needs no scores, or what has to be scored."""
    settings = service().settings
    try:
        if call.method != "POST" or call.path not in {ANALYZE, SUGGEST}:
            return refused(not_found(call))
        key = check_caller(call)
        if call.path == SUGGEST:
            suggested, document = suggestion(call.body, settings.perspective_max_bytes)
            receive_suggestion(service().parts, key, suggested, service().now())
            return Reply(200, document)
        request = read(AnalyzeRequest, call.body)
        plan = analyze.plan(
            request,
            served(service().scores.served()),
            key,
            strict=settings.perspective_unavailable == "strict",
            max_bytes=settings.perspective_max_bytes,
        )
        quota = Quota(service().parts.queue, "perspective", settings.perspective_per_minute)
        wait = quota.seconds_over(key.site_id, 1, service().now())
        if wait:
            raise over_quota(key.site_id, quota.per_minute, wait)
    except (PerspectiveError, ModerationError) as error:
        return refused(error)
    return plan


def _end(plan: analyze.Plan, outcomes: Sequence[Outcome]) -> Reply:
    try:
        return Reply(200, analyze.answer(plan, outcomes))
    except PerspectiveError as error:
        return refused(error)


def not_found(call: Call) -> PerspectiveError:
    """Return the refusal of a method or path that there is not."""
    return PerspectiveError(404, f"Method not found: {call.method[:10]} {call.path[:100]}")


def wrong_key(call: Call) -> PerspectiveError | None:
    """Return the refusal of a wrong key where none is needed; None if there is none or it is good."""
    key = find_key(call)
    try:
        if key:
            check_key(key, Scope.SCORE)
    except ModerationError:
        return bad_key()
    return None
