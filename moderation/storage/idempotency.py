"""First answers to requests with an Idempotency-Key, kept for a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from moderation.storage.tables import idempotency


@dataclass(frozen=True, slots=True)
class Answer:
    """What the first request was answered, and a hash of its body."""

    key: str
    body_hash: str
    comment_id: str
    status: int
    answer: Mapping[str, Any]


def get_answers(connection: Connection, site_id: str, keys: Sequence[str]) -> dict[str, Answer]:
    """Return the first answers by key."""
    if not keys:
        return {}
    rows = connection.execute(select(idempotency).where(idempotency.c.site_id == site_id, idempotency.c.key.in_(keys)))
    return {row.key: Answer(row.key, row.body_hash, row.comment_id, row.status, row.answer) for row in rows}


def add_answers(connection: Connection, site_id: str, answers: Sequence[Answer], now: datetime) -> None:
    """Keep first answers; two of one key cannot both be kept."""
    if answers:
        connection.execute(
            insert(idempotency),
            [
                {
                    "site_id": site_id,
                    "key": answer.key,
                    "body_hash": answer.body_hash,
                    "comment_id": answer.comment_id,
                    "status": answer.status,
                    "answer": dict(answer.answer),
                    "created_at": now,
                }
                for answer in answers
            ],
        )


def change_answer(connection: Connection, site_id: str, key: str, status: int, answer: Mapping[str, Any]) -> None:
    """Replace a first answer by the one that the caller was really given after waiting."""
    connection.execute(
        update(idempotency)
        .where(idempotency.c.site_id == site_id, idempotency.c.key == key)
        .values(status=status, answer=dict(answer))
    )


def forget_answers(connection: Connection, before: datetime) -> int:
    """Remove answers older than that and return how many there were."""
    return connection.execute(delete(idempotency).where(idempotency.c.created_at < before)).rowcount
