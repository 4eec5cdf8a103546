"""Receipts of what was erased, as the API shows them."""

from datetime import datetime
from typing import Any

from moderation.changes import Receipt
from moderation.comment_object import timestamp
from moderation.dialects.native_answers import Answer
from moderation.model import Status


class RowsOut(Answer):
    """From how many rows of which kind something was erased."""

    comments: int = 0
    decisions: int = 0
    """Lines of the decision log, which lose notes and quotations."""
    answers: int = 0
    """First answers to requests with an `Idempotency-Key`."""
    labels: int = 0
    suggestions: int = 0
    appeals: int = 0
    akismet_checks: int = 0
    events: int = 0
    """Events, whose deliveries that still wait go out without text and author."""
    tries: int = 0
    """Tries of deliveries, which lose what the endpoint answered."""


class ReceiptOut(Answer):
    """What was erased where; the audit log holds the same."""

    at: datetime
    rows: RowsOut
    restriction: bool
    """Whether a restriction of the author was lifted."""
    redis: bool
    """Whether Redis forgot at once what it remembers for a time: remembered scores, counts, near copies; if false it
    could not be reached, and that ends by itself."""


class ErasedOut(Answer):
    """A receipt: what was erased, and when."""

    id: str
    external_id: str | None
    status: Status
    erased_at: datetime
    receipt: ReceiptOut


def receipt_object(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as JSON."""
    return {
        "at": timestamp(receipt.at),
        "rows": RowsOut(**receipt.rows).model_dump(),
        "restriction": receipt.restriction,
        "redis": receipt.redis,
    }
