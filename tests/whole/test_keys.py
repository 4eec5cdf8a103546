"""Who may do what: without a good key nothing, with a key its scopes allow it, and never on another site."""

import json

import httpx
import pytest

from tests.whole.bad_requests import check, quickest, stored
from tests.whole.service import Service, wait_until

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("no key", {}),
        ("no word before the key", {"Authorization": "mod_12345678_x"}),
        ("a key of the wrong shape", {"Authorization": "Bearer 1234"}),
        ("a key that nobody was given", {"Authorization": f"Bearer mod_00000000_{'0' * 36}"}),
        ("a password", {"Authorization": "Basic a2ltOnBhc3N3b3Jk"}),
        ("bytes that are no text", {"Authorization": "Bearer mod_\u00ff_\u00fe"}),
    ],
)
def test_without_a_valid_key_nothing_is_said(service: Service, name: str, headers: dict[str, str]) -> None:
    """A request without a key that is good is told to send one, and learns nothing else."""
    raw = [(field.encode(), value.encode("latin-1")) for field, value in headers.items()]
    with httpx.Client(base_url=service.url, trust_env=False) as anyone:
        for path in ("/v1/comments", "/v1/comments/00000000-0000-7000-8000-000000000000", "/v1/policy"):
            answer = quickest(lambda path=path: anyone.get(path, headers=raw))  # type: ignore[misc]

            check(answer, 401, "unauthorized")
            assert answer.headers["WWW-Authenticate"].startswith("Bearer"), name


def test_the_last_character_of_a_key_matters(service: Service) -> None:
    """A key with one character changed is no key."""
    key = str(service.key)
    with service.client(key[:-1] + ("a" if key[-1] != "a" else "b")) as other:
        check(quickest(lambda: other.get("/v1/comments")), 401, "unauthorized")


def test_another_sites_key_sees_nothing_of_this_site(service: Service, api: httpx.Client) -> None:
    """With the key of another site, this site's comments cannot be read, changed, decided, erased or counted."""
    posted = api.post("/v1/comments", json={"text": "This stays with us.", "thread": {"id": "ours"}}).json()
    before = wait_until(
        lambda: (now := api.get(f"/v1/comments/{posted['id']}").json())["status"] != "pending" and now,
        seconds=20, what="the comment to be decided",
    )  # fmt: skip
    path = f"/v1/comments/{posted['id']}"
    with service.client(service.add_site("elsewhere")) as other:
        check(quickest(lambda: other.get(path)), 404, "not_found")
        check(quickest(lambda: other.delete(path)), 404, "not_found")
        check(quickest(lambda: other.patch(path, json={"text": "Changed."})), 404, "not_found")
        check(quickest(lambda: other.post(f"{path}/decision", json={"action": "reject"})), 404, "not_found")

        assert other.get("/v1/comments").json()["comments"] == []
        assert sum(other.get("/v1/threads/ours").json().get("counts", {}).values()) == 0

    assert before == api.get(path).json()


def test_a_key_does_only_what_its_scopes_allow(service: Service, api: httpx.Client) -> None:
    """A key that may read is refused everything else, by name."""
    made = json.loads(service.run("key", "add", "demo", "--scope", "read", "--json"))
    before = stored(api)
    with service.client(made["api_key"]) as reader:
        assert reader.get("/v1/comments").status_code == httpx.codes.OK
        for method, path, body in (
            ("POST", "/v1/comments", {"text": "Hello.", "thread": {"id": "t"}}),
            ("POST", "/v1/score", {"texts": ["Hello."]}),
            ("PUT", "/v1/policy", {}),
            ("POST", "/v1/endpoints", {"url": "https://news.example/hook"}),
        ):
            answer = quickest(lambda method=method, path=path, body=body: reader.request(method, path, json=body))  # type: ignore[misc]

            check(answer, 403, "missing_scope")

    assert before == stored(api)
