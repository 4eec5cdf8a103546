"""The names of OpenAI's moderation models: each is taken, and all are answered by the same scores."""

from collections.abc import Mapping
from typing import Any

DEFAULT = "omni-moderation-latest"
NAMES = (DEFAULT, "omni-moderation-2024-09-26", "text-moderation-latest", "text-moderation-stable")


def model_list() -> list[Mapping[str, Any]]:
    """Return the names as OpenAI lists models."""
    return [{"id": name, "object": "model", "created": 0, "owned_by": "moderation"} for name in NAMES]
