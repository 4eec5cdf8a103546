"""npm `googleapis-common`: all that `google.discoverAPI` of npm `googleapis` does is in it, at a tenth of the size."""

from typing import Any

from tests.clients.calls import client_call
from tests.clients.programs import run_node
from tests.whole.service import Service

CLIENT = "npm googleapis-common"
START = """
import {Discovery} from "googleapis-common";
const google = {_options: {}};
const discoverAPI = async (url) => (await new Discovery({}).discoverAPI(url))({}, google);
const client = await discoverAPI(`${process.env.API}/$discovery/rest?version=v1alpha1`);
const key = process.env.KEY;
const told = ({status, response}) => ({status, ...response.data.error});
"""


def ask(service: Service, script: str) -> Any:
    """Return what a program prints that has discovered the service with the package."""
    return run_node(START + script, {"API": service.url, "KEY": str(service.key)})


@client_call(CLIENT, "Discovery.discoverAPI, comments.analyze")
def test_comments_are_scored(service: Service) -> None:
    """A rude comment has a high score and a friendly one a low score, each sentence with its span in UTF-16."""
    rude, friendly = ask(
        service,
        """
        const ask = async (text) => {
          const resource = {comment: {text}, requestedAttributes: {TOXICITY: {}}, spanAnnotations: true};
          return (await client.comments.analyze({key, resource})).data.attributeScores.TOXICITY;
        };
        print([await ask("👋 Hello! What a stupid idiot you are."), await ask("Thank you for the recipe!")]);
        """,
    )

    assert rude["summaryScore"]["value"] > 0.7
    assert friendly["summaryScore"]["value"] < 0.2
    assert [(span["begin"], span["end"]) for span in rude["spanScores"]] == [(0, 9), (10, 38)]


@client_call(CLIENT, "comments.suggestscore")
def test_a_suggestion_is_taken(service: Service) -> None:
    """The answer repeats the token."""
    answer = ask(
        service,
        """
        const attributeScores = {TOXICITY: {summaryScore: {value: 1}}};
        const resource = {comment: {text: "You idiot."}, attributeScores, clientToken: "c", languages: ["en"]};
        print((await client.comments.suggestscore({key, resource})).data);
        """,
    )

    assert answer["clientToken"] == "c"


@client_call(CLIENT, "a wrong key, an empty comment")
def test_errors_are_what_the_library_reads(service: Service) -> None:
    """The library throws, with the status, the message and the details that Perspective sent."""
    wrong, empty = ask(
        service,
        """
        const resource = (text) => ({comment: {text}, requestedAttributes: {TOXICITY: {}}});
        print([
          await client.comments.analyze({key: "AIzaSyWrong", resource: resource("Hello")}).catch(told),
          await client.comments.analyze({key, resource: resource(" ")}).catch(told),
        ]);
        """,
    )

    assert (wrong["code"], wrong["message"]) == (400, "API key not valid. Please pass a valid API key.")
    assert (empty["code"], empty["message"]) == (400, "Comment must be non-empty.")
    assert empty["details"][0]["errorType"] == "COMMENT_EMPTY"
