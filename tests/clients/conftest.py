"""The service that clients talk to: the command itself, with real workers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.whole.service import Service, running

PER_MINUTE = 1200
"""Each site's quota, for Perspective and for OpenAI: tests that spend it have a site of their own."""


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give a service on an empty folder."""
    quotas = {f"MODERATION_{name}_PER_MINUTE": str(PER_MINUTE) for name in ("PERSPECTIVE", "OPENAI")}
    # A machine that is busy with other tests may take longer than a caller of Perspective would wait.
    patience = {"MODERATION_PERSPECTIVE_TIMEOUT_SECONDS": "20", "MODERATION_OPENAI_TIMEOUT_SECONDS": "20"}
    patience |= {f"MODERATION_{name}_TIMEOUT_SECONDS": "20" for name in ("AKISMET", "DISCOURSE", "OSMOD", "MAX")}
    patience["MODERATION_MAX_SITE"] = "demo"
    folder: Path = tmp_path_factory.mktemp("service")
    with running(folder / "data", {**quotas, **patience}) as service:
        yield service


@pytest.fixture
def key(service: Service) -> str:
    """Give the key that the service printed."""
    assert service.key is not None
    return service.key
