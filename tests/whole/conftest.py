"""The service that tests share; who changes a policy does so on a site of his own."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.whole.service import Service, running


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give a service on an empty folder, with its embedded Valkey and SQLite."""
    with running(tmp_path_factory.mktemp("service") / "data") as service:
        yield service


@pytest.fixture(scope="session")
def api(service: Service) -> Iterator[httpx.Client]:
    """Give a client of `service` with the key that it printed."""
    with service.client() as client:
        yield client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a data folder that does not exist yet."""
    return tmp_path / "data"
