"""The service's own secret: from the settings, or made once and kept beside the data."""

import os

from moderation import ids
from moderation.settings import Settings

FILE = "secret"


def load_secret(settings: Settings) -> str:
    """Return the secret; it is made on first use, in a file that only its owner can read."""
    if settings.secret is not None:
        return settings.secret
    path = settings.data / FILE
    if not path.exists():
        settings.data.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{FILE}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(ids.new_secret())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass  # another process was first; its secret holds
        finally:
            fresh.unlink()
    return path.read_text().strip()
