"""Write one named section of a Markdown page, leaving the rest of the page as it is."""

import re
from pathlib import Path


def write_section(path: Path, name: str, markdown: str) -> None:
    """Put `markdown` between the markers of section `name` in the page at `path`.

    The markers are `<!-- NAME begin -->` and `<!-- NAME end -->`.
    A page or section that is not there yet is made; a new section goes to the end, a new page gets its name as title.
    """
    begin, end = f"<!-- {name} begin -->", f"<!-- {name} end -->"
    section = f"{begin}\n{markdown.strip()}\n{end}"
    page = path.read_text(encoding="utf-8") if path.exists() else f"# {path.stem.capitalize()}\n"
    if begin in page:
        found = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        page = found.sub(lambda _: section, page, count=1)
    else:
        page = f"{page.rstrip()}\n\n{section}\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
