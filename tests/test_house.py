"""Rules of the house that neither the linter nor the type checker can hold."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINES = 250
LONG = re.compile(r"^(This file is long because|Long because) ", re.MULTILINE)
"""How a file's docstring begins the sentence with its reason for being longer."""
FOLDERS = ("moderation", "workers", "tests", "benchmarks", "training", "examples", "docs")
TEXT = {".py", ".md", ".toml", ".yml", ".yaml", ".html", ".css", ".js", ".json", ".sh", ""}
LISTED = ("moderation/rules", "moderation/dialects", "workers/scoring")
"""Folders of parts that one adds to: one file, one line in a list, one test file."""
BANNED = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X|H[A]CK)\b|/ro[o]t/|/ho[m]e/\w+/|/Us[e]rs/\w+/")
"""Notes to oneself, and paths of somebody's machine; written so that this line is not one of them."""
SKIPPED = re.compile(r"pytest\.mark\.(sk[i]p|xf[a]il)|pytest\.(sk[i]p|impor[t]orskip)\(")
CHANGING = {
    "sites": {"add_site", "add_key", "expire_key", "replace_key", "revoke_key", "put_policy"},
    "moderators": {"add_moderator", "open_session", "remove_moderator", "set_password", "set_role"},
    "second_factors": {"turn_on", "turn_off", "use_recovery"},
    "endpoints": {"add_endpoint", "change_endpoint", "remove_endpoint", "disable_endpoint", "renew_akismet"},
    "coral_secrets": {"add_secret", "remove_secret"},
    "site_models": {"roll_back"},
    "comments": {"revise"},
    "erasing": {"wipe"},
    "retention": {"strip_addresses", "strip_scores", "strip_notes"},
    "appeals": {"add"},
    "authors": {"put_restriction", "remove_restriction"},
}
"""What storage can change that the audit log tells of."""
ELSEWHERE = {
    "told.py:tell",  # makes an endpoint that is the service's own, with no address
    "checks.py:_endpoint",  # `remember` appends what it returns
    "courier.py:_disable",  # `_note_disabled` appends what was disabled
}


def sources(*suffixes: str) -> list[Path]:
    """Return the project's own files that end in one of `suffixes`."""
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    found += [path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith(".")]
    return sorted(path for path in found if path.suffix in suffixes and "__pycache__" not in path.parts)


def parts() -> list[Path]:
    """Return every rule, dialect and scorer; `spam_words.py` beside `spam.py` is a piece of that, no part."""
    found = [path for folder in LISTED for path in (ROOT / folder).glob("*.py") if path.name != "__init__.py"]
    return sorted(path for path in found if path.with_name(path.name.split("_")[0] + ".py") not in set(found) - {path})


@pytest.mark.parametrize("path", parts(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_rule_dialect_and_scorer_has_its_test_file(path: Path) -> None:
    """Tests repeat the tree: what decides, speaks or scores is tested in a file of its own."""
    inside = path.relative_to(ROOT / "moderation") if "moderation" in path.parts else path.relative_to(ROOT)

    assert (ROOT / "tests" / inside.parent / f"test_{path.name}").exists()


def test_no_file_is_long_without_a_reason() -> None:
    """A file has at most 250 lines, or its docstring says why it has more."""
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources(".py")
        if (lines := len((text := path.read_text(encoding="utf-8")).splitlines())) > LINES and not LONG.search(text)
    }

    assert long == {}


def test_nothing_is_left_for_later_and_no_machine_is_named() -> None:
    """No file holds a note to oneself or a path of the machine that it was written on."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources(*TEXT)
        if path.name != "comments.json"
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if BANNED.search(line)
    ]

    assert found == []


def test_no_test_is_skipped() -> None:
    """A test runs everywhere, or it is no test."""
    found = [str(path) for path in (ROOT / "tests").rglob("*.py") if SKIPPED.search(path.read_text(encoding="utf-8"))]

    assert found == []


def test_every_folder_of_tests_is_a_package() -> None:
    """Each folder with tests has an `__init__.py`, so that two files may have the same name."""
    missing = {
        str(path.parent.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("test_*.py")
        if not (path.parent / "__init__.py").exists()
    }

    assert missing == set()


def test_every_entry_point_can_be_imported() -> None:
    """What pyproject.toml promises as a command is there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for target in project["scripts"].values():
        module, _, function = target.partition(":")
        namespace = __import__(module, fromlist=[function])

        assert callable(getattr(namespace, function))


def test_black_box_tests_import_nothing_of_the_product() -> None:
    """What stands in tests/whole/ knows the service only as its users do."""
    product = re.compile(r"^\s*(from|import) (moderation|workers)\b", re.MULTILINE)
    found = [path.name for path in (ROOT / "tests" / "whole").glob("*.py") if product.search(path.read_text())]

    assert found == []


def test_whoever_changes_something_writes_it_down() -> None:
    """Each function that lets storage change such a thing appends to the log in the same place."""
    silent = set()
    for path in [*(ROOT / "moderation").rglob("*.py"), *(ROOT / "workers").rglob("*.py")]:
        if "storage" in path.parts:
            continue
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                called = {
                    (call.func.value.id, call.func.attr)
                    for call in ast.walk(function)
                    if isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Attribute)
                    and isinstance(call.func.value, ast.Name)
                }
                changes = any(name in CHANGING.get(module, ()) for module, name in called)
                if changes and ("audit", "append") not in called:
                    silent.add(f"{path.name}:{function.name}")

    assert silent == ELSEWHERE
