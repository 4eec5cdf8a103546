"""A short soak: the faults that happen most, one round each; `make soak` does them all, for an hour."""

import random

import pytest

from soak.rounds import Round, soak
from soak.stage import Stage

pytestmark = pytest.mark.alone
FAULTS = ["kill -9 worker parent", "Redis restarts empty", "the endpoint: 500", "power cut"]
RATE = 6.0


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def rounds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Round]:
    """Give what came of each fault, in the order of `FAULTS`."""
    folder = tmp_path_factory.getbasetemp() / f"soak-{request.param}"
    folder.mkdir()
    stage = Stage(folder, request.param)
    try:
        return list(soak(stage, FAULTS, random.Random(1), RATE))
    finally:
        assert stage.close() == []


def test_nothing_accepted_is_lost(rounds: list[Round]) -> None:
    """After each fault every comment that was taken is decided once, told to its endpoint, and counted."""
    assert [(one.fault, one.wrong) for one in rounds] == [(fault, []) for fault in FAULTS]
    assert all(one.accepted for one in rounds)


@pytest.mark.parametrize(
    ("fault", "seconds"), [("kill -9 worker parent", 15), ("Redis restarts empty", 10), ("power cut", 10)]
)
def test_the_service_goes_on_soon(rounds: list[Round], fault: str, seconds: float) -> None:
    """A comment that comes right after a fault is decided within the time that the service promises."""
    (one,) = [one for one in rounds if one.fault == fault]

    assert one.recovery_seconds + (one.start_seconds or 0) < seconds
