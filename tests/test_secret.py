"""The service's own secret."""

import os
import stat
import threading

import pytest

from moderation.secret import FILE, LEAST, load_secret
from moderation.settings import Settings
from tests.proofs import Line, proves


def test_a_secret_is_made_once_and_kept(settings: Settings) -> None:
    """The first call makes it, later ones read it, and nothing else is left in the folder."""
    before = set(os.listdir(settings.data))  # noqa: PTH208 - names only

    secret = load_secret(settings)

    assert len(secret) >= LEAST
    assert load_secret(settings) == secret
    assert set(os.listdir(settings.data)) - before == {FILE}  # noqa: PTH208 - names only


@proves(Line.SECRETS)
def test_only_the_owner_may_read_it(settings: Settings) -> None:
    """Neither the file nor a folder that was made for it is open to others."""
    fresh = settings.model_copy(update={"data": settings.data / "new" / "folder"})

    load_secret(fresh)

    assert stat.S_IMODE((fresh.data / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(fresh.data.stat().st_mode) == 0o700


def test_a_secret_in_the_settings_leaves_no_file(settings: Settings) -> None:
    """Several machines share a secret by the setting, which wins over a file."""
    load_secret(settings)
    given = "the same secret on all of the machines"

    assert load_secret(settings.model_copy(update={"secret": given})) == given


def test_all_who_come_at_once_get_the_same(settings: Settings) -> None:
    """Threads and processes that start together agree on one secret."""
    found: list[str] = []
    gate = threading.Barrier(8)

    def load() -> None:
        gate.wait()
        found.append(load_secret(settings))

    threads = [threading.Thread(target=load) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert len(found) == 8
    assert len(set(found)) == 1
    assert [path.name for path in settings.data.glob(f"{FILE}*")] == [FILE]


@pytest.mark.parametrize("content", ["", "\n", "short"])
def test_a_damaged_file_is_not_used(settings: Settings, content: str) -> None:
    """An empty secret would hash everything with nothing, so the service says what to do and does not start."""
    (settings.data / FILE).write_text(content)

    with pytest.raises(RuntimeError, match="restore it from a backup, or set MODERATION_SECRET"):
        load_secret(settings)
