"""npm `openai`, pointed at the service by the two variables that it reads."""

from typing import Any

from tests.clients.calls import client_call
from tests.clients.programs import run_node
from tests.whole.service import Service

CLIENT = "npm openai"
START = """
import OpenAI from "openai";
const client = new OpenAI();
"""


def ask(service: Service, script: str, key: str | None = None) -> Any:
    """Return what a program prints that uses the client with `key`, or the key that the service printed."""
    return run_node(START + script, {"OPENAI_BASE_URL": f"{service.url}/v1", "OPENAI_API_KEY": key or str(service.key)})


@client_call(CLIENT, "moderations.create({input: text})")
def test_a_text_is_moderated(service: Service) -> None:
    """A rude text is flagged and a friendly one is not; each answer has all 13 categories in its three maps."""
    rude, friendly = ask(
        service,
        """
        const rude = await client.moderations.create({input: "You are a stupid idiot."});
        const friendly = await client.moderations.create({input: "Thank you!", model: "omni-moderation-latest"});
        print([rude, friendly].map((answer) => answer.results[0]));
        """,
    )

    assert (rude["flagged"], friendly["flagged"]) == (True, False)
    assert rude["categories"]["harassment"]
    maps = ("categories", "category_scores", "category_applied_input_types")
    assert [len(result[name]) for result in (rude, friendly) for name in maps] == [13] * 6


@client_call(CLIENT, "moderations.create({input: [text, …]}), [part, …]")
def test_lists_and_messages_are_moderated(service: Service) -> None:
    """Each text of a list has its result, in order; the text parts of a message have one; an image is refused."""
    flagged, message, refused = ask(
        service,
        """
        const ask = async (input) => (await client.moderations.create({input})).results.map((one) => one.flagged);
        const text = {type: "text", text: "You are a stupid idiot."};
        const image = {type: "image_url", image_url: {url: "https://news.example/a.png"}};
        const refused = await ask([text, image]).catch((error) => [error.constructor.name, error.code, error.param]);
        print([await ask(["Thank you!", "You are a stupid idiot."]), await ask([text]), refused]);
        """,
    )

    assert (flagged, message) == ([False, True], [True])
    assert refused == ["BadRequestError", "image_input_not_supported", "input"]


@client_call(CLIENT, "models.list")
def test_models_are_listed(service: Service) -> None:
    """The names of OpenAI's moderation models are there."""
    names = ask(service, "print((await client.models.list()).data.map((one) => one.id));")

    assert "omni-moderation-latest" in names


@client_call(CLIENT, "a wrong key, an empty list")
def test_errors_are_of_the_packages_classes(service: Service) -> None:
    """The package throws the class of its own that fits, with OpenAI's code."""
    fails = """
        const told = (error) => [error.constructor.name, error.status, error.code, error.param];
        print(await client.moderations.create({input: INPUT}).catch(told));
        """

    wrong = ask(service, fails.replace("INPUT", "'Hello'"), "sk-wrong")
    assert wrong == ["AuthenticationError", 401, "invalid_api_key", None]
    assert ask(service, fails.replace("INPUT", "[]"))[::3] == ["BadRequestError", "input"]
