"""The service with a certificate of its own."""

import re
import ssl
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.whole.service import Service, environment

DOCKERFILE = Path(__file__).parents[2] / "Dockerfile"
HEALTHCHECK = re.compile(r'^HEALTHCHECK .*\n    CMD \["python", "-c", "(.*)"\]$', re.MULTILINE)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_old_and_new_clients_are_served(vendor: Service, ca: Path, version: ssl.TLSVersion) -> None:
    """TLS 1.2 and 1.3 are spoken, and addresses in answers begin with https."""
    context = ssl.create_default_context(cafile=str(ca))
    context.minimum_version = context.maximum_version = version
    headers, name = {"Host": "commentanalyzer.googleapis.com"}, {"sni_hostname": "commentanalyzer.googleapis.com"}
    with httpx.Client(verify=context, trust_env=False, timeout=20) as client:
        found = client.get(f"{vendor.url}/$discovery/rest?version=v1alpha1", headers=headers, extensions=name)

    assert vendor.url.startswith("https://127.0.0.1:")
    assert found.json()["rootUrl"] == "https://commentanalyzer.googleapis.com/"


def test_plain_http_is_not_answered(vendor: Service) -> None:
    """No key is taken in the open on that port."""
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(vendor.url.replace("https://", "http://") + "/livez", trust_env=False, timeout=20)


@pytest.mark.parametrize("kind", ["service", "vendor"])
def test_the_images_health_check_works(kind: str, request: pytest.FixtureRequest) -> None:
    """The command in the Dockerfile finds a healthy service with http and with https."""
    found: Service = request.getfixturevalue(kind)
    (program,) = HEALTHCHECK.findall(DOCKERFILE.read_text(encoding="utf-8"))
    program = program.replace(":8080", f":{urlsplit(found.url).port}")

    subprocess.run([sys.executable, "-c", program], env=environment(found.extra), check=True, timeout=20)
