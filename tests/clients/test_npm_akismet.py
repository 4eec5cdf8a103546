"""npm `akismet-api`, whose options `host` and `protocol` name the service; the key becomes a part of the name."""

from typing import Any
from urllib.parse import urlsplit

from tests.clients.calls import client_call
from tests.clients.programs import HOSTS, run_node
from tests.whole.service import Service

CLIENT = "npm akismet-api"
START = """
import {AkismetClient} from "akismet-api";
const {KEY: key, HOST: host} = process.env;
const options = {key, host, protocol: "http", blog: "https://blog.example"};
const client = new AkismetClient(options);
"""
SPAM = "BUY CHEAP VIAGRA NOW!!! http://bit.ly/x http://pills.example http://more.example call +1 555 0100"


def ask(service: Service, script: str) -> Any:
    """Return what a program prints that uses the client under a name whose first label is the key."""
    variables = {"HOST": f"moderation.example:{urlsplit(service.url).port}", "KEY": service.ready["akismet_key"]}
    return run_node(START + script, variables, "--require", HOSTS)


@client_call(CLIENT, "verifyKey")
def test_a_key_is_verified(service: Service) -> None:
    """A good key is true, a wrong one false; with that one every check throws."""
    verified = ask(
        service,
        """
        const wrong = new AkismetClient({...options, key: "wrong"});
        const check = wrong.checkSpam({ip: "127.0.0.1", content: "Hello"});
        print([await client.verifyKey(), await wrong.verifyKey(), await check.catch((error) => error.message)]);
        """,
    )

    assert verified == [True, False, "Invalid API key"]


@client_call(CLIENT, "checkSpam")
def test_comments_are_checked(service: Service) -> None:
    """Spam is spam, Akismet's test author is, and a friendly comment is not."""
    found = ask(
        service,
        f"""
        const check = (fields) => client.checkSpam({{ip: "127.0.0.1", isTest: true, ...fields}});
        print([
          await check({{content: {SPAM!r}}}),
          await check({{name: "viagra-test-123"}}),
          await check({{content: "Thank you, the second recipe worked very well for us."}}),
        ]);
        """,
    )

    assert found == [True, True, False]


@client_call(CLIENT, "submitSpam, submitHam")
def test_submissions_are_taken(service: Service) -> None:
    """Both succeed."""
    texts = ask(
        service,
        """
        const comment = {ip: "127.0.0.1", content: "Hello", name: "Kim", isTest: true};
        print([(await client.submitSpam(comment)).text, (await client.submitHam(comment)).text]);
        """,
    )

    assert texts == ["Thanks for making the web a better place."] * 2
