"""Who a caller is, behind a proxy and without one."""

import pytest
from flask import Response, request

from moderation.app import create_app
from moderation.settings import Settings
from tests.proofs import Line, proves


@proves(Line.LIMITS)
@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_an_address_counts_only_from_a_proxy_that_is_trusted(
    settings: Settings, proxies: int, forwarded: str, address: str
) -> None:
    """Anybody can send the header; what the nearest proxies wrote stands at its end."""
    app = create_app(settings.model_copy(update={"trusted_proxies": proxies}))

    @app.get("/who")
    def who() -> Response:
        return Response(f"{request.remote_addr} {request.scheme}")

    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"} if forwarded else {}
    said = app.test_client().get("/who", headers=headers).text

    assert said == f"{address} {'https' if proxies and forwarded else 'http'}"
