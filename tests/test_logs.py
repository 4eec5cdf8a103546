"""Log lines: JSON on stderr, and never what somebody wrote."""

import errno
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from moderation.logs import configure_logs
from moderation.settings import Settings

CANARY = "what-somebody-wrote"
APP = """
import sys
from pathlib import Path
from flask import request
from moderation.app import create_app
from moderation.settings import Settings

app = create_app(Settings(data=Path(sys.argv[1]), redis_url="redis://127.0.0.1:1/0"))

@app.post("/fails")
def fails():
    text = request.get_json()["text"]
    try:
        int(text)
    except ValueError as error:
        raise KeyError(text) from error

answer = app.test_client().post("/fails", json={"text": sys.argv[2]})
print(answer.status_code, answer.text)
"""


@pytest.fixture
def _configured() -> Iterator[None]:
    """Put the configuration back that other tests log with."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the events that were logged."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.usefixtures("_configured")
def test_an_event_is_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    """It has its name, its level, its time in UTC and what it was given; nothing is on stdout."""
    configure_logs("info")

    structlog.get_logger().info("settled", number=3)

    (event,) = logged(capsys)
    assert event.pop("timestamp").endswith("Z")
    assert event == {"event": "settled", "level": "info", "number": 3}


@pytest.mark.usefixtures("_configured")
@pytest.mark.parametrize(("level", "seen"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_a_level_leaves_out_what_is_below(capsys: pytest.CaptureFixture[str], level: str, seen: int) -> None:
    """The setting says how much is logged."""
    configure_logs(level)
    log = structlog.get_logger()

    for each in (log.debug, log.info, log.warning, log.error):
        each("event")

    assert len(logged(capsys)) == seen


def fail() -> None:
    """Raise an exception that quotes a comment, because of another that does."""
    try:
        int(CANARY)
    except ValueError as error:
        raise KeyError(CANARY) from error


@pytest.mark.usefixtures("_configured")
@pytest.mark.parametrize("given", [True, "the exception"])
def test_an_exception_is_told_by_type_and_place(capsys: pytest.CaptureFixture[str], given: object) -> None:
    """Its message, its causes' messages and the variables around it stay out: they could quote a comment."""
    configure_logs("info")
    log = structlog.get_logger()
    try:
        fail()
    except KeyError as error:
        caught = error
        if given is True:
            log.exception("failed")
    if given is not True:
        log.error("failed", exc_info=caught)

    line = capsys.readouterr().err
    assert CANARY not in line
    event = json.loads(line)
    assert event["types"] == ["KeyError", "ValueError"]
    assert event["where"][-1].startswith("test_logs.py:")
    assert event["where"][-1].endswith(":fail")


@pytest.mark.usefixtures("_configured")
def test_an_exception_without_a_place_is_logged_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Logging an exception outside of any is an event like others."""
    configure_logs("info")

    structlog.get_logger().error("failed", exc_info=True)
    structlog.get_logger().error("failed", exc_info=ValueError(CANARY))

    first, second = logged(capsys)
    assert "where" not in first
    assert (second["where"], second["types"]) == ([], ["ValueError"])


def test_a_failing_request_logs_and_answers_without_the_text(settings: Settings) -> None:
    """Whatever a view fails with, neither the log nor the caller sees more than where it was."""
    done = subprocess.run(
        [sys.executable, "-c", APP, str(settings.data), CANARY], check=True, capture_output=True, text=True, timeout=60
    )

    assert done.stdout.startswith("500 ")
    assert json.loads(done.stdout.removeprefix("500 "))["code"] == "internal"
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert [event["event"] for event in events] == ["unexpected"]
    assert events[0]["where"][-1].endswith(":fails")
    assert CANARY not in done.stdout + done.stderr


class Full:
    """A stream on a disk that is full."""

    def write(self, _text: str) -> int:
        """Fail as the kernel does."""
        raise OSError(errno.ENOSPC, "No space left on device")

    def flush(self) -> None:
        """Fail as the kernel does."""
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.usefixtures("_configured")
def test_a_line_that_cannot_be_written_is_lost_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that stores comments must not end because its log is on a full disk."""
    monkeypatch.setattr(sys, "stderr", Full())
    configure_logs("info")

    structlog.get_logger().error("nobody_reads_this")
