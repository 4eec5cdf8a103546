"""Starting, stopping, and starting again on the same folder."""

import signal
from pathlib import Path

import httpx
import pytest

from tests.whole.service import Service, running, wait_until

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_every_process(folder: Path, how: signal.Signals) -> None:
    """SIGTERM and SIGINT end the service with status 0 within 10 seconds, and no process of it is left."""
    with running(folder) as service:
        assert len(service.processes()) > 2
        service.stop(how)

        assert service.processes() == []
        with pytest.raises(httpx.ConnectError):
            httpx.get(service.url + "/livez", trust_env=False)


def test_the_first_start_says_everything_that_one_needs(service: Service) -> None:
    """The one line on stdout has the address, the site, its keys, the dashboard and the first moderator."""
    ready = service.ready

    assert set(ready) == {"url", "site", "api_key", "akismet_key", "dashboard", "moderator", "data"}
    assert ready["site"] == "demo"
    assert ready["api_key"].startswith("mod_")
    assert len(ready["akismet_key"]) == 12
    assert set(ready["moderator"]) == {"email", "password"}
    assert ready["dashboard"] == ready["url"] + "/desk"
    assert Path(ready["data"]) == service.data
    assert httpx.get(ready["dashboard"], trust_env=False, follow_redirects=True).status_code == httpx.codes.OK


def test_comments_and_keys_outlive_a_restart(folder: Path) -> None:
    """A second start shows no secret that is kept as a hash, and the key and the comments of the first are good."""
    with running(folder) as first, first.client() as api:
        key = str(first.key)
        posted = api.post("/v1/comments", json={"text": "Will you still be here tomorrow?", "thread": {"id": "t"}})
        id_ = posted.json()["id"]

    with running(folder) as second, second.client(key) as api:
        assert second.ready["api_key"] is None
        assert second.ready["moderator"]["password"] is None
        decided = wait_until(
            lambda: (now := api.get(f"/v1/comments/{id_}").json())["status"] != "pending" and now,
            seconds=30, what="the comment of the first start to be decided",
        )  # fmt: skip
        assert decided["text"] == "Will you still be here tomorrow?"


def test_a_crash_loses_no_comment(folder: Path) -> None:
    """After `kill -9` of every process, the next start decides what was accepted before."""
    quick = {"MODERATION_LEASE_SECONDS": "3"}  # what a dead worker had taken is free again after this
    service = Service(folder, quick)
    try:
        with service.client() as api:
            answers = [
                api.post("/v1/comments", json={"text": f"Number {number} of a busy day.", "thread": {"id": "t"}})
                for number in range(20)
            ]
            ids = {answer.json()["id"] for answer in answers if answer.status_code in {201, 202}}
    finally:
        service.kill()
    assert len(ids) == 20

    with running(folder, quick) as again, again.client(service.key) as api:
        wait_until(
            lambda: all(api.get(f"/v1/comments/{id_}").json()["status"] != "pending" for id_ in ids),
            seconds=60, what="every accepted comment to be decided",
        )  # fmt: skip
        assert sum(api.get("/v1/threads/t").json()["counts"].values()) == 20
