import json
import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from moderation import clock, signing
from moderation.errors import BlockedTargetError
from tests.workers.endpoint import LOCAL, Behaviour, Endpoint, hang, says, serving
from workers.safe_http import Answer, DeliveryError
from workers.webhooks import DELAYS, Attempt, Delivery, Outcome, next_try, outcome, send, sign

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = signing.new_secret("hmac")
BODY = json.dumps({"type": "comment.held", "data": {"id": "1", "note": "héllo – 日本"}}, ensure_ascii=False).encode()


def chance(seed: int = 1) -> random.Random:
    """Return dice that always fall the same way."""
    return random.Random(seed)


def delivery(endpoint: Endpoint, *, attempts: int = 1, host: str = "127.0.0.1") -> Delivery:
    """Return a delivery to an endpoint of a test."""
    url = endpoint.url("/hook?token=tops3cret", host)
    return Delivery("d-1", "e-1", "p-1", "demo", url, (SECRET,), BODY, attempts)


def attempt(one: Delivery, *, now: datetime = NOON, timeout: float = 10, **options: Any) -> Attempt:
    """Try a delivery of a test."""
    settings = {"networks": LOCAL, "allow_http": True, "clock": clock.monotonic, **options}
    return send(one, now=now, rng=chance(), timeout=timeout, **settings)


def test_a_signature_is_one_that_the_standard_library_verifies() -> None:
    """The receiver's library accepts body and headers, and only as they were sent."""
    headers = sign([SECRET], "e-1", clock.now(), BODY)

    assert Webhook(SECRET).verify(BODY, headers) == json.loads(BODY)
    for wrong in ({"webhook-id": "e-2"}, {"webhook-timestamp": str(int(clock.now().timestamp()) - 9)}):
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(BODY, {**headers, **wrong})
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret("hmac")).verify(BODY, headers)


def test_a_signature_is_that_of_the_specification() -> None:
    """Secret, id, timestamp and body of the specification's example give its signature, in any time zone."""
    body = b'{"test": 2432232314}'
    for zone in (UTC, timezone(timedelta(hours=9))):
        now = datetime.fromtimestamp(1614265330, tz=zone)
        headers = sign(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", now, body)

        assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        assert headers["webhook-timestamp"] == "1614265330"
        assert headers["content-type"] == "application/json"


def test_ten_tries_take_three_days() -> None:
    """With its pauses a delivery is tried over 75 hours and 35 minutes, give or take a tenth, then given up."""
    for seed in range(50):
        rng, now, tries = chance(seed), NOON, 1
        while (then := next_try(tries, now, rng, None)) is not None:
            assert abs((then - now) / DELAYS[tries] - 1) <= 0.1 + 1e-9
            now, tries = then, tries + 1

        assert tries == 10
        assert timedelta(hours=68) < now - NOON < timedelta(hours=84)
    assert sum(DELAYS, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


def test_pauses_differ_from_one_delivery_to_the_next() -> None:
    """What failed together does not come back together."""
    rng = chance()

    assert len({next_try(2, NOON, rng, None) for _ in range(20)}) == 20


@pytest.mark.parametrize(
    ("attempts", "retry_after", "at_least"),
    [
        (1, 3600, timedelta(hours=1)),
        (1, 10**9, timedelta(hours=24)),
        (1, 0, timedelta(seconds=4.5)),
        (5, 60, timedelta(hours=4.5)),
    ],
)
def test_retry_after_makes_a_pause_longer(attempts: int, retry_after: int, at_least: timedelta) -> None:
    """An endpoint can ask for a longer pause, up to a day, and not for a shorter one."""
    then = next_try(attempts, NOON, chance(), retry_after)

    assert then is not None
    assert at_least <= then - NOON <= at_least * 1.25


def test_retry_after_gives_no_further_try() -> None:
    """After the tenth try it is over, whatever the endpoint asks for."""
    assert next_try(10, NOON, chance(), 60) is None
    assert next_try(11, NOON, chance(), None) is None


@pytest.mark.parametrize(
    ("result", "means"),
    [
        *[(Answer(status, 0.1, "", None), Outcome.DELIVERED) for status in (200, 201, 202, 204, 299)],
        *[(Answer(status, 0.1, "", None), Outcome.RETRY) for status in (103, 199, 300, 301, 302, 304, 307)],
        *[(Answer(status, 0.1, "", None), Outcome.RETRY) for status in (400, 401, 403, 404, 409, 429, 500, 503, 999)],
        (Answer(410, 0.1, "", None), Outcome.DISABLE),
        (DeliveryError("reset"), Outcome.RETRY),
        (BlockedTargetError("private"), Outcome.BLOCKED),
    ],
)
def test_only_2xx_is_success(result: Answer | DeliveryError | BlockedTargetError, means: Outcome) -> None:
    """2xx is success, 410 disables, a closed target is final, and all else is tried again."""
    assert outcome(result) is means


def test_a_delivery_arrives_signed() -> None:
    """The body arrives as it is, with the event's id and a signature that verifies."""
    with serving(says("HTTP/1.1 200 OK\n\nthanks")) as endpoint:
        done = attempt(delivery(endpoint), now=clock.now())

    (request,) = endpoint.requests
    assert Webhook(SECRET).verify(request.body, dict(request.headers.items())) == json.loads(BODY)
    assert (request.headers["webhook-id"], request.body) == ("e-1", BODY)
    assert request.headers["user-agent"].startswith("moderation/")
    assert (done.outcome, done.status, done.answer, done.error) == (Outcome.DELIVERED, 200, "thanks", None)
    assert (done.delivery_id, done.next_try) == ("d-1", None)
    assert 0 < done.seconds < 10


@pytest.mark.parametrize(
    ("answer", "means", "pause"),
    [
        ("HTTP/1.1 500 Oops\n\n", Outcome.RETRY, timedelta(minutes=5)),
        ("HTTP/1.1 302 Found\nLocation: /other\n\n", Outcome.RETRY, timedelta(minutes=5)),
        ("HTTP/1.1 429 Slow down\nRetry-After: 7200\n\n", Outcome.RETRY, timedelta(hours=2)),
        ("HTTP/1.1 410 Gone\n\n", Outcome.DISABLE, None),
    ],
)
def test_a_try_says_what_comes_next(answer: str, means: Outcome, pause: timedelta | None) -> None:
    """A failed second try is followed by a third in five minutes, or later if asked, unless nobody listens any more."""
    with serving(says(answer)) as endpoint:
        done = attempt(delivery(endpoint, attempts=2))

    assert done.outcome is means
    assert (done.next_try is None) == (pause is None)
    if done.next_try and pause:
        assert pause * 0.9 <= done.next_try - NOON <= pause * 1.11


@pytest.mark.parametrize("behaviour", [hang, lambda *_: None], ids=["hangs", "closes"])
def test_the_last_failed_try_ends_a_delivery(behaviour: Behaviour) -> None:
    """After the tenth try there is none, and the attempt tells the error without the URL's secrets."""
    with serving(behaviour) as endpoint:
        done = attempt(delivery(endpoint, attempts=10), timeout=0.2)

    assert (done.outcome, done.next_try, done.status, done.answer) == (Outcome.RETRY, None, None, None)
    assert done.error
    assert "tops3cret" not in repr(done)


def test_a_blocked_target_is_not_tried_again() -> None:
    """Where callbacks may not go, no request is made, and the attempt says why."""
    with serving(says("HTTP/1.1 200 OK\n\n")) as endpoint:
        done = attempt(delivery(endpoint), networks=())

    assert (done.outcome, done.next_try, endpoint.requests) == (Outcome.BLOCKED, None, [])
    assert done.error
    assert "not public" in done.error


def test_a_delivery_keeps_its_secrets_to_itself() -> None:
    """What is logged of a delivery shows neither URL nor secret nor text."""
    shown = repr(delivery(Endpoint(port=80)))

    assert not any(secret in shown for secret in ("tops3cret", SECRET, "héllo"))
