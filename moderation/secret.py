"""The service's own secret: from the settings, or made once and kept beside the data."""

import os
import tempfile
from pathlib import Path

from moderation import ids
from moderation.settings import Settings

FILE = "secret"
LEAST = 32
"""Characters of a secret; the setting has the same bound."""


def load_secret(settings: Settings) -> str:
    """Return the secret; it is made on first use, in a file that only its owner can read.

    Raises:
        RuntimeError: the file is damaged; another secret would make every stored hash worthless.
    """
    if settings.secret is not None:
        return settings.secret
    path = settings.data / FILE
    if not path.exists():
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(path)
    secret = path.read_text().strip()
    if len(secret) < LEAST:
        raise RuntimeError(f"{path} is damaged: restore it from a backup, or set MODERATION_SECRET")
    return secret


def _make(path: Path) -> None:
    """Write a new secret whole and for good, unless another process was first: then its secret holds."""
    number, name = tempfile.mkstemp(prefix=f"{FILE}.", dir=path.parent)  # only its owner may read it
    fresh = Path(name)
    try:
        with os.fdopen(number, "w") as file:
            file.write(ids.new_secret())
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
