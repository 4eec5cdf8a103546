"""A backup: one file with the database and the service's own secret, made while the service runs.

It is a tar archive of `manifest.json`, `database` and, unless the settings name it, `secret`.
Redis is not in it, since all that it holds can be lost, and neither are converted models, which can be made again.
"""

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from moderation.comment_object import timestamp
from moderation.secret import FILE as SECRET
from moderation.secret import load_secret
from moderation.settings import Settings
from moderation.storage import copies, migrate
from moderation.storage.copies import CopyFailedError
from moderation.storage.database import Database

MANIFEST, DATABASE = "manifest.json", "database"
FORMAT = 1
PIECE = 1 << 20
MANIFEST_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a backup; `sha256` is of the database, `secret` says whether the secret is in it."""

    format: int
    made_at: str
    version: str
    kind: str
    sha256: str
    secret: bool


def make(database: Database, settings: Settings, file: Path, version: str, now: datetime) -> Manifest:
    """Write a backup to `file`, which only its owner can read then; it is there whole or not at all.

    Raises:
        FileExistsError: there is a file of that name.
        CopyFailedError: the database could not be copied.
    """
    if file.exists():
        raise FileExistsError(file)
    with _beside(file) as folder:
        copy = folder / DATABASE
        copies.save(database, copy)
        secret = None if settings.secret is not None else load_secret(settings)
        kind = "sqlite" if database.is_sqlite else "postgresql"
        manifest = Manifest(FORMAT, timestamp(now), version, kind, _sha256(copy), secret is not None)
        whole = folder / "whole"
        with whole.open("xb") as opened:
            with tarfile.open(fileobj=opened, mode="w") as archive:
                _add(archive, MANIFEST, json.dumps(asdict(manifest), indent=2).encode())
                if secret is not None:
                    _add(archive, SECRET, secret.encode())
                archive.add(copy, DATABASE, filter=_plain)
            opened.flush()
            os.fsync(opened.fileno())
        whole.chmod(0o600)
        whole.rename(file)
    return manifest


def restore(database: Database, settings: Settings, file: Path) -> Manifest:
    """Put a backup into a database without tables, bring it to the newest schema, and return what was in it.

    Raises:
        CopyFailedError: the file is no backup or is damaged, the database is not empty or of another kind, or the
            data folder has another secret.
    """
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _beside(settings.data / DATABASE) as folder:
        manifest, secret = _read(file, folder / DATABASE)
        kind = "sqlite" if database.is_sqlite else "postgresql"
        if manifest.kind != kind:
            raise CopyFailedError(
                f"The backup is of {manifest.kind}, the settings name {kind}; "
                "`moderation export` and `import` take comments from one to the other"
            )
        if secret is not None and _other_secret(settings, secret):
            raise CopyFailedError(
                "The backup has another secret than the settings or the data folder: every hash in it would be "
                "worthless. Name an empty MODERATION_DATA, and leave MODERATION_SECRET unset"
            )
        path = settings.data / SECRET
        if secret is not None and settings.secret is None and not path.exists():
            path.touch(mode=0o600, exist_ok=False)
            path.write_text(secret)
        copies.load(database, folder / DATABASE)
    migrate.upgrade(database)
    return manifest


def _read(file: Path, copy: Path) -> tuple[Manifest, str | None]:
    """Return what a backup says of itself and its secret, and write its database to `copy`."""
    try:
        with tarfile.open(file, mode="r:") as archive:
            manifest = Manifest(**json.loads(_member(archive, MANIFEST)))
            if manifest.format != FORMAT:
                raise CopyFailedError("The backup was made by a newer version; restore it with that one")
            secret = _member(archive, SECRET).decode() if manifest.secret else None
            source = archive.extractfile(DATABASE)
            if source is None:
                raise CopyFailedError("The backup has no database in it")
            with source, copy.open("xb") as sink:
                while piece := source.read(PIECE):
                    sink.write(piece)
    except (tarfile.TarError, KeyError, TypeError, ValueError) as error:
        raise CopyFailedError(f"{file} is no backup of this service, or is damaged") from error
    if _sha256(copy) != manifest.sha256:
        raise CopyFailedError("The backup is damaged: its database is not the one that was saved")
    return manifest, secret


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    source = archive.extractfile(name)
    return b"" if source is None else source.read(MANIFEST_AT_MOST)


def _other_secret(settings: Settings, secret: str) -> bool:
    if settings.secret is not None:
        return settings.secret != secret
    path = settings.data / SECRET
    return path.exists() and path.read_text().strip() != secret


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """Give a folder on the same disk that only its owner can read, for the length of a `with` block."""
    with tempfile.TemporaryDirectory(prefix=".moderation-", dir=file.resolve().parent) as folder:
        yield Path(folder)
