"""Perspective's API over HTTP: keys, discovery, errors, quotas, deadlines; analyze has a file of its own."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from moderation import clock
from moderation.app import create_app
from moderation.model import Scope
from moderation.queue import Queue
from moderation.settings import Settings
from tests.answering import CARDS, Answerer
from tests.dialects.conftest import Api

ANALYZE, SUGGEST = "/v1alpha1/comments:analyze", "/v1alpha1/comments:suggestscore"
BODY: dict[str, Any] = {"comment": {"text": "you idiot"}, "requestedAttributes": {"TOXICITY": {}}}
SUGGESTION: dict[str, Any] = {
    "comment": {"text": "you idiot"},
    "context": {"entries": [{"text": '{"url": "https://news.example/1", "Coral_comment_id": "c-1"}'}]},
    "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
    "languages": ["en"],
    "communityId": "Coral:https://news.example",
    "clientToken": "comment:c-1",
}
INVALID = "INVALID_ARGUMENT"


def ask(api: Api, body: Any = BODY, path: str = ANALYZE, query: str = "", **options: Any) -> TestResponse:
    """Call a method with `?key=`."""
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return api.client.post(f"{path}?key={api.key}{query}", data=data, **options)


def error_of(response: TestResponse) -> dict[str, Any]:
    """Return the error of a body, which repeats the HTTP status and has a message and a status for programs."""
    error: dict[str, Any] = response.get_json()["error"]
    assert error["code"] == response.status_code
    assert error["message"]
    assert error["status"]
    assert response.headers["Content-Type"] == "application/json; charset=UTF-8"
    return error


def with_settings(api: Api, settings: Settings, **changes: Any) -> Api:
    """Return the API of an app with other settings, on the same data."""
    app = create_app(settings.model_copy(update=changes))
    return Api(app.test_client(), api.key, api.database)


def default_of(name: str) -> Any:
    """Return what a setting is if nobody sets it."""
    return Settings.model_fields[name].default


@pytest.mark.parametrize("query", ["", "&prettyPrint=true"])
def test_answers_are_shown_over_several_lines(api: Api, worker: Answerer, query: str) -> None:
    """Bodies are pretty-printed JSON in UTF-8 unless `prettyPrint` says no."""
    response = ask(api, query=query)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert response.get_data(as_text=True).startswith('{\n  "attributeScores": {\n')
    assert b"\n" not in ask(api, query="&prettyPrint=false").data
    assert worker.texts == ["you idiot"]


@pytest.mark.usefixtures("worker")
def test_no_query_parameter_of_googles_causes_an_error(api: Api) -> None:
    """Clients send them to every API of Google's."""
    query = (
        "&alt=json&prettyPrint=1&fields=attributeScores&quotaUser=u&$.xgafv=2&callback=f&oauth_token=t"
        "&uploadType=media&upload_protocol=raw"
    )

    assert ask(api, query=query).status_code == 200


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("?key={key}", {}),
        ("?access_token={key}", {}),
        ("", {"Authorization": "Bearer {key}"}),
        ("", {"X-Goog-Api-Key": "{key}"}),
        ("?key={key}", {"Authorization": "Bearer something-else"}),
    ],
)
@pytest.mark.usefixtures("worker")
def test_the_key_is_taken_from_where_clients_put_it(api: Api, query: str, headers: dict[str, str]) -> None:
    """In the query, as an access token, as a bearer token or in Google's own header."""
    sent = {name: value.format(key=api.key) for name, value in headers.items()}

    response = api.client.post(ANALYZE + query.format(key=api.key), data=json.dumps(BODY), headers=sent)

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("method", "path"), [("POST", ANALYZE), ("POST", SUGGEST), ("GET", "/$discovery/rest?version=v1alpha1")]
)
@pytest.mark.parametrize("key", ["AIzaSyWrong", "mod_a_b", "é"])
def test_a_wrong_key_is_a_bad_request(api: Api, method: str, path: str, key: str) -> None:
    """It is answered 400 with Google's sentence and ErrorInfo, which clients look for."""
    where, _, query = path.partition("?")
    response = api.client.open(f"{where}?{query}&{urlencode({'key': key})}", method=method, data="{}")

    assert response.status_code == 400
    assert error_of(response) == {
        "code": 400,
        "message": "API key not valid. Please pass a valid API key.",
        "status": INVALID,
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "API_KEY_INVALID",
                "domain": "googleapis.com",
                "metadata": {"service": "commentanalyzer.googleapis.com"},
            }
        ],
    }


def test_without_a_key_or_its_scope_nothing_is_scored(api: Api) -> None:
    """No key, and a key that may not ask for scores, are answered 403."""
    reader = api.with_key("news", [Scope.READ])

    assert error_of(api.client.post(ANALYZE, data="{}"))["status"] == "PERMISSION_DENIED"
    assert error_of(ask(reader))["status"] == "PERMISSION_DENIED"


@pytest.mark.parametrize(("method", "path"), [("GET", ANALYZE), ("POST", "/v1alpha1/comments:guess"), ("PUT", SUGGEST)])
def test_what_there_is_not_is_refused_in_googles_shape(api: Api, method: str, path: str) -> None:
    """An unknown method of the API is a JSON error too."""
    assert error_of(api.client.open(f"{path}?key={api.key}", method=method))["status"] == "NOT_FOUND"


def test_a_body_that_is_too_large_is_refused_in_googles_shape(api: Api, settings: Settings) -> None:
    """The bound is that of large bodies; what is below the bound for others is read."""
    small = with_settings(api, settings, max_batch_bytes=10_000)

    assert error_of(ask(small, b" " * 10_001))["code"] == 413


@pytest.mark.usefixtures("worker")
def test_a_context_of_a_megabyte_is_taken(api: Api) -> None:
    """A context is as long as an article may be; nothing reads it."""
    assert ask(api, {**BODY, "context": {"entries": [{"text": "x" * 1_000_000}]}}).status_code == 200


def test_the_discovery_document_leads_to_this_service(api: Api, settings: Settings) -> None:
    """Its addresses are those of the request, or the public one of the settings, and need no key."""
    path = "/$discovery/rest?version=v1alpha1"
    own = api.client.get(path, headers={"Host": "m.news.example"}).get_json()
    public = with_settings(api, settings, public_url="https://scores.example/x").client.get(path).get_json()

    assert (own["rootUrl"], own["baseUrl"], own["servicePath"]) == (*["http://m.news.example/"] * 2, "")
    assert (public["rootUrl"], public["mtlsRootUrl"], public["batchPath"]) == (
        *["https://scores.example/x/"] * 2, "batch"
    )  # fmt: skip
    methods = own["resources"]["comments"]["methods"]
    assert {name: (one["path"], one["httpMethod"]) for name, one in methods.items()} == {
        "analyze": ("v1alpha1/comments:analyze", "POST"),
        "suggestscore": ("v1alpha1/comments:suggestscore", "POST"),
    }
    assert {methods["analyze"]["request"]["$ref"], methods["suggestscore"]["response"]["$ref"]} <= set(own["schemas"])
    assert api.client.get(f"{path}&key={api.key}").status_code == 200
    assert api.client.get("/$discovery/rest?version=v2").status_code == 404


def test_over_the_quota_is_too_many_requests(api: Api, settings: Settings, worker: Answerer) -> None:
    """The answer is 429 with Google's ErrorInfo and says when to come again; bad requests cost nothing."""
    limited = with_settings(api, settings, perspective_per_minute=2)
    assert [ask(limited).status_code, ask(limited, {}).status_code, ask(limited).status_code] == [200, 400, 200]

    refused = ask(limited)

    error = error_of(refused)
    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert error["message"].startswith("Quota exceeded for quota metric 'Analysis requests (AnalyzeComment)' and limit")
    (info,) = error["details"]
    assert (info["reason"], info["domain"]) == ("RATE_LIMIT_EXCEEDED", "googleapis.com")
    assert info["metadata"] == {
        "quota_limit_value": "2",
        "quota_limit": "AnalyzeRequestsPerMinutePerProject",
        "consumer": "projects/news",
        "service": "commentanalyzer.googleapis.com",
        "quota_location": "global",
        "quota_metric": "CommentAnalyzerService/analyze_requests",
    }
    assert 0 < int(refused.headers["Retry-After"]) <= 30
    assert len(worker.texts) == 1


def test_late_is_unavailable_and_in_time(api: Api, settings: Settings) -> None:
    """Without a worker the answer comes at the deadline: 503 and `Retry-After`, so that a client need not hang."""
    queue = Queue(settings.redis)
    queue.redis.flushall()
    assert ask(api).status_code == 503  # nobody ever said what is served
    queue.beat("scorer", 60, {"models": list(CARDS)})
    quick = with_settings(api, settings, perspective_timeout_seconds=0.1)
    started = clock.monotonic()

    response = ask(quick)

    assert clock.monotonic() - started < 5
    assert error_of(response)["status"] == "UNAVAILABLE"
    assert int(response.headers["Retry-After"]) > 0


def test_nothing_of_a_comment_that_must_not_be_stored_is_left(
    api: Api, settings: Settings, worker: Answerer, capfd: pytest.CaptureFixture[str]
) -> None:
    """With `doNotStore` it is in no table, no log and no queue after the answer, and not even its scores are kept."""
    assert ask(api, {**BODY, "comment": {"text": "you canary"}, "doNotStore": True}).status_code == 200
    assert ask(api, {**SUGGESTION, "comment": {"text": "you canary"}}, SUGGEST).status_code == 200

    redis = Queue(settings.redis).redis
    names = list(redis.scan_iter("*"))
    assert not [name for name in names if name.startswith("moderation:score:")]
    assert "canary" not in str([names, [str(redis.dump(name)) for name in names]])
    assert b"canary" not in Path(settings.data / "moderation.db").read_bytes()
    said = capfd.readouterr()
    assert "canary" not in said.out + said.err
    assert worker.texts == ["you canary"]
