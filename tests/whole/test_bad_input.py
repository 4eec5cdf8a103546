"""Whatever comes in that is no good is answered with a clear problem, at once, and nothing is stored."""

import http.client
from contextlib import closing, suppress
from multiprocessing.connection import wait

import httpx
import pytest

from tests.whole.bad_requests import JSON, POSTS, Case, check, quickest, stored
from tests.whole.service import Service

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("case", POSTS, ids=lambda case: case.name)
def test_bad_input_is_refused_at_once_with_a_clear_problem(api: httpx.Client, case: Case) -> None:
    """What cannot be taken is refused by its proper code within 100 ms, and nothing is stored."""
    before = stored(api)

    def send() -> httpx.Response:
        return api.request(case.method, case.path, content=case.content, headers={**JSON, **(case.headers or {})})

    problem = check(quickest(send), case.status, case.code)

    if case.code == "invalid_input":
        assert problem["errors"]
        assert all(set(error) == {"field", "code", "message"} and error["message"] for error in problem["errors"])
    if case.code in {"empty", "too_long"}:
        assert problem["unit"] in {"graphemes", "code_points"}
        assert (problem["count"] > problem["limit"]) is (case.code == "too_long")
        assert (problem["count"] < problem["limit"]) is (case.code == "empty")
    assert before == stored(api)


@pytest.mark.parametrize(
    ("method", "path", "type_"),
    [
        ("PUT", "/v1/comments", "application/json"),
        ("POST", "/v1/coments", "application/json"),
        ("POST", "/v1/comments", "text/plain"),
        ("POST", "/v1/policy", "application/json"),
    ],
)
def test_a_refusal_does_not_cut_the_connection(service: Service, method: str, path: str, type_: str) -> None:
    """A client whose body comes late, when its request was refused already, is told that the connection ends."""
    with closing(http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=10)) as connection:
        connection.connect()
        connection.auto_open = 0
        connection.putrequest(method, path)
        connection.putheader("Content-Type", type_)
        connection.putheader("Content-Length", "5000")
        connection.endheaders()
        wait([connection.sock], 0.3)  # an answer that does not wait for the body comes now
        with suppress(ConnectionError):  # it may be closed already, with the answer there to be read
            connection.send(b"x" * 5000)
        answer = connection.getresponse()
        answer.read()

        assert answer.status in {401, 404, 405, 415}
        if answer.getheader("Connection", "").lower() != "close":
            connection.request("GET", "/livez")
            assert connection.getresponse().status == httpx.codes.OK


@pytest.mark.parametrize(
    "query",
    [{"cursor": "nonsense"}, {"limit": "0"}, {"limit": "100000"}, {"limit": "many"}, {"status": "odd"}, {"after": "x"}],
    ids=str,
)
def test_a_bad_query_is_refused(api: httpx.Client, query: dict[str, str]) -> None:
    """A list with a parameter that means nothing is a clear problem, not an empty page."""
    answer = quickest(lambda: api.get("/v1/comments", params=query))

    assert answer.status_code in {400, 422}
    check(answer, answer.status_code, answer.json()["code"])


@pytest.mark.parametrize("id_", ["x", "%00", "..", "' OR 1=1 --", "\U0001f600", "0" * 3000])
def test_an_id_that_is_none_is_not_found(api: httpx.Client, id_: str) -> None:
    """Whatever stands where an id belongs, the answer is that there is nothing of that name."""
    answer = quickest(lambda: api.get(f"/v1/comments/{id_}"))

    check(answer, 404, "not_found")


def test_the_service_logged_no_failure_of_its_own(service: Service, api: httpx.Client) -> None:
    """After a request that is no good, no traceback and no text of the comment stands in the log."""
    api.post("/v1/comments", json={"text": 7, "thread": {"id": "zanzibar"}})
    api.post("/v1/comments", json={"text": "quixotry " * 100, "thread": {"id": "t"}})

    assert "Traceback" not in service.log.read_text()
    assert "quixotry" not in service.log.read_text()
