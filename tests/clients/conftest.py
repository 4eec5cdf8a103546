"""The service that clients talk to: the command itself, with real workers."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from moderation.cli_cert import HOSTS
from tests.whole.service import Service, run, running

PER_MINUTE = 1200
"""Each site's quota, for Perspective and for OpenAI: tests that spend it have a site of their own."""
WAITING = ("PERSPECTIVE", "OPENAI", "AKISMET", "DISCOURSE", "OSMOD", "MAX")
# A machine that is busy with other tests may take longer than a caller of Perspective would wait.
PATIENCE = {f"MODERATION_{name}_TIMEOUT_SECONDS": "20" for name in WAITING}


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give a service on an empty folder."""
    quotas = {f"MODERATION_{name}_PER_MINUTE": str(PER_MINUTE) for name in ("PERSPECTIVE", "OPENAI")}
    folder: Path = tmp_path_factory.mktemp("service")
    with running(folder / "data", {**quotas, **PATIENCE, "MODERATION_MAX_SITE": "demo"}) as service:
        yield service


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a CA made by `moderation cert`, for the vendors' hosts and our pages'; what it made lies beside it."""
    folder = tmp_path_factory.mktemp("tls")
    hosts = [f"--host={host}" for host in (*HOSTS, "moderation.example", "*.moderation.example")]
    run("cert", "--out", str(folder), *hosts, data=folder)
    return folder / "ca.pem"


@pytest.fixture(scope="session")
def vendor(ca: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give a service that has the certificate of the vendors' hosts, and so stands in for them."""
    tls = {
        "MODERATION_TLS_CERT": str(ca.with_name("server.pem")),
        "MODERATION_TLS_KEY": str(ca.with_name("server.key")),
    }
    folder: Path = tmp_path_factory.mktemp("vendor")
    with running(folder / "data", {"MODERATION_SCORERS": "1", **tls, **PATIENCE}) as service:
        yield service


@pytest.fixture
def trust(vendor: Service, ca: Path) -> dict[str, str]:
    """Give the variables by which a program trusts the CA, and finds the service under any name."""
    names = ("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HTTPLIB2_CA_CERTS", "CURL_CA_BUNDLE")
    return {**dict.fromkeys(names, str(ca)), "TLS_PORT": str(urlsplit(vendor.url).port)}


@pytest.fixture
def key(service: Service) -> str:
    """Give the key that the service printed."""
    assert service.key is not None
    return service.key
