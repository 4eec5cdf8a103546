"""Refusals in OpenAI's shape."""

from moderation.errors import (
    MissingScopeError,
    ModerationError,
    OverloadedError,
    PayloadTooLargeError,
    UnauthorizedError,
    UnavailableError,
)

INVALID = "invalid_request_error"
RETRY_AFTER = 1


class OpenAIError(Exception):
    """A refusal as OpenAI's clients expect it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = INVALID,
        param: str | None = None,
        code: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        """Take the HTTP status, a sentence, and what programs read."""
        super().__init__(message)
        self.status = status
        self.document = {"error": {"message": message, "type": kind, "param": param, "code": code}}
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}


def wrong_input(message: str, code: str | None = None) -> OpenAIError:
    """Return the refusal of `input`."""
    return OpenAIError(400, message, param="input", code=code)


def over_quota(per_minute: int, retry_after: int) -> OpenAIError:
    """Return the refusal of a site that asked for more than its quota."""
    message = f"Rate limit reached: {per_minute} texts a minute. Please try again in {retry_after}s."
    return OpenAIError(429, message, kind="requests", code="rate_limit_exceeded", retry_after=retry_after)


def from_error(error: ModerationError) -> OpenAIError:
    """Return a refusal of the service's own in OpenAI's shape."""
    if isinstance(error, UnauthorizedError):
        message = "Incorrect API key provided, or none. Send one of your site's keys as 'Authorization: Bearer mod_…'."
        return OpenAIError(401, message, code="invalid_api_key")
    if isinstance(error, MissingScopeError):
        return OpenAIError(403, error.detail, code=error.code)
    if isinstance(error, PayloadTooLargeError):
        return OpenAIError(413, error.detail, code=error.code)
    if isinstance(error, UnavailableError | OverloadedError):
        wait = error.retry_after or RETRY_AFTER
        return OpenAIError(503, error.detail, kind="server_error", code=error.code, retry_after=wait)
    return OpenAIError(500, ModerationError.title, kind="server_error", code=ModerationError.code)
