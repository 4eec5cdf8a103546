"""npm `perspective-api-client`, whose address is fixed: it believes that it talks to Google."""

from typing import Any

from tests.clients.calls import client_call
from tests.clients.programs import HOSTS, run_node
from tests.whole.service import Service

CLIENT = "npm perspective-api-client"
START = """
import Perspective from "perspective-api-client";
const client = new Perspective({apiKey: process.env.KEY});
const told = (error) => [error.name, error.message, error.response?.status];
"""


def ask(vendor: Service, trust: dict[str, str], script: str, key: str | None = None) -> Any:
    """Return what a program prints that uses the client with `key`, or the key that the service printed."""
    return run_node(START + script, {**trust, "KEY": key or str(vendor.key)}, "--require", HOSTS)


@client_call(CLIENT, "analyze(text)")
def test_a_comment_is_analysed(vendor: Service, trust: dict[str, str]) -> None:
    """A rude comment has a high score and a friendly one a low score."""
    rude, friendly = ask(
        vendor,
        trust,
        """
        const ask = async (text) => (await client.analyze(text)).attributeScores.TOXICITY.summaryScore.value;
        print([await ask("What a <b>stupid</b> idiot you are!"), await ask("Thank you for the recipe!")]);
        """,
    )

    assert rude > 0.7
    assert friendly < 0.2


@client_call(CLIENT, "analyze(text, options), analyze(request)")
def test_options_and_requests_are_taken(vendor: Service, trust: dict[str, str]) -> None:
    """Attributes in small letters, a text cut at 20,480, and a whole request with spans are answered."""
    scores, cut, spans = ask(
        vendor,
        trust,
        """
        const scores = (await client.analyze("fools!", {attributes: ["spam", "insult"]})).attributeScores;
        const cut = await client.analyze("The road is open again. ".repeat(1000), {truncate: true});
        const comment = {text: "Thank you! What a stupid idiot you are."};
        const request = {comment, requestedAttributes: {TOXICITY: {}}, spanAnnotations: true, clientToken: "t"};
        const {spanScores} = (await client.analyze(request)).attributeScores.TOXICITY;
        const spans = spanScores.map(({begin, end}) => [begin, end]);
        print([Object.keys(scores).sort(), Object.keys(cut.attributeScores), spans]);
        """,
    )

    assert (scores, cut) == (["INSULT", "SPAM"], ["TOXICITY"])
    assert spans == [[0, 10], [11, 39]]


@client_call(CLIENT, "a wrong key, an empty comment")
def test_errors_are_told(vendor: Service, trust: dict[str, str]) -> None:
    """The service's message becomes that of the package's ResponseError; what the package refuses, it refuses."""
    wrong = ask(vendor, trust, 'print(await client.analyze("Hello").catch(told));', "AIzaSyWrong")
    empty, unknown = ask(
        vendor,
        trust,
        """
        const unknown = await client.analyze("Hello", {attributes: ["nonsense"]}).catch(told);
        print([await client.analyze(" ", {validate: false}).catch(told), unknown]);
        """,
    )

    assert wrong == ["ResponseError", "API key not valid. Please pass a valid API key.", 400]
    assert empty == ["ResponseError", "Comment must be non-empty.", 400]
    assert unknown == ["ResponseError", "Unknown requested attribute: NONSENSE", 400]
