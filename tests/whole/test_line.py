"""The whole line, on the parts that `moderation up` brings along and on a PostgreSQL and a Redis of one's own."""

from collections.abc import Iterator
from contextlib import ExitStack
from statistics import mean

import httpx
import pytest

from tests.whole.journey import COMMENTS, DECIDED, Journey, body, recount, travel
from tests.whole.receiver import listening
from tests.whole.service import running, wait_until

pytestmark = pytest.mark.timeout(180)


def external(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the settings for the PostgreSQL and the Valkey that all tests share, with a Redis database of its own."""
    redis: str = request.getfixturevalue("redis_url")
    return {
        "MODERATION_DATABASE_URL": request.getfixturevalue("postgres_url"),
        "MODERATION_REDIS_URL": redis.rpartition("/")[0] + "/7",
    }


@pytest.fixture(scope="module", params=["embedded", "external"])
def line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    """Give the journey of all comments, once with embedded parts and once with external ones."""
    with ExitStack() as stack:
        settings = external(request) if request.param == "external" else {}
        service = stack.enter_context(running(tmp_path_factory.mktemp("line") / "data", settings))
        receiver = stack.enter_context(listening())
        yield travel(service, stack.enter_context(service.client()), receiver)


def newest(line: Journey) -> str:
    """Return the id of the comment that was posted last."""
    comments: list[dict[str, str]] = line.api.get("/v1/comments", params={"limit": "1"}).json()["comments"]
    return comments[0]["id"]


def test_every_comment_is_stored_and_answered_at_once(line: Journey) -> None:
    """Each post is answered with the comment: pending as 202, or decided as 201."""
    for status, comment in line.answers:
        expected = httpx.codes.ACCEPTED if comment["status"] == "pending" else httpx.codes.CREATED

        assert expected == status
        assert comment["revision"] == 1
        assert comment["length"]["unit"] == "graphemes"
        assert 0 < comment["length"]["count"] <= comment["length"]["limit"] == 300

    assert len(line.kinds) == len(COMMENTS)


def test_every_comment_is_decided_by_the_policy_with_scores(line: Journey) -> None:
    """The first decision is the policy's, names its version, and stands beside the scores and their models."""
    for comment in line.first.values():
        assert comment["status"] in {"approved", "held", "rejected"}
        assert comment["decision"]["by"] == "policy"
        assert comment["decision"]["policy_version"] >= 1
        assert set(comment["models"]) >= {"toxicity", "spam"}
        if comment["status"] != "approved":
            assert all(reason["code"] and reason["detail"] for reason in comment["decision"]["reasons"])
            assert comment["decision"]["reasons"]


def test_toxic_comments_score_higher_than_others(line: Journey) -> None:
    """The scores are real: what people called toxic scores far above ordinary talk, and more of it is held."""

    def toxicity(kind: str) -> list[float]:
        comments = (comment for id_, comment in line.first.items() if line.kinds[id_] == kind)
        return [score for comment in comments if (score := comment["scores"]["toxicity"]) is not None]

    def held(kind: str) -> float:
        return mean(float(line.first[id_]["status"] == "held") for id_, of in line.kinds.items() if of == kind)

    assert len(toxicity("talk")) > 100
    assert mean(toxicity("toxic")) > mean(toxicity("talk")) + 0.3
    assert held("toxic") > held("talk") + 0.2


def test_every_callback_is_signed_and_sent_without_text(line: Journey) -> None:
    """No callback failed to verify, and none carries text or author, which the endpoint did not ask for."""
    assert line.receiver.refused == []
    for event in line.receiver.events:
        assert event["data"].get("text") is None
        assert event["data"].get("author") is None


def test_callbacks_tell_each_decision_in_order(line: Journey) -> None:
    """A comment's events count up without a gap, and the last says what the API says."""
    for id_ in line.kinds:
        events = [event for event in line.receiver.events if event["data"]["id"] == id_ and event["type"] in DECIDED]
        latest = {event["data"]["sequence"]: event for event in events}

        assert sorted(latest) == list(range(min(latest), min(latest) + len(latest)))
        assert latest[min(latest)]["data"]["previous_status"] == "pending"
        assert latest[max(latest)]["type"] == f"comment.{line.by_hand.get(id_, line.first[id_]['status'])}"


def test_what_was_held_is_decided_by_the_site(line: Journey) -> None:
    """A decision through the API gives the comment its status and says that the API made it."""
    assert line.by_hand
    for id_, status in line.by_hand.items():
        comment = line.api.get(f"/v1/comments/{id_}").json()

        assert status == comment["status"]
        assert comment["decision"]["by"] == "api"
        assert comment["revision"] == 1


@pytest.mark.parametrize("wrong", [{"expected_status": "held"}, {"expected_revision": 7}])
def test_a_decision_on_an_old_page_is_refused(line: Journey, wrong: dict[str, object]) -> None:
    """Who decides a comment that has changed since gets 409 `stale`, and nothing changes."""
    id_ = next(iter(line.by_hand))
    before = line.api.get(f"/v1/comments/{id_}").json()

    answer = line.api.post(f"/v1/comments/{id_}/decision", json={"action": "reject", **wrong})

    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert before == line.api.get(f"/v1/comments/{id_}").json()


def test_counts_of_a_thread_equal_a_recount_of_its_list(line: Journey) -> None:
    """For each thread, the counts kept beside it are what one finds by going through its comments."""
    threads = sorted({comment["thread"] for comment in COMMENTS})
    many = line.api.post("/v1/threads/counts", json={"ids": threads}).json()["counts"]
    for thread in threads:
        counts = line.api.get(f"/v1/threads/{thread}").json()["counts"]

        assert recount(line.api, thread) == counts
        assert counts == many[thread]


def test_posting_again_with_the_same_key_counts_once(line: Journey) -> None:
    """The same Idempotency-Key and body give the first answer again, and the thread counts one comment."""
    comment = {"text": "Is the road to the harbour open again?", "thread": {"id": "again"}, "author": {"id": "u-again"}}
    headers = {"Idempotency-Key": "again-1"}
    first, second = (line.api.post("/v1/comments", json=comment, headers=headers) for _ in range(2))
    other = line.api.post("/v1/comments", json={**comment, "text": "Another one."}, headers=headers)

    assert first.status_code == second.status_code
    assert first.json() == second.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_reused")
    assert sum(recount(line.api, "again").values()) == 1
    assert sum(line.api.get("/v1/threads/again").json()["counts"].values()) == 1


def test_posting_again_with_the_same_external_id_counts_once(line: Journey) -> None:
    """A retry that the site knows by its own id is not stored a second time."""
    comment = body(9000, {**COMMENTS[0], "text": "A retry without a key, for once.", "thread": "retry"})
    answers = [line.api.post("/v1/comments", json=comment) for _ in range(2)]

    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert sum(recount(line.api, "retry").values()) == 1


def test_who_prefers_to_wait_gets_the_decision(line: Journey) -> None:
    """With `Prefer: wait` a post is answered with 201 and the decision."""
    comment = {"text": "The new library opens on Monday, at ten.", "thread": {"id": "wait"}, "author": {"id": "u-wait"}}

    answer = line.api.post("/v1/comments", json=comment, headers={"Prefer": "wait=20"})

    assert answer.status_code == httpx.codes.CREATED, answer.text
    assert answer.json()["decision"]["action"] == "approve"
    assert answer.headers["Preference-Applied"].startswith("wait")


def test_a_batch_is_answered_row_by_row(line: Journey) -> None:
    """In a batch each comment has its own answer, in order, and one that is refused stops no other."""
    rows = [
        {"text": text, "thread": {"id": "batch"}, "author": {"id": "u-batch"}}
        for text in ("What a match yesterday evening!", " ", "x" * 301, "I left before the end, sadly.")
    ]

    answer = line.api.post("/v1/comments/batch", json={"comments": rows})

    assert answer.status_code == httpx.codes.MULTI_STATUS
    results = answer.json()["results"]
    assert [(result["status_code"], result.get("code")) for result in results] == [
        (202, None), (422, "empty"), (422, "too_long"), (202, None),
    ]  # fmt: skip
    assert sum(recount(line.api, "batch").values()) == 2


def test_an_edit_is_checked_and_scored_again(line: Journey) -> None:
    """A new text is a new revision that the policy decides afresh."""
    comment = {"text": "The ferry leaves at eight.", "thread": {"id": "edit"}, "author": {"id": "u-edit"}}
    id_ = line.api.post("/v1/comments", json=comment, headers={"Prefer": "wait=20"}).json()["id"]

    edited = line.api.patch(f"/v1/comments/{id_}", json={"text": "The ferry leaves at nine, not at eight."})

    assert edited.json()["revision"] == 2
    decided = wait_until(
        lambda: (now := line.api.get(f"/v1/comments/{id_}").json())["status"] != "pending" and now,
        seconds=20, what="the edited comment to be decided",
    )  # fmt: skip
    assert (decided["revision"], decided["status"]) == (2, "approved")
    assert recount(line.api, "edit") == line.api.get("/v1/threads/edit").json()["counts"]


def test_an_erased_comment_is_gone_and_told(line: Journey) -> None:
    """Erasing takes text and author away, is told by a callback, and leaves the counts equal to a recount."""
    comment = {"text": "Please forget this one.", "thread": {"id": "erase"}, "author": {"id": "u-erase"}}
    id_ = line.api.post("/v1/comments", json=comment, headers={"Prefer": "wait=20"}).json()["id"]

    erased = line.api.delete(f"/v1/comments/{id_}")

    assert erased.status_code == httpx.codes.OK
    assert erased.json()["erased_at"]
    assert "forget" not in line.api.get(f"/v1/comments/{id_}").text
    line.receiver.wait_for(
        lambda events: any(event["type"] == "comment.erased" and event["data"]["id"] == id_ for event in events),
        seconds=20, what="the event of the erasure",
    )  # fmt: skip
    assert recount(line.api, "erase") == line.api.get("/v1/threads/erase").json()["counts"]


def test_scores_alone_are_given_in_order_and_nothing_is_kept(line: Journey) -> None:
    """`/v1/score` scores texts without storing them; a text that says nothing to the model gives null."""
    before = newest(line)

    answer = line.api.post("/v1/score", json={"texts": ["You are a stupid idiot.", "Thank you for the recipe!"]})

    rude, kind = answer.json()["results"]
    assert rude["scores"]["toxicity"] > 0.7
    assert kind["scores"]["toxicity"] < 0.3
    assert set(answer.json()["models"]) >= {"toxicity"}
    assert before == newest(line)


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/openapi.json", "/docs"])
def test_health_and_documentation_need_no_key(line: Journey, path: str) -> None:
    """Health and documentation are answered to everyone."""
    assert httpx.get(line.service.url + path, trust_env=False).status_code == httpx.codes.OK
