"""The package `openai`, pointed at the service by `base_url` alone."""

import asyncio
from collections.abc import Iterator

import pytest
from openai import AsyncOpenAI, AuthenticationError, BadRequestError, OpenAI, RateLimitError
from openai.types import (
    ModerationCreateResponse,
    ModerationImageURLInputParam,
    ModerationMultiModalInputParam,
    ModerationTextInputParam,
)

from tests.clients.calls import client_call
from tests.clients.conftest import PER_MINUTE
from tests.whole.service import Service

CLIENT = "openai"


@pytest.fixture
def client(service: Service, key: str) -> Iterator[OpenAI]:
    """Give a client that refuses answers which are not exactly of OpenAI's types."""
    with OpenAI(api_key=key, base_url=f"{service.url}/v1", _strict_response_validation=True) as made:
        yield made


def check(answer: ModerationCreateResponse, *flagged: bool) -> None:
    """See that the answer is of the package's types, and which texts it flags."""
    assert answer.id.startswith("modr-")
    assert [one.flagged for one in answer.results] == list(flagged)
    for one in answer.results:
        assert any(one.categories.model_dump(by_alias=True).values()) is one.flagged
        assert one.category_scores.harassment_threatening <= 1
        assert one.category_applied_input_types.illicit == []


@client_call(CLIENT, "moderations.create(input=text)")
def test_a_text_is_moderated(client: OpenAI) -> None:
    """The answer passes the package's strict validation, and a rude text is flagged."""
    check(client.moderations.create(input="You are a stupid idiot."), True)
    check(client.moderations.create(input="Thank you for the recipe!", model="omni-moderation-latest"), False)


@client_call(CLIENT, "moderations.create(input=[text, …])")
def test_a_list_is_moderated(client: OpenAI) -> None:
    """Each text has its result, in order."""
    texts = ["Thank you for the recipe!", "You are a stupid idiot.", *(f"Lovely photo number {n}" for n in range(98))]

    check(client.moderations.create(input=texts, model="text-moderation-stable"), False, True, *[False] * 98)


@client_call(CLIENT, "moderations.create(input=[part, …])")
def test_a_message_is_moderated(client: OpenAI) -> None:
    """The text parts of a message have one result; an image is refused."""
    text: ModerationTextInputParam = {"type": "text", "text": "You are a stupid idiot."}
    image: ModerationImageURLInputParam = {"type": "image_url", "image_url": {"url": "https://news.example/a.png"}}
    message: list[ModerationMultiModalInputParam] = [text, image]
    check(client.moderations.create(input=[text]), True)
    with pytest.raises(BadRequestError) as refused:
        client.moderations.create(input=message)
    assert refused.value.code == "image_input_not_supported"
    assert refused.value.param == "input"


@client_call(CLIENT, "with_raw_response, with_streaming_response")
def test_raw_and_streamed_answers_are_parsed(client: OpenAI) -> None:
    """The calls of the package's own tests, with any string as the model."""
    raw = client.moderations.with_raw_response.create(input="string", model="string")
    assert raw.parse().model == "string"
    with client.moderations.with_streaming_response.create(input="string") as streamed:
        assert streamed.http_response.request.headers.get("X-Stainless-Lang") == "python"
        assert len(streamed.parse().results) == 1


@client_call(CLIENT, "AsyncOpenAI")
def test_the_asynchronous_client_works(service: Service, key: str) -> None:
    """Several calls at once have their own answers; a base address without `/v1` does too."""

    async def ask() -> list[ModerationCreateResponse]:
        async with AsyncOpenAI(api_key=key, base_url=service.url, _strict_response_validation=True) as client:
            texts = ["You are a stupid idiot.", "Thank you for the recipe!"]
            return await asyncio.gather(*(client.moderations.create(input=text) for text in texts))

    rude, friendly = asyncio.run(ask())
    check(rude, True)
    check(friendly, False)


@client_call(CLIENT, "models.list")
def test_models_are_listed(client: OpenAI) -> None:
    """The names of OpenAI's moderation models are there."""
    assert "omni-moderation-latest" in {one.id for one in client.models.list()}


@client_call(CLIENT, "a wrong key")
def test_a_wrong_key_raises(service: Service) -> None:
    """The package raises AuthenticationError with OpenAI's code."""
    with (
        OpenAI(api_key="sk-wrong", base_url=f"{service.url}/v1") as client,
        pytest.raises(AuthenticationError) as refused,
    ):
        client.moderations.create(input="Hello")

    assert refused.value.code == "invalid_api_key"


@client_call(CLIENT, "over the quota")
def test_the_packages_retries_succeed(service: Service) -> None:
    """Without retries RateLimitError is raised; with the package's own two, which wait as told, there is an answer."""
    with OpenAI(api_key=service.add_site("many"), base_url=f"{service.url}/v1") as client:

        def spend_all() -> None:
            for _ in range(2 * PER_MINUTE // 200):
                client.with_options(max_retries=0).moderations.create(input=["Thank you"] * 200)
            for _ in range(PER_MINUTE):
                client.with_options(max_retries=0).moderations.create(input="Thank you")

        with pytest.raises(RateLimitError) as refused:
            spend_all()

        assert refused.value.code == "rate_limit_exceeded"
        check(client.moderations.create(input="Thank you"), False)
