"""Refusals in the shape of Google's APIs (google.rpc.Status), with Perspective's messages and error types.

Source: `limits.md` of conversationai/perspectiveapi, and bodies that clients recorded.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from moderation.errors import (
    MissingScopeError,
    ModerationError,
    OverloadedError,
    PayloadTooLargeError,
    UnauthorizedError,
    UnavailableError,
)

TYPE = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
SERVICE = "commentanalyzer.googleapis.com"
STATUS = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
RETRY_AFTER = 1


class PerspectiveError(Exception):
    """A refusal as a client of Perspective expects it."""

    def __init__(
        self, code: int, message: str, details: Sequence[Mapping[str, Any]] = (), retry_after: int | None = None
    ) -> None:
        """Take the HTTP status, what the client reads, what its program reads, and seconds to wait."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details
        self.retry_after = retry_after

    @property
    def document(self) -> dict[str, Any]:
        """The body."""
        error = {"code": self.code, "message": self.message, "status": STATUS[self.code]}
        return {"error": {**error, "details": list(self.details)} if self.details else error}

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers beside it."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


def invalid(message: str, error_type: str = "INVALID_REQUEST", **more: object) -> PerspectiveError:
    """Return the refusal of a request."""
    return PerspectiveError(400, message, [{"@type": TYPE, "errorType": error_type, **more}])


def unknown_attribute(name: str) -> PerspectiveError:
    """Return the refusal of an attribute that nobody can tell; `name` is one that the client sent."""
    return invalid(f"Unknown requested attribute: {name[:100]}")


def language_not_supported(attribute: str, languages: Sequence[str], *, requested: bool) -> PerspectiveError:
    """Return the refusal of languages that the client `requested`, or that were detected."""
    inner = {"requestedLanguages" if requested else "detectedLanguages": list(languages), "attribute": attribute}
    message = f"Attribute {attribute} does not support request languages: {', '.join(languages)}"
    return invalid(message, "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE", languageNotSupportedByAttributeError=inner)


def bad_key() -> PerspectiveError:
    """Return the refusal of a wrong key: 400, since clients send a batch's part with 401 again."""
    details = {"@type": ERROR_INFO, "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
    message = "API key not valid. Please pass a valid API key."
    return PerspectiveError(400, message, [{**details, "metadata": {"service": SERVICE}}])


def no_key() -> PerspectiveError:
    """Return the refusal of a request without a key."""
    return PerspectiveError(
        403,
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other "
        "form of API consumer identity to call this API.",
    )


def over_quota(site_id: str, per_minute: int, retry_after: int) -> PerspectiveError:
    """Return the refusal of a site that asked for more than its quota."""
    name = "Analysis requests (AnalyzeComment)"
    message = (
        f"Quota exceeded for quota metric '{name}' and limit '{name} per minute' of service '{SERVICE}' "
        f"for consumer 'project_number:{site_id}'."
    )
    metadata = {
        "quota_limit_value": str(per_minute),
        "quota_limit": "AnalyzeRequestsPerMinutePerProject",
        "consumer": f"projects/{site_id}",
        "service": SERVICE,
        "quota_location": "global",
        "quota_metric": "CommentAnalyzerService/analyze_requests",
    }
    details = {"@type": ERROR_INFO, "reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com", "metadata": metadata}
    return PerspectiveError(429, message, [details], retry_after)


def from_error(error: ModerationError) -> PerspectiveError:
    """Return a refusal of the service's own in Google's shape."""
    if isinstance(error, UnauthorizedError):
        return bad_key()
    if isinstance(error, UnavailableError | OverloadedError):
        return PerspectiveError(503, error.detail, retry_after=error.retry_after or RETRY_AFTER)
    if isinstance(error, MissingScopeError):
        return PerspectiveError(403, error.detail)
    if isinstance(error, PayloadTooLargeError):
        return PerspectiveError(413, error.detail)
    return PerspectiveError(500, ModerationError.title)
