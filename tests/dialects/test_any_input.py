"""Whatever is sent to the other APIs is answered: no failure of the service, and in linear time."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as bounds
from hypothesis import strategies as st

from moderation.dialects import akismet_requests, perspective_batch
from moderation.dialects.perspective_errors import PerspectiveError
from moderation.rules.links import find_links
from moderation.settings import Settings
from moderation.text import normalise
from moderation.web import EXTENSION
from tests.build import add_akismet_key
from tests.dialects.conftest import Api
from tests.dialects.test_coral import SECRET, add_secret, ask, put
from tests.dialects.test_perspective import with_settings
from tests.proofs import Line, proves
from tests.timing import assert_linear

LONG = 64_000
EACH = 60
PIECES = {
    "marks": "\u0301",
    "one letter": "a",
    "dots": ".",
    "spaces": " ",
    "zero-width": "\u200b",
    "bidi marks": "\u202e\u2066",
    "joined emoji": "\U0001f468\u200d",
    "brackets": "[(",
    "digits": "7",
    "beginnings": "http://",
    "hosts": "a.",
    "at": "a@",
    "look-alikes": "а.\u3002",
    "percent": "%41",
    "fields": "&a[]=b",
}
ODD = st.sampled_from(["\0", "\ud800", "\ufeff", "\u202e", "http://", "a.b", "10" * 30, "--b", "1e999", "%00", "<b>"])
TEXTS = st.lists(st.one_of(ODD, st.text(max_size=6)), max_size=6).map("".join)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.integers(10**18, 10**400), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=5,
)
"""Any JSON, also such as Python writes and JSON has not: NaN, Infinity, half a surrogate pair."""
BODIES: dict[str, dict[str, Any]] = {
    "/v1alpha1/comments:analyze": {"comment": {"text": "t"}, "requestedAttributes": {"TOXICITY": {}}, "languages": []},
    "/v1alpha1/comments:suggestscore": {"comment": {"text": "t"}, "attributeScores": {}, "communityId": "c"},
    "/v1/moderations": {"input": "t", "model": "omni-moderation-latest"},
    "/api/v1/classify": {"content": "t", "model": "unbiased"},
    "/api/score-comment": {"sync": True, "comment": {"plainText": "t", "commentId": 1}},
    "/model/predict": {"text": ["t"]},
    "/1.1/comment-check": {"comment_content": "t", "user_ip": "203.0.113.9", "comment_date_gmt": "x", "blog": "b"},
    "/1.1/submit-spam": {"comment_content": "t", "user_ip": "203.0.113.9", "blog": "b"},
    "/coral/news": {"action": "NEW", "comment": {"body": "t"}, "author": {"id": "u"}, "story": {"id": "s"}},
}
FORM = "application/x-www-form-urlencoded"
TYPES = st.sampled_from(["application/json", FORM, "text/plain", "multipart/form-data", ""])
CHARSETS = st.sampled_from(["utf-8", "utf-16", "latin-1", "nonsense", "\0", "idna"])
QUIET = bounds(deadline=None, database=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def everything(api: Api, settings: Settings) -> Api:
    """Give the API of a site that every dialect knows."""
    put(api)
    add_secret(api, settings, SECRET)
    return with_settings(api, settings, max_site="news")


def send(api: Api, key: str, path: str, body: bytes, kind: str) -> int:
    """Send a body to a dialect, with what it wants for a key; return the status."""
    if path.startswith("/coral"):
        return ask(api, body).status_code
    headers = {"Authorization": api.key if "score-comment" in path else f"Bearer {api.key}", "X-API-KEY": api.key}
    query = f"?api_key={key}" if path.startswith("/1.1") else f"?key={api.key}"
    return api.client.post(path + query, data=body, headers=headers, content_type=kind).status_code


def _with(value: object, name: str, more: object) -> object:
    return {**value, name: more} if isinstance(value, dict) else [value, more]


@proves(Line.INPUT, lambda _: f"{EACH} bodies")
@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("path", BODIES)
def test_any_body_is_answered(everything: Api, path: str) -> None:
    """Other values in the place of one, and bytes that are no JSON, are taken or refused, and nothing fails."""
    service = everything.client.application.extensions[EXTENSION]
    key = add_akismet_key(everything.database, service.parts.hasher)
    names, whole = st.sampled_from(sorted(BODIES[path])), BODIES[path]
    changed = st.builds(lambda name, value: {**whole, name: value}, names, VALUES)
    added = st.builds(lambda name, more, value: {**whole, name: _with(whole[name], more, value)}, names, TEXTS, VALUES)
    written = st.one_of(changed, added, VALUES).map(lambda value: json.dumps(value).encode())

    @seed(1)
    @bounds(QUIET, max_examples=EACH)
    @given(st.one_of(written, st.binary(max_size=60)), TYPES)
    def check(body: bytes, kind: str) -> None:
        assert send(everything, key, path, body, kind if body[:1] != b"{" else "application/json") < 500

    check()


@proves(Line.INPUT)
@bounds(QUIET, max_examples=300)
@given(TEXTS, st.binary(max_size=80), TYPES, CHARSETS)
def test_any_form_and_any_batch_is_read_or_refused(text: str, body: bytes, kind: str, charset: str) -> None:
    """Akismet's reader and that of Google's batches raise only what they declare, with any charset and boundary."""
    sent, header = body + text.encode("utf-8", "replace"), text.encode("latin-1", "replace").decode("latin-1")
    with suppress(ValueError):
        akismet_requests.comment_of(akismet_requests.read({}, sent, f"{kind}; charset={charset}"))
    with suppress(PerspectiveError):
        perspective_batch.read(f"multipart/mixed; boundary={header}", b"--" + sent)
    find_links(normalise(text))


@proves(Line.INPUT)
@pytest.mark.parametrize("name", PIECES)
def test_links_are_found_in_linear_time(name: str) -> None:
    """64,000 characters of any kind take about four times what 16,000 take."""
    assert_linear(find_links, normalise, PIECES[name] * (LONG // len(PIECES[name])))


@proves(Line.INPUT)
@pytest.mark.parametrize("name", PIECES)
def test_forms_are_read_in_linear_time(name: str) -> None:
    """Whatever is repeated in a body, as a form and as JSON."""

    def read(body: bytes) -> None:
        with suppress(ValueError):  # too many fields
            akismet_requests.comment_of(akismet_requests.read({}, b"comment_content=" + body, FORM))
        quoted = b'{"comment_content": "' + body + b'"}'
        akismet_requests.comment_of(akismet_requests.read({}, quoted, "application/json"))

    assert_linear(read, str.encode, PIECES[name] * (LONG // len(PIECES[name])))
