"""PyPI `perspectiveapi`, whose address is fixed; it is installed apart, since its module is `perspective`, too."""

from typing import Any

from tests.clients.calls import client_call
from tests.clients.programs import MISSING, PIP, run_python
from tests.whole.service import Service

CLIENT = "perspectiveapi"


def ask(vendor: Service, trust: dict[str, str], script: str, key: str | None = None) -> Any:
    """Return what a program prints that uses the client with `key`, or the key that the service printed."""
    assert (PIP / "perspective").is_dir(), MISSING
    return run_python(script, {**trust, "KEY": key or str(vendor.key), "PYTHONPATH": str(PIP)})


@client_call(CLIENT, "Perspective.score, blocking")
def test_a_comment_is_scored(vendor: Service, trust: dict[str, str]) -> None:
    """A rude comment has a high score and a friendly one a low score; what no model tells is None."""
    rude, friendly, unknown = ask(
        vendor,
        trust,
        """
import json
from perspective.blocking import Attribute, Perspective

client = Perspective(key=os.environ["KEY"])
rude = client.score("What a stupid idiot you are!", attributes=[Attribute.TOXICITY, Attribute.FLIRTATION])
friendly = client.score("Thank you for the recipe!")
print(json.dumps([rude.toxicity, friendly.toxicity, rude.flirtation]))
""",
    )

    assert rude > 0.7
    assert friendly < 0.2
    assert unknown is None


@client_call(CLIENT, "Perspective.score, async")
def test_the_asynchronous_client_works(vendor: Service, trust: dict[str, str]) -> None:
    """Several calls at once have their own answers."""
    rude, friendly = ask(
        vendor,
        trust,
        """
import asyncio, json
from perspective import Perspective

async def ask(*texts):
    client = Perspective(key=os.environ["KEY"])
    return [score.toxicity for score in await asyncio.gather(*map(client.score, texts))]

print(json.dumps(asyncio.run(ask("What a stupid idiot you are!", "Thank you for the recipe!"))))
""",
    )

    assert rude > 0.7
    assert friendly < 0.2


@client_call(CLIENT, "a wrong key, an empty comment")
def test_an_error_is_never_a_score(vendor: Service, trust: dict[str, str]) -> None:
    """The package reads no errors: it raises KeyError, as it did with Perspective, and gives no score."""
    program = """
import json
from perspective.blocking import Perspective

try:
    print(json.dumps(Perspective(key=os.environ["KEY"]).score(TEXT).toxicity))
except KeyError as error:
    print(json.dumps(["KeyError", *error.args]))
"""

    assert ask(vendor, trust, program.replace("TEXT", "'Hello'"), "AIzaSyWrong") == ["KeyError", "attributeScores"]
    assert ask(vendor, trust, program.replace("TEXT", "' '")) == ["KeyError", "attributeScores"]
