"""The pages in docs/ say what the code does."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pages import DOCS, PAGES, page_of

ROOT = DOCS.parent
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *DOCS.rglob("*.md")], ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    """What a page links to inside the project is there."""
    dead = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]

    assert dead == []


@pytest.mark.parametrize(("name", "table"), PAGES.items(), ids=PAGES)
def test_a_table_says_what_the_code_says(name: str, table: Callable[[], str]) -> None:
    """The table of each page is the one that the code makes; `make docs` writes it anew."""
    page = page_of(name).read_text(encoding="utf-8")

    assert f"<!-- {name} begin -->\n{table()}\n<!-- {name} end -->" in page


def test_no_two_errors_share_a_code() -> None:
    """A code names one kind of refusal."""
    codes = [line.split("|")[1] for line in PAGES["errors"]().splitlines()]

    assert len(set(codes)) == len(codes)
