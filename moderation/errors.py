"""Every refusal as a class: a stable code, an HTTP status, a sentence, and fields for programs.

A dialect renders them in its vendor's shape; `docs/errors.md` lists them all.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar


class ModerationError(Exception):
    """A refusal that the caller is told of."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on our side; try again, and tell the operator if it stays"

    def __init__(self, detail: str | None = None, *, retry_after: int | None = None, **fields: object) -> None:
        """Take a sentence for this one case, seconds after which to try again, and further fields."""
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.retry_after = retry_after
        self.fields: Mapping[str, object] = fields


class BadRequestError(ModerationError):
    """The request cannot be understood."""

    code, status, title = "bad_request", 400, "The request cannot be understood"


class InvalidJSONError(ModerationError):
    """The body is no JSON, or not UTF-8."""

    code, status, title = "invalid_json", 400, "The body is not valid JSON in UTF-8"


class InvalidInputError(ModerationError):
    """Fields are missing, unknown or out of bounds."""

    code, status, title = "invalid_input", 422, "Some fields are missing, unknown or out of bounds"

    def __init__(self, errors: Sequence[Mapping[str, str]], detail: str | None = None) -> None:
        """Take one `{"field", "code", "message"}` for each field."""
        super().__init__(detail, errors=list(errors))


class UnauthorizedError(ModerationError):
    """No valid key came with the request."""

    code, status, title = "unauthorized", 401, "Send a valid API key as 'Authorization: Bearer mod_…'"


class ExpiredKeyError(UnauthorizedError):
    """The key was good once."""

    code, title = "key_expired", "This key has expired: make another with `moderation key add`, or rotate keys in time"


class MissingScopeError(ModerationError):
    """The key is valid but may not do this."""

    code, status, title = "missing_scope", 403, "This key may not do that"


class NotFoundError(ModerationError):
    """There is nothing of that name on this site."""

    code, status, title = "not_found", 404, "There is nothing of that name on this site"


class MethodNotAllowedError(ModerationError):
    """The path is known, the method is not."""

    code, status, title = "method_not_allowed", 405, "This path does not know that method"


class StaleError(ModerationError):
    """The caller decided on a page that is no longer true."""

    code, status, title = "stale", 409, "The comment has changed since you looked; read it again, then decide"


class UndoOverError(ModerationError):
    """Decisions are undone too late."""

    code, status, title = "undo_over", 409, "Decisions can be undone for a day; decide the comments again instead"


class KeyReplacedError(ModerationError):
    """The key was rotated before."""

    code, status, title = "key_replaced", 409, "Another key takes this one's place already; rotate that one"


class LastOwnerError(ModerationError):
    """The only owner of a site would be none any more."""

    code, status, title = "last_owner", 409, "This is the site's only owner; make somebody else an owner first"


class AddressTakenError(ModerationError):
    """A moderator of this or another site has the address."""

    code, status, title = "address_taken", 409, "There is a moderator with that address; each address sits at one desk"


class ConflictError(ModerationError):
    """The same external_id already names another comment."""

    code, status, title = "external_id_taken", 409, "Another comment of this site has that external_id"


class EndpointDisabledError(ModerationError):
    """Nothing can be sent to an endpoint that is disabled."""

    code, status, title = "endpoint_disabled", 409, "The endpoint is disabled: enable it, then send again"


class IdempotencyRunningError(ModerationError):
    """The first request with this Idempotency-Key is still running."""

    code, status, title = "idempotency_running", 409, "The first request with this Idempotency-Key is still running"


class IdempotencyReusedError(ModerationError):
    """The Idempotency-Key was used with another body."""

    code, status, title = "idempotency_reused", 422, "This Idempotency-Key was used before, with another body"


class PayloadTooLargeError(ModerationError):
    """The body is larger than the service reads."""

    code, status, title = "too_large", 413, "The body is too large"


class UnsupportedMediaTypeError(ModerationError):
    """The body is not declared as JSON."""

    code, status, title = "unsupported_media_type", 415, "Send the body as 'Content-Type: application/json'"


class BlockedTargetError(ModerationError):
    """Callbacks may not go to that URL; `detail` says why, without repeating it."""

    code, status, title = "blocked_target", 422, "Callbacks may not go to that URL"


class RefusedError(ModerationError):
    """A rule refuses the comment; nothing was stored."""

    code, status, title = "refused", 422, "The comment was not taken"


class EmptyError(RefusedError):
    """The comment has no visible text."""

    code, title = "empty", "The comment has no text"


class TooShortError(RefusedError):
    """The comment is shorter than the site wants."""

    code, title = "too_short", "The comment is too short"


class TooLongError(RefusedError):
    """The comment is longer than the site allows."""

    code, title = "too_long", "The comment is too long"


class TooManyError(RefusedError):
    """A limit on the number of comments is reached."""

    code, status, title = "too_many", 429, "Too many comments; try again later"


class OverloadedError(ModerationError):
    """More waits than the service can finish in its promised time."""

    code, status, title = "overloaded", 503, "More comments wait than can be checked in time; try again later"


class UnavailableError(ModerationError):
    """A part that the answer needs does not answer."""

    code, status, title = "unavailable", 503, "A part of the service does not answer; try again in a moment"


class EndpointsFullError(ModerationError):
    """The site has as many endpoints as it may."""

    code, status, title = "endpoints_full", 409, "A site can have 20 endpoints; remove one first"


class WordsFullError(ModerationError):
    """A list would have more terms than it may."""

    code, status, title = "words_full", 409, "A list of words has as many terms as it may; remove some first"


class UnreadableListError(ModerationError):
    """What is imported is no list of words."""

    code, status, title = "unreadable_list", 422, "That cannot be read as a list of words"


class NotTheAuthorError(ModerationError):
    """Somebody else than its author appeals against a comment's decision."""

    code, status, title = "not_the_author", 403, "Only the author of a comment can appeal against its decision"


class NotAppealableError(ModerationError):
    """There is no decision against the comment."""

    code, status, title = "not_appealable", 409, "Only a comment that is held or rejected can be appealed for"


class AppealOpenError(ModerationError):
    """An appeal waits already."""

    code, status, title = "appeal_open", 409, "An appeal for this comment is open already; wait for its outcome"


class AppealDecidedError(ModerationError):
    """The decision was upheld before."""

    code, status, title = "appeal_decided", 409, "This decision was appealed against before, and upheld"


class AppealClosedError(ModerationError):
    """The appeal has another outcome already."""

    code, status, title = "appeal_closed", 409, "The appeal is closed already; read it to see its outcome"
