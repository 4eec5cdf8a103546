"""Input that broke something once, on SQLite and on PostgreSQL: it is refused or answered, and nothing breaks."""

from collections.abc import Iterator

import pytest

from moderation import clock
from moderation.app import create_app
from moderation.model import Scope
from moderation.policy_document import Policy
from moderation.settings import Settings
from moderation.storage import sites
from moderation.storage.database import Database
from moderation.web import EXTENSION
from tests.dialects.conftest import Api
from tests.proofs import Line, proves


@pytest.fixture
def anywhere(database: Database, settings: Settings) -> Iterator[Api]:
    """Give the app with a key of the site `news`, in turn on SQLite and on PostgreSQL."""
    url = database.engine.url.render_as_string(hide_password=False)
    with database.write() as connection:
        sites.add_site(connection, "news", "news", Policy(), clock.now())
    app = create_app(settings.model_copy(update={"database_url": url}))
    yield Api(app.test_client(), "", database).with_key("news", list(Scope))
    app.extensions[EXTENSION].parts.database.close()


@proves(Line.INPUT)
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00%2B14:00", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("name", ["before", "after"])
@pytest.mark.parametrize("path", ["/v1/comments", "/v1/audit", "/v1/deliveries"])
def test_any_moment_is_a_moment(anywhere: Api, path: str, name: str, moment: str) -> None:
    """Lists can be asked for what was before 1970, where ids cannot be, and after the end of all calendars."""
    assert anywhere.call("GET", f"{path}?{name}={moment}").status_code == 200


@proves(Line.INPUT)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/threads/%00"),
        ("DELETE", "/v1/authors/a%00b"),
        ("DELETE", "/v1/endpoints/%00"),
        ("POST", "/1.1/%00"),
        ("GET", "/desk/comments/%00"),
    ],
)
def test_nothing_has_a_name_with_nul(anywhere: Api, method: str, path: str) -> None:
    """U+0000 in a path, which PostgreSQL refuses, is the name of nothing."""
    assert anywhere.call(method, path).status_code == 404


@proves(Line.INPUT)
@pytest.mark.parametrize("name", ["endpoint", "comment"])
def test_nul_in_a_filter_is_refused(anywhere: Api, name: str) -> None:
    """A filter of deliveries with U+0000 is refused in words, in a query and in a body."""
    for answer in (
        anywhere.call("GET", f"/v1/deliveries?{name}=%00"),
        anywhere.call("POST", "/v1/deliveries/replay", json={name: "\0"}),
    ):
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["field"] == name


@proves(Line.INPUT)
def test_an_author_whose_id_has_a_line_end_can_be_erased(anywhere: Api) -> None:
    """An id that may be stored can be asked for, and a thread's too."""
    posted = anywhere.post(thread="a\nb", author={"id": "kim\nlee"})

    assert posted.status_code == 202
    assert anywhere.call("GET", "/v1/threads/a%0Ab").get_json()["id"] == "a\nb"
    assert anywhere.call("DELETE", "/v1/authors/kim%0Alee").get_json()["erased"] == 1


@proves(Line.INPUT)
def test_whole_numbers_may_have_a_point(api: Api) -> None:
    """JSON does not tell 3.0 from 3, and some languages write the one for the other; 3.5 and "3" are refused."""
    body = {"text": "Hello", "thread": {"id": "t"}, "signals": {"filled_in_ms": 5200.0}}

    assert api.call("POST", "/v1/comments", json=body).status_code == 202
    assert api.call("POST", "/v1/comments/batch", json={"comments": [body]}).get_json()["results"][0]["id"]
    for wrong in (5200.5, "5200", 1e300, True):
        answer = api.call("POST", "/v1/comments", json={**body, "signals": {"filled_in_ms": wrong}})
        assert answer.status_code == 422
    answer = api.call("POST", "/v1/comments", json={**body, "metadata": {"key": "\0"}})
    assert [one["field"] for one in answer.get_json()["errors"]] == ["metadata"]


@proves(Line.INPUT)
@pytest.mark.parametrize("tag", ["1" * 5000, "1" * 19, "٣", "x", "-1", ""])
def test_a_tag_that_no_policy_had_is_refused(api: Api, tag: str) -> None:
    """Too many digits for a number are no number, and an empty tag guards against nothing."""
    answer = api.call("PUT", "/v1/policy", json={}, headers={"If-Match": tag.encode().decode("latin1")})

    assert answer.status_code == 400


@proves(Line.INPUT)
def test_a_refused_address_is_not_repeated(api: Api) -> None:
    """What stood in the place of an address may be anything of a person."""
    answer = api.post(author={"ip": "canary"})

    assert answer.status_code == 422
    assert b"canary" not in answer.data


@proves(Line.INPUT)
@pytest.mark.parametrize("moment", [5, "5", -1.5, True, "2026-01-01"])
def test_a_number_is_no_moment(api: Api, moment: object) -> None:
    """Moments are written out: nobody guesses whether a number means seconds or milliseconds, or where midnight is."""
    assert api.call("POST", "/v1/deliveries/replay", json={"after": moment}).status_code == 422
    for path in ("/v1/comments", "/v1/audit", "/v1/deliveries"):
        assert api.call("GET", path, query_string={"before": moment}).status_code == 422
