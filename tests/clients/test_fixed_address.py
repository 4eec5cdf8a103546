"""Programs that go to their vendor's own address, as its documentation shows them: only the name leads elsewhere."""

import pytest

from tests.clients.calls import client_call
from tests.clients.programs import HOSTS, run_node, run_python
from tests.whole.service import Service

RUDE = "You are a stupid idiot."
SPAM = "BUY CHEAP VIAGRA NOW!!! http://bit.ly/x http://pills.example http://more.example call +1 555 0100"
AT_HOME = "at the vendor's own address"
DISCOVERY = "https://commentanalyzer.googleapis.com/$discovery/rest?version=v1alpha1"


@pytest.fixture
def variables(vendor: Service, trust: dict[str, str]) -> dict[str, str]:
    """Give the variables of every program: the keys, and the CA."""
    return {**trust, "KEY": str(vendor.key), "OPENAI_API_KEY": str(vendor.key), "AKISMET": vendor.ready["akismet_key"]}


@client_call("google-api-python-client", AT_HOME)
def test_googles_client(variables: dict[str, str]) -> None:
    """A rude comment has a high score: the discovery document leads to the same name."""
    program = f"""
import json
from googleapiclient import discovery
options = {{"discoveryServiceUrl": "{DISCOVERY}", "static_discovery": False}}
client = discovery.build("commentanalyzer", "v1alpha1", developerKey=os.environ["KEY"], **options)
body = {{"comment": {{"text": {RUDE!r}}}, "requestedAttributes": {{"TOXICITY": {{}}}}}}
print(json.dumps(client.comments().analyze(body=body).execute()["attributeScores"]["TOXICITY"]["summaryScore"]))
"""

    assert run_python(program, variables)["value"] > 0.7


@client_call("perspective", AT_HOME)
def test_perspective(variables: dict[str, str]) -> None:
    """A rude comment has a high score."""
    program = f"""
from perspective import PerspectiveAPI
print(PerspectiveAPI(os.environ["KEY"]).score({RUDE!r})["TOXICITY"])
"""

    assert run_python(program, variables) > 0.7


@client_call("openai", AT_HOME)
def test_openai(variables: dict[str, str]) -> None:
    """A rude text is flagged."""
    program = f"""
import json
from openai import OpenAI
print(json.dumps(OpenAI().moderations.create(input={RUDE!r}).results[0].flagged))
"""

    assert run_python(program, variables) is True


@client_call("akismet", AT_HOME)
def test_akismet(variables: dict[str, str]) -> None:
    """The key is verified, and spam is spam."""
    program = f"""
import akismet, json
config = akismet.Config(key=os.environ["AKISMET"], url="https://blog.example")
with akismet.SyncClient.validated_client(config=config) as client:
    found = client.comment_check(user_ip="127.0.0.1", comment_content={SPAM!r}, is_test=1)
    print(json.dumps(found is not akismet.CheckResponse.HAM))
"""

    assert run_python(program, {**variables, "PYTHON_AKISMET_TIMEOUT": "20"}) is True


@client_call("npm openai", AT_HOME)
def test_openai_for_node(variables: dict[str, str]) -> None:
    """A rude text is flagged."""
    program = f"""
    import OpenAI from "openai";
    print((await new OpenAI().moderations.create({{input: {RUDE!r}}})).results[0].flagged);
    """

    assert run_node(program, variables, "--require", HOSTS) is True


@client_call("npm googleapis-common", AT_HOME)
def test_googles_client_for_node(variables: dict[str, str]) -> None:
    """A rude comment has a high score: the discovery document leads to the same name."""
    program = f"""
    import {{Discovery}} from "googleapis-common";
    const client = (await new Discovery({{}}).discoverAPI("{DISCOVERY}"))({{}}, {{_options: {{}}}});
    const resource = {{comment: {{text: {RUDE!r}}}, requestedAttributes: {{TOXICITY: {{}}}}}};
    const {{data}} = await client.comments.analyze({{key: process.env.KEY, resource}});
    print(data.attributeScores.TOXICITY.summaryScore.value);
    """

    assert run_node(program, variables, "--require", HOSTS) > 0.7


@client_call("npm akismet-api", AT_HOME)
def test_akismet_for_node(variables: dict[str, str]) -> None:
    """The key is verified, and spam is spam: the certificate is for any key before Akismet's host."""
    program = f"""
    import {{AkismetClient}} from "akismet-api";
    const client = new AkismetClient({{key: process.env.AKISMET, blog: "https://blog.example"}});
    const spam = {{ip: "127.0.0.1", content: {SPAM!r}, isTest: true}};
    print([await client.verifyKey(), await client.checkSpam(spam)]);
    """

    assert run_node(program, variables, "--require", HOSTS) == [True, True]


def test_without_the_ca_nothing_is_told(variables: dict[str, str]) -> None:
    """A program that does not trust the CA refuses the service, and sends it neither key nor comment."""
    program = """
    import Perspective from "perspective-api-client";
    print(await new Perspective({apiKey: process.env.KEY}).analyze("Hello").catch((error) => error.message));
    """

    told = run_node(program, {**variables, "NODE_EXTRA_CA_CERTS": ""}, "--require", HOSTS)

    assert told == "unable to verify the first certificate"
