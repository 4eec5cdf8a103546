"""Running the parts: real child processes, small programs in Python."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from moderation import supervisor as module
from moderation.supervisor import Part, Supervisor
from tests.waiting import SECONDS, until

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
SAY = "import os, sys; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n')\n"
"""Writes its process number into a file: the sign that it runs, with its signal handlers in place."""
SLEEP = "import time; time.sleep(600)\n"
WITH_GRANDCHILD = (
    "import subprocess, sys\n"
    "subprocess.Popen([sys.executable, '-c', sys.argv[2], sys.argv[1]])\n"
)  # fmt: skip
SUPERVISE = """
import sys
from moderation.supervisor import Part, Supervisor
supervisor = Supervisor()
supervisor.stop_on_signals()
for number, program in enumerate(sys.argv[2:]):
    supervisor.start(Part(f"part {number}", (sys.executable, "-c", program, sys.argv[1]), {}))
try:
    supervisor.run()
finally:
    supervisor.stop()
"""


@pytest.fixture
def here() -> Iterator[Supervisor]:
    """Give a supervisor that leaves nothing behind."""
    made = Supervisor()
    yield made
    made.stop()


@pytest.fixture
def signs(tmp_path: Path) -> Path:
    """Give the file that children write their numbers into."""
    file = tmp_path / "signs"
    file.touch()
    return file


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the waits, which are the only thing that is other than in service."""
    monkeypatch.setattr(module, "STOP_SECONDS", 0.5)
    monkeypatch.setattr(module, "RESTART_PAUSES", (0.05,))


def part(signs: Path, program: str, *arguments: str, stdin: bytes = b"") -> Part:
    """Return a part that runs a Python program."""
    return Part("part", (sys.executable, "-c", program, str(signs), *arguments), {}, stdin)


def numbers(signs: Path) -> list[int]:
    """Return the process numbers that were written so far."""
    return [int(line) for line in signs.read_text().splitlines()]


def lives(number: int) -> bool:
    """Tell whether a process runs; one that ended and was not waited for does not."""
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.usefixtures("_impatient")
def test_what_dies_is_started_again(here: Supervisor, signs: Path) -> None:
    """A killed part comes back as a new process, with the same command, environment and input."""
    program = "import os, sys; assert sys.stdin.read() == os.environ['SECRET'] == 'hush'\n" + SAY + SLEEP
    here.start(Part("part", (sys.executable, "-c", program, str(signs)), {"SECRET": "hush"}, b"hush"))
    until(lambda: numbers(signs), "the part")

    os.kill(numbers(signs)[0], signal.SIGKILL)
    until(lambda: len(numbers(signs)) == 2, "its return", lambda: here.wait(0))

    first, second = numbers(signs)
    assert not lives(first)
    assert lives(second)


@pytest.mark.usefixtures("_impatient")
def test_what_a_dead_part_started_dies_with_it(here: Supervisor, signs: Path) -> None:
    """Its children are killed before it comes back, so that no work is done twice."""
    program = WITH_GRANDCHILD + SLEEP
    here.start(part(signs, program, SAY + STUBBORN + SLEEP))
    until(lambda: numbers(signs), "the grandchild")

    psutil.Process(psutil.Process(numbers(signs)[0]).ppid()).kill()
    until(lambda: len(numbers(signs)) == 2, "its return", lambda: here.wait(0))

    assert not lives(numbers(signs)[0])


def test_a_part_that_dies_at_once_does_not_spin(here: Supervisor, signs: Path) -> None:
    """The pauses grow: a part that cannot start is tried rarely, and the others are looked after meanwhile."""
    here.start(part(signs, SAY + "sys.exit(3)"))
    here.start(part(signs, SLEEP))

    started = time.monotonic()
    until(lambda: len(numbers(signs)) == 2, "the second try", lambda: here.wait(0))

    assert time.monotonic() - started >= module.RESTART_PAUSES[1]
    assert not here.wait(1)
    assert len(numbers(signs)) == 2
    assert list(module.RESTART_PAUSES) == sorted(module.RESTART_PAUSES)


@pytest.mark.usefixtures("_impatient")
def test_a_part_that_cannot_be_started_again_is_tried_later(here: Supervisor, signs: Path, tmp_path: Path) -> None:
    """A program that is away for a moment, as during an upgrade, does not take the other parts down."""
    program = tmp_path / "program"
    program.symlink_to("/bin/sh")
    here.start(Part("part", (str(program), "-c", f"echo $$ >> {signs}; exec sleep 600"), {}))
    until(lambda: numbers(signs), "the part")

    program.unlink()
    os.kill(numbers(signs)[0], signal.SIGKILL)
    assert not here.wait(0.5)
    program.symlink_to("/bin/sh")

    until(lambda: len(numbers(signs)) == 2, "its return", lambda: here.wait(0))


def test_a_program_that_is_not_there_is_told(here: Supervisor) -> None:
    """The first start of a part fails at once, for whoever starts it can say why."""
    with pytest.raises(FileNotFoundError):
        here.start(Part("part", ("/no/such/program",), {}))


def test_a_part_that_does_not_read_its_input_is_a_dead_part(here: Supervisor, signs: Path) -> None:
    """One that closes its input or dies before it reads does not take the supervisor with it."""
    here.start(part(signs, "import os; os.close(0)", stdin=b"x" * 1_000_000))

    assert not here.wait(0)


def test_all_parts_stop_in_time(here: Supervisor, signs: Path) -> None:
    """Every part is asked to stop, and those that do are waited for, not killed."""
    for number in range(3):
        bye = (
            f"signal.signal(signal.SIGTERM, lambda *_: (print('bye', file=open('{signs}.{number}', 'w')), sys.exit()))"
        )
        here.start(part(signs, f"import signal, sys; {bye}\n" + SAY + SLEEP))
    until(lambda: len(numbers(signs)) == 3, "three parts")

    started = time.monotonic()
    here.stop()

    assert time.monotonic() - started < module.STOP_SECONDS
    assert [Path(f"{signs}.{number}").read_text() for number in range(3)] == ["bye\n"] * 3
    assert not any(lives(number) for number in numbers(signs))


@pytest.mark.usefixtures("_impatient")
def test_what_ignores_the_wish_to_stop_is_killed(here: Supervisor, signs: Path) -> None:
    """Parts and what they started are killed once their time is over, also when only the grandchild is stubborn."""
    here.start(part(signs, STUBBORN + SAY + SLEEP))
    here.start(part(signs, WITH_GRANDCHILD + SAY + SLEEP, STUBBORN + SAY + SLEEP))
    until(lambda: len(numbers(signs)) == 3, "two parts and a grandchild")

    here.stop()

    until(lambda: not any(lives(number) for number in numbers(signs)), "all to be killed")


def test_stopping_waits_for_no_pause(here: Supervisor, signs: Path) -> None:
    """A part that rests before its next start is not started again, and keeps nobody waiting."""
    here.start(part(signs, SAY + "sys.exit(3)"))
    until(lambda: len(numbers(signs)) == 2, "the second try", lambda: here.wait(0))
    until(lambda: not lives(numbers(signs)[1]), "its end")
    here.wait(0)

    started = time.monotonic()
    here.stop()

    assert time.monotonic() - started < module.RESTART_PAUSES[2] / 2
    assert len(numbers(signs)) == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(signs: Path, number: signal.Signals) -> None:
    """Ctrl-C, `kill` and a closed terminal end the supervisor with status 0, and its parts with it."""
    with subprocess.Popen([sys.executable, "-c", SUPERVISE, str(signs), SAY + SLEEP, SAY + SLEEP]) as process:
        until(lambda: len(numbers(signs)) == 2, "two parts")

        process.send_signal(number)

        assert process.wait(SECONDS) == 0
    assert not any(lives(one) for one in numbers(signs))


def test_a_signal_between_two_starts_is_not_lost(signs: Path) -> None:
    """A wish to stop that comes before the supervisor waits is heard when it does."""
    early = SUPERVISE.replace("try:", f"import os; os.kill(os.getpid(), {signal.SIGTERM.value})\ntry:")
    with subprocess.Popen([sys.executable, "-c", early, str(signs), SLEEP]) as process:
        assert process.wait(SECONDS) == 0


def test_signals_in_quick_succession_do_not_hang(signs: Path) -> None:
    """An impatient person may press Ctrl-C again and again."""
    with subprocess.Popen([sys.executable, "-c", SUPERVISE, str(signs), SAY + SLEEP]) as process:
        until(lambda: numbers(signs), "the part")
        for _ in range(200):
            process.send_signal(signal.SIGINT)

        assert process.wait(SECONDS) == 0
    assert not lives(numbers(signs)[0])


def test_ctrl_c_reaches_the_parts_through_the_supervisor_alone(here: Supervisor, signs: Path) -> None:
    """Parts have sessions of their own, so a terminal's SIGINT does not cut them off in the middle of their work."""
    here.start(part(signs, SAY + SLEEP))
    until(lambda: numbers(signs), "the part")

    assert os.getsid(numbers(signs)[0]) == os.getpgid(numbers(signs)[0]) == numbers(signs)[0] != os.getsid(0)


def test_parts_end_with_a_supervisor_that_is_killed(signs: Path) -> None:
    """On Linux the kernel asks the parts to stop when the supervisor is killed outright."""
    with subprocess.Popen([sys.executable, "-c", SUPERVISE, str(signs), SAY + SLEEP, SAY + SLEEP]) as process:
        until(lambda: len(numbers(signs)) == 2, "two parts")

        process.kill()

    if sys.platform == "linux":
        until(lambda: not any(lives(one) for one in numbers(signs)), "the parts to end")
