"""The package `akismet`, whose address is a constant: the tests replace it, and change nothing else.

The cases are those of the package's own end-to-end suite.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import akismet
import httpx
import pytest

from tests.clients.calls import client_call
from tests.clients.programs import MISSING, PIP, run_python
from tests.whole.service import Service

CLIENT = "akismet"
BLOG = "https://blog.example"
TEST: dict[str, Any] = {"user_ip": "127.0.0.1", "is_test": 1}
SPAM = "BUY CHEAP VIAGRA NOW!!! http://bit.ly/x http://pills.example http://more.example call +1 555 0100"


@pytest.fixture(autouse=True)
def _address(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the package ask the service."""
    monkeypatch.setattr("akismet._common._API_URL", service.url)
    monkeypatch.setattr("akismet._common._TIMEOUT", 20.0)  # a machine that is busy with other tests is slow


@pytest.fixture
def config(service: Service) -> akismet.Config:
    """Give the key that the service printed."""
    return akismet.Config(key=str(service.ready["akismet_key"]), url=BLOG)


@pytest.fixture
def client(config: akismet.Config) -> Iterator[akismet.SyncClient]:
    """Give a client whose key was verified."""
    with akismet.SyncClient(config=config) as made:
        yield made


@client_call(CLIENT, "validated_client, verify_key")
def test_a_key_is_verified(config: akismet.Config) -> None:
    """A good key makes a client, a wrong one raises APIKeyError; so does every other call with it."""
    with httpx.Client(timeout=20, headers={"User-Agent": akismet.USER_AGENT}) as http:
        assert akismet.SyncClient.validated_client(config, http).verify_key()
        wrong = akismet.Config(key="invalid", url=BLOG)
        with pytest.raises(akismet.APIKeyError):
            akismet.SyncClient.validated_client(wrong, http)
        unchecked = akismet.SyncClient(wrong, http)
        for call in (unchecked.comment_check, unchecked.submit_ham, unchecked.submit_spam):
            with pytest.raises(akismet.APIKeyError):
                call(**TEST)
        for figures in (unchecked.key_sites, unchecked.usage_limit):
            with pytest.raises(akismet.APIKeyError):
                figures()


@client_call(CLIENT, "comment_check, with Akismet's test values")
def test_test_values_have_their_answers(client: akismet.SyncClient) -> None:
    """The guaranteed author is SPAM, not DISCARD; an administrator is HAM."""
    spam = client.comment_check(**TEST, comment_author="akismet-guaranteed-spam")

    assert spam is akismet.CheckResponse.SPAM
    assert client.comment_check(**TEST, user_role="administrator") is akismet.CheckResponse.HAM


@client_call(CLIENT, "comment_check")
def test_comments_are_checked(client: akismet.SyncClient) -> None:
    """Spam is spam, and a friendly comment is not."""
    assert client.comment_check(**TEST, comment_content=SPAM) is not akismet.CheckResponse.HAM
    friendly = client.comment_check(**TEST, comment_content="Thank you, the second recipe worked very well for us.")
    assert friendly is akismet.CheckResponse.HAM


@client_call(CLIENT, "submit_ham, submit_spam")
def test_submissions_are_taken(client: akismet.SyncClient) -> None:
    """Both return True."""
    assert client.submit_ham(**TEST, comment_author="Kim")
    assert client.submit_spam(**TEST, comment_author="Kim")


@client_call(CLIENT, "key_sites, usage_limit")
def test_figures_are_told(client: akismet.SyncClient) -> None:
    """`usage_limit` has its four fields; `key_sites` sends no key, which Akismet itself refuses, too."""
    assert set(client.usage_limit()) == {"limit", "usage", "percentage", "throttled"}
    with pytest.raises(akismet.APIKeyError):
        client.key_sites()


@client_call(CLIENT, "AsyncClient")
def test_the_asynchronous_client_works(config: akismet.Config) -> None:
    """The same answers."""

    async def ask() -> list[Any]:
        async with akismet.AsyncClient(config=config) as client:
            return [
                await client.comment_check(**TEST, comment_author="akismet-guaranteed-spam"),
                await client.comment_check(**TEST, user_role="administrator"),
                await client.submit_ham(**TEST),
                await client.submit_spam(**TEST),
                (await client.usage_limit())["throttled"],
            ]

    assert asyncio.run(ask()) == [akismet.CheckResponse.SPAM, akismet.CheckResponse.HAM, True, True, False]


@client_call(CLIENT, "Akismet, the old class", apart=True)
def test_the_old_class_works(vendor: Service, trust: dict[str, str]) -> None:
    """At the vendor's own address: a good key makes a client, spam is True and a friendly comment False."""
    assert (PIP / "akismet").is_dir(), MISSING
    program = f"""
import json, warnings
warnings.simplefilter("ignore")  # it says that it is old
import akismet

client = akismet.Akismet(key=os.environ["KEY"], blog_url={BLOG!r})
asked = {{"user_ip": "203.0.113.7", "user_agent": "Mozilla", "is_test": 1}}
try:
    refused = akismet.Akismet(key="wrong", blog_url={BLOG!r})
except akismet.APIKeyError:
    refused = None
print(json.dumps([
    client.comment_check(**asked, comment_content={SPAM!r}),
    client.comment_check(**asked, comment_content="Thank you for the recipe, it worked."),
    client.submit_ham(**asked, comment_content="Thank you for the recipe, it worked."),
    client.submit_spam(**asked, comment_content={SPAM!r}),
    refused,
]))
"""
    variables = {**trust, "KEY": str(vendor.ready["akismet_key"]), "PYTHONPATH": str(PIP)}

    assert run_python(program, variables) == [True, False, True, True, None]
