"""`moderation model`: what it lists, and what it says when it cannot go on; `add` itself is tested with the scorers."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from moderation.settings import Settings
from workers import models, scoring
from workers.scoring.catalogue import CARD, SHIPPED, WEIGHTS

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Give what runs `moderation model` with a data folder of its own."""
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setattr(models, "get_settings", lambda: Settings(data=tmp_path))
    return lambda *arguments: CliRunner().invoke(models.main, arguments)


def test_models_are_listed_with_what_they_need(run: Run, tmp_path: Path) -> None:
    """Shipped and added models have their folder, Detoxify's own that are not here the command that adds them."""
    folder = tmp_path / "models" / "original"
    folder.mkdir(parents=True)
    before = run("list").stdout
    for name in (CARD, WEIGHTS):
        (folder / name).touch()
    after = run("list").stdout

    assert str(SHIPPED / "compact-3") in before
    assert "moderation model add original " in before
    assert str(folder) in after
    assert "moderation model add original " not in after
    assert "moderation model add multilingual" in after


def test_the_shipped_model_is_whole(run: Run) -> None:
    """Checking a model loads it with the spam scorer and names both with their hashes."""
    done = run("check", "compact-3")

    assert done.exit_code == 0
    assert "toxicity: compact-3@sha256:" in done.stdout
    assert "spam: linear-2@sha256:" in done.stdout


def test_a_model_that_is_not_there_is_not_whole(run: Run) -> None:
    """Checking a name that is no model fails with a sentence, not with a stack trace."""
    done = run("check", "no-such-model")

    assert done.exit_code == 1
    assert done.stderr.startswith("Error: There is no")
    assert "'no-such-model'" in done.stderr


@pytest.mark.parametrize("file", ["compact-3.ckpt", "original.ckpt"], ids=["shipped", "official"])
def test_a_file_cannot_take_the_name_of_another_model(run: Run, file: str) -> None:
    """A checkpoint is named after its file, and is not to pass for a shipped or an official model."""
    done = run("add", file)

    assert done.exit_code == 1
    assert f"'{Path(file).stem}' is the name of another model" in done.stderr


def test_a_name_that_is_neither_model_nor_file_lists_detoxifys(run: Run) -> None:
    """A slip in a name is answered with the names there are."""
    done = run("add", "orignal")

    assert done.exit_code == 1
    assert "There is no file 'orignal', and Detoxify's own models are original, unbiased," in done.stderr


def test_a_file_without_a_recorded_hash_is_not_opened(run: Run, tmp_path: Path) -> None:
    """The command that writes the hash down is told."""
    (tmp_path / "own.ckpt").write_bytes(b"a pickle")
    done = run("add", str(tmp_path / "own.ckpt"))

    assert done.exit_code == 1
    assert "sha256sum" in done.stderr


def test_without_pytorch_it_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Converting needs an extra; without it the message has the command that installs it."""
    monkeypatch.delattr(scoring, "detoxify_convert", raising=False)
    monkeypatch.setitem(sys.modules, "workers.scoring.detoxify_convert", None)
    done = run("add", "original")

    assert done.exit_code == 1
    assert "pip install 'moderation[detoxify]'" in done.stderr
