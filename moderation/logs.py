"""One way of logging for every process: a JSON line an event, on stderr, never with a comment's text."""

import logging
import sys

import structlog

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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _locals_left_out(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Keep of an exception its type and where it was raised: its message could quote a comment."""
    if event.pop("exc_info", None):
        error = sys.exc_info()[1]
        trace = error.__traceback__ if error else None
        where = []
        while trace is not None:
            code = trace.tb_frame.f_code
            where.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}:{code.co_name}")
            trace = trace.tb_next
        event["where"] = where[-8:]
    return event
