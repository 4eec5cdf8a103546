"""Coral's external moderation phase: Coral asks while the writer waits, and is told what to do with the comment.

`POST /coral/SITE`, signed by Coral with the secret of its phase (`moderation coral add SITE`). Which format of body the
phase sends is not in the request, so a body is read as HTML, in which a plain text is nearly always itself.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field

from moderation.errors import ModerationError, UnauthorizedError
from moderation.judging import Judged, judge
from moderation.markup import plain
from moderation.model import ATTRIBUTES, Action, Author, Comment, Reason, Thread
from moderation.policy_document import Late
from moderation.sealing import CORAL, InvalidToken, unseal
from moderation.storage import coral_secrets
from moderation.web import answer, parse, problem, service, spend_quota

SIGNATURE = "X-Coral-Signature"
SIGNATURES_AT_MOST = 10
TOXIC, SPAM = "COMMENT_DETECTED_TOXIC", "COMMENT_DETECTED_SPAM"
CODES: Mapping[str, str] = {
    "toxicity": "OFFENSIVE", "severe_toxicity": "ABUSIVE", "obscene": "OFFENSIVE", "threat": "HARASSMENT_BULLYING",
    "insult": "ABUSIVE", "identity_attack": "HATE_SPEECH", "sexual_explicit": "OFFENSIVE", "spam": "SPAM",
    "raid": "SPAM", "banned_word": "BANNED_WORD", "banned_domain": "AD",
}  # fmt: skip
"""Coral's codes for the reason of a rejection, by the code of ours; any other reason is OTHER."""
EXPLANATION_AT_MOST = 500

blueprint = APIBlueprint("coral", __name__, enable_openapi=False)


class Part(BaseModel):
    """A part of Coral's request; what is not used is ignored."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True, populate_by_name=True)


class CommentPart(Part):
    """The comment."""

    body: str
    parent_id: Annotated[str | None, Field(alias="parentID")] = None


class AuthorPart(Part):
    """Who wrote it."""

    id: str | None = None
    role: str | None = None


class StoryPart(Part):
    """The page it is on."""

    id: str | None = None
    url: str | None = None


class Asked(Part):
    """Coral's request."""

    action: str = "NEW"
    comment: CommentPart
    author: AuthorPart = AuthorPart()
    story: StoryPart = StoryPart()
    tenant_domain: Annotated[str | None, Field(alias="tenantDomain")] = None


@blueprint.post("/coral/<site_id>")
def moderate(site_id: str) -> Response:
    """Say what to do with a new or edited comment."""
    body = request.get_data()
    _check_signature(site_id, request.headers.get(SIGNATURE, ""), body)
    settings, site = service().settings, service().site(site_id)
    spend_quota("coral", settings.coral_per_minute, site_id)
    comment = comment_of(parse(Asked, body), body)
    try:
        judged = judge(service(), site_id, comment, settings.coral_timeout_seconds, dialect="coral")
    except ModerationError:
        return _say({"status": "PREMOD"} if site.policy.dialects.late is Late.HOLD else {})
    return _say(told(judged))


def comment_of(asked: Asked, body: bytes) -> Comment:
    """Return the comment of a request; one that is sent again has the same external id, as it has the same bytes."""
    metadata = {"action": asked.action, "role": asked.author.role, "tenant": asked.tenant_domain}
    return Comment(
        text=plain(asked.comment.body, is_html=True).text,
        thread=Thread(asked.story.id or "coral", asked.story.url),
        author=Author(id=asked.author.id),
        external_id=f"coral-{hashlib.sha256(body).hexdigest()}",
        parent_id=asked.comment.parent_id,
        metadata={name: value for name, value in metadata.items() if value},
    )


def told(judged: Judged) -> dict[str, Any]:
    """Return what Coral is told of a decision; nothing for a comment that may be shown."""
    decision = judged.decision
    if decision.action is Action.APPROVE:
        return {}
    codes = [reason.code for reason in decision.reasons]
    flags = _flags(codes)
    if decision.action is Action.HOLD:
        return {"status": "SYSTEM_WITHHELD", "actions": flags} if flags else {"status": "PREMOD"}
    code = next((CODES[one] for one in codes if one in CODES), "OTHER")
    return {
        "status": "REJECTED",
        **({"actions": flags} if flags else {}),
        "moderationAction": {
            "status": "REJECTED",
            "rejectionReason": {"code": code, "detailedExplanation": _explained(decision.reasons)},
        },
    }


def _flags(codes: Sequence[str]) -> list[dict[str, str]]:
    reasons = []
    if any(code in ATTRIBUTES and code != "spam" for code in codes):
        reasons.append(TOXIC)
    if {"spam", "raid"} & set(codes):
        reasons.append(SPAM)
    return [{"actionType": "FLAG", "reason": reason} for reason in reasons]


def _explained(reasons: Sequence[Reason]) -> str:
    told = "; ".join(f"{reason.code}: {reason.detail}" for reason in reasons)
    return told[:EXPLANATION_AT_MOST] or "rejected by the site's policy"


def _check_signature(site_id: str, header: str, body: bytes) -> None:
    """Raise `UnauthorizedError` unless one of the signatures is made with one of the site's secrets."""
    given = [one.strip().removeprefix("sha256=") for one in header.split(",")[:SIGNATURES_AT_MOST]]
    with service().parts.database.read() as connection:
        sealed = coral_secrets.list_secrets(connection, site_id)
    good = False
    for one in sealed:
        try:
            secret = unseal(service().parts.hasher.derive(CORAL), one.sealed)
        except InvalidToken:  # the service has another secret than it had
            continue
        made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()
        for signature in given:
            good |= hmac.compare_digest(made, signature.encode())
    if not good:
        raise UnauthorizedError("No signature is made with a secret of this site")


def _say(document: Mapping[str, Any]) -> Response:
    return answer(document) if document else Response(status=204)


@blueprint.errorhandler(ModerationError)
def _failed(error: ModerationError) -> Response:
    return problem(error)
