"""No file of the project holds a secret: what ours and common ones look like is looked for in all of them, offline."""

import re
import subprocess
from pathlib import Path

import pytest

from moderation import ids
from tests.proofs import Line, proves

ROOT = Path(__file__).parents[1]
SHAPES = {
    "a key of the service": r"\bmod_[0-9A-Za-z]{8}_[0-9A-Za-z]{36}\b",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}",
    "a signing key": r"\bwhsk_[A-Za-z0-9+/=]{40,}",
    "a token of GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{50,})\b",
    "a key of AWS": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a key of Google": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a token of Slack": r"\bxox[baprs]-[0-9A-Za-z-]{20,}",
    "a key of OpenAI": r"\bsk-(?:proj-)?[A-Za-z0-9_-]{32,}\b",
    "a key of Stripe": r"\b[rs]k_live_[0-9A-Za-z]{20,}\b",
    "a token of PyPI": r"\bpypi-AgE[A-Za-z0-9_-]{50,}",
    "a password in an address": r"\b(?:postgresql|redis|https?)(?:\+\w+)?://[^\s:/@{}<>$]+:(?!password|secret|\w*\$)[^\s:/@{}<>]{12,}@",
}
LARGEST = 1_000_000
BINARY = {".png", ".npz", ".onnx"}


def found_in(text: str) -> list[str]:
    """Return what a text holds."""
    return [name for name, shape in SHAPES.items() if re.search(shape, text)]


@proves(Line.SECRETS, lambda _: f"{len(SHAPES)} shapes")
def test_no_tracked_file_holds_a_secret() -> None:
    """Also not one that was made for a test: those are made when it runs."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)  # noqa: S607
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else []
    files = [ROOT / name for name in names if name] or [path for path in ROOT.glob("[!.]*/**/*") if path.is_file()]
    read = [
        path
        for path in files
        if path.is_file() and path.suffix not in BINARY and path.stat().st_size < LARGEST
    ]  # fmt: skip
    found = {
        str(path.relative_to(ROOT)): kinds
        for path in read
        if (kinds := found_in(path.read_text(encoding="utf-8", errors="replace")))
    }

    assert len(read) > 100
    assert found == {}


@proves(Line.SECRETS)
@pytest.mark.parametrize(
    "secret",
    [ids.new_api_key()[1], "AKIA" + "A" * 16, "ghp_" + "a" * 36, "sk-" + "a" * 40, "redis://me:" + "a" * 16 + "@host"],
    ids=["ours", "AWS", "GitHub", "OpenAI", "in an address"],
)
def test_a_secret_is_found(secret: str) -> None:
    """The scan is no empty promise."""
    assert found_in(f"KEY = '{secret}'\n") != []
