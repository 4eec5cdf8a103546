"""The pages in docs/ say what the code does."""

from collections.abc import Callable

import pytest

from tests.pages import DOCS, PAGES


@pytest.mark.parametrize(("name", "table"), PAGES.items(), ids=PAGES)
def test_a_table_says_what_the_code_says(name: str, table: Callable[[], str]) -> None:
    """The table of each page is the one that the code makes; `make docs` writes it anew."""
    page = (DOCS / f"{name}.md").read_text(encoding="utf-8")

    assert f"<!-- {name} begin -->\n{table()}\n<!-- {name} end -->" in page


def test_no_two_errors_share_a_code() -> None:
    """A code names one kind of refusal."""
    codes = [line.split("|")[1] for line in PAGES["errors"]().splitlines()]

    assert len(set(codes)) == len(codes)
