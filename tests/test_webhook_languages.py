"""The page's programs in further languages, where the language is on the machine."""

import json
import shutil
from pathlib import Path

import pytest

from moderation import clock
from tests.test_webhook_docs import BODY, SECRET, blocks, run, tampered
from workers.webhooks import sign

READ = {
    "php": (
        "verify.php",
        """
$given = json_decode(stream_get_contents(STDIN), true);
try { verify($given["secret"], $given["headers"], $given["body"]); } catch (RuntimeException $e) { exit(1); }
""",
    ),
    "ruby": (
        "verify.rb",
        """
given = JSON.parse($stdin.read)
begin
  verify(given["secret"], given["headers"], given["body"])
rescue RuntimeError
  exit 1
end
""",
    ),
    "java": (
        "Main.java",
        """
class Main {
    public static void main(String[] arguments) throws Exception {
        Map<String, String> headers = new java.util.HashMap<>();
        for (int at = 1; at < arguments.length; at += 2) headers.put(arguments[at], arguments[at + 1]);
        try { Webhooks.verify(arguments[0], headers, System.in.readAllBytes()); }
        catch (GeneralSecurityException e) { System.exit(1); }
    }
}
""",
    ),
}
"""For each language the file of its program, and what runs it on one call that comes on standard input."""


@pytest.mark.parametrize("language", [name for name in READ if shutil.which(name)])
def test_the_program_takes_only_what_is_ours(language: str, tmp_path: Path) -> None:
    """It takes a signed call, also with another signature beside it, and refuses any other."""
    (code,) = blocks(language)
    name, main = READ[language]
    # a Java program in one file is run by its first class
    parts = code.partition("final class") if language == "java" else ("", code, "")
    whole = f"{parts[0]}{main}{parts[1]}{parts[2]}" if language == "java" else f"{code}{main}"
    (tmp_path / name).write_text(whole, encoding="utf-8")
    headers = sign([SECRET], "e-1", clock.now(), BODY)

    def status(some: dict[str, str], body: bytes) -> int:
        if language == "java":
            pairs = [part for pair in some.items() for part in pair]
            done = run("java", name, SECRET, *pairs, folder=tmp_path, given=body.decode())
        else:
            given = json.dumps({"secret": SECRET, "headers": some, "body": body.decode()})
            done = run(language, name, folder=tmp_path, given=given)
        assert done.returncode in {0, 1}, done.stderr
        assert not done.stderr, done.stderr
        return done.returncode

    two = {**headers, "webhook-signature": f"v1,bm8= {headers['webhook-signature']}"}
    assert [status(one, BODY) for one in (headers, two)] == [0, 0]
    assert {status(*wrong) for wrong in tampered(headers)} == {1}
