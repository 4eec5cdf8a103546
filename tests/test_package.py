"""What is installed is the whole service: every file that it reads at run time is in the package."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("moderation", "workers")
BUILD_SECONDS = 120


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Give the names of the files in a wheel built from this tree, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "source"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", *PACKAGES):
        (copy / name).symlink_to(ROOT / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(copy)], check=True, timeout=BUILD_SECONDS)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as built:
        return set(built.namelist())


def test_every_file_of_the_service_is_in_the_wheel(wheel: set[str]) -> None:
    """Templates, styles, migrations, word lists and models are installed beside the code."""
    files = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert files - wheel == set()


def test_nothing_but_the_service_is_in_the_wheel(wheel: set[str]) -> None:
    """Tests, training and benchmarks stay in the repository."""
    assert {name.split("/")[0] for name in wheel if ".dist-info/" not in name} == set(PACKAGES)
