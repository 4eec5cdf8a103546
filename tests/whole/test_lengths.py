"""How long a comment is, in each of the three units, as the API counts it."""

from collections.abc import Iterator

import httpx
import pytest

from tests.whole.service import Service

pytestmark = pytest.mark.timeout(60)
UNITS = ("graphemes", "code_points", "utf16")
TABLE = [
    # what, text, graphemes (as readers see them), code points, UTF-16 units
    ("plain letters", "hello", 5, 5, 5),
    ("white space at both ends", " \n hello \t ", 5, 5, 5),
    ("white space between", "a  b", 4, 4, 4),
    ("an accent in one piece", "caf\u00e9", 4, 4, 4),
    ("a combining accent", "cafe\u0301", 4, 5, 5),
    ("three combining marks", "a\u0301\u0323\u0308", 1, 4, 4),
    ("an emoji", "\U0001f600", 1, 1, 2),
    ("a skin tone", "\U0001f44d\U0001f3fd", 1, 2, 4),
    ("a family", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", 1, 7, 11),
    ("a flag", "\U0001f1e9\U0001f1ea", 1, 2, 4),
    ("two flags", "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", 2, 4, 8),
    ("the flag of Scotland", "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", 1, 7, 14),
    ("a keycap", "1\ufe0f\u20e3", 1, 3, 3),
    ("a red heart", "\u2764\ufe0f", 1, 2, 2),
    ("Hangul in syllables", "\ud55c\uae00", 2, 2, 2),
    ("Hangul in letters", "\u1112\u1161\u11ab\u1100\u1173\u11af", 2, 6, 6),
    ("Devanagari", "\u0928\u092e\u0938\u094d\u0924\u0947", 3, 6, 6),
    ("Thai", "\u0e01\u0e33", 1, 2, 2),
    ("a line end of Windows", "a\r\nb", 3, 4, 4),
    ("a line end of Unix", "a\nb", 3, 3, 3),
    ("a letter beyond the first plane", "\U0001d4d0", 1, 1, 2),
]


@pytest.fixture(scope="module", params=UNITS)
def unit(request: pytest.FixtureRequest, service: Service) -> Iterator[tuple[str, httpx.Client]]:
    """Give a unit, and a client of a site that counts in it and takes at most 20."""
    name = str(request.param)
    with service.client(service.add_site(name)) as client:
        policy = client.get("/v1/policy").json()["policy"]
        policy["length"] = {"min": 1, "max": 20, "unit": name}
        changed = client.put("/v1/policy", json=policy)
        assert changed.status_code == httpx.codes.OK, changed.text
        yield name, client


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_a_text_is_counted_in_the_sites_unit(
    unit: tuple[str, httpx.Client], row: tuple[str, str, int, int, int]
) -> None:
    """The answer to a post carries the count in the unit that the site's policy names."""
    name, client = unit
    expected = row[2:][UNITS.index(name)]

    answer = client.post("/v1/comments", json={"text": row[1], "thread": {"id": "lengths"}})

    assert answer.status_code in {201, 202}, answer.text
    assert answer.json()["length"] == {"count": expected, "limit": 20, "unit": name}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_the_limit_is_exact_in_the_sites_unit(
    unit: tuple[str, httpx.Client], row: tuple[str, str, int, int, int]
) -> None:
    """A text filled up to the limit is taken, and one character more is refused with count, limit and unit."""
    name, client = unit
    used = row[2:][UNITS.index(name)]
    full = row[1].strip() + "x" * (20 - used)

    taken, refused = (
        client.post("/v1/comments", json={"text": filled, "thread": {"id": "limits"}}) for filled in (full, full + "x")
    )

    assert taken.json()["length"]["count"] == 20
    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    problem = refused.json()
    assert (problem["code"], problem["count"], problem["limit"], problem["unit"]) == ("too_long", 21, 20, name)


def test_a_section_has_its_own_limit(service: Service) -> None:
    """A section's length, where it has one, holds instead of the site's."""
    with service.client(service.add_site("sections")) as client:
        policy = client.get("/v1/policy").json()["policy"]
        policy["sections"] = {"letters": {"length": {"min": 5, "max": 1000, "unit": "code_points"}}}
        client.put("/v1/policy", json=policy).raise_for_status()

        def post(text: str, section: str | None) -> dict[str, object]:
            thread = {"id": f"in-{section}", "section": section}
            answer: dict[str, object] = client.post("/v1/comments", json={"text": text, "thread": thread}).json()
            return answer

        assert post("x" * 400, None)["code"] == "too_long"
        assert post("x" * 400, "letters")["length"] == {"count": 400, "limit": 1000, "unit": "code_points"}
        assert post("Yes.", "letters")["code"] == "too_short"
