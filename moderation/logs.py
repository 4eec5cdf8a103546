"""One way of logging for every process: a JSON line an event, on stderr, never with a comment's text."""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from typing import TextIO, cast

import structlog

PLACES = 8
CAUSES = 4

log = structlog.get_logger()


def configure_logs(level: str) -> None:
    """Send every event of `level` and above to stderr."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _locals_left_out,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", Lenient(sys.stderr))),
        cache_logger_on_first_use=True,
    )


class Lenient:
    """A stream that loses what cannot be written: a full disk, or a reader that is gone, must stop no thread."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`."""
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text, if that is possible."""
        with suppress(OSError, ValueError):  # closed is a ValueError
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Let the stream flush, if that is possible."""
        with suppress(OSError, ValueError):
            self._stream.flush()


def _locals_left_out(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Keep of an exception the types, with its causes', and where it was raised: messages could quote a comment."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        event["where"] = _places(error)[-PLACES:]
        event["types"] = [type(one).__name__ for one in _chain(error)]
    return event


def _places(error: BaseException) -> list[str]:
    return [
        f"{frame.f_code.co_filename.rsplit('/', 1)[-1]}:{line}:{frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception, its cause, the cause's cause and so on, at most `CAUSES`."""
    for _ in range(CAUSES):
        if error is None:
            return
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
