"""Near copies at the desk, in a browser without JavaScript."""

from dataclasses import replace

import pytest

from moderation.model import Author, Cluster, Scored, Status
from moderation.records import Site, StoredComment
from moderation.service import Service
from moderation.storage.filters import Filter
from tests.build import HARMLESS, comment, make_site
from tests.dashboard.visitor import Visitor, hold

CLUSTER = "01940000-0000-7000-8000-000000000001"
PATH = f"/desk/copies/{CLUSTER}"


@pytest.fixture
def raid(engine: Service, site: Site) -> list[StoredComment]:
    """Give seven copies by seven authors, of which the policy approved five."""
    return [
        hold(
            engine,
            site,
            replace(comment(f"Copy number {at} of the same advert"), author=Author(f"raider {at}")),
            replace(HARMLESS, cluster=Cluster(CLUSTER, at, at)),
        )
        for at in range(1, 8)
    ]


def statuses(engine: Service) -> set[Status]:
    """Return where the copies stand."""
    found, _ = engine.find("news", Filter(cluster=CLUSTER), limit=100, before_id=None)
    return {one.status for one in found}


def test_a_held_copy_leads_to_all_of_them(visitor: Visitor, raid: list[StoredComment]) -> None:
    """The page says how many stand where, who wrote them, and shows them."""
    link = visitor.get("/desk").links["Show all copies, and decide them together"]
    assert link == PATH

    page = visitor.get(link)
    assert "2 held 5 approved by 7 authors" in page.text
    assert page.text.count("of the same advert") == len(raid)


@pytest.mark.parametrize(
    ("button", "status"), [("approve", Status.APPROVED), ("reject", Status.REJECTED), ("spam", Status.REJECTED)]
)
@pytest.mark.usefixtures("raid")
def test_one_button_decides_all(visitor: Visitor, engine: Service, button: str, status: Status) -> None:
    """Those that passed before anybody noticed, too."""
    form = visitor.get(PATH).form(f"{CLUSTER}/decision")
    assert form.buttons == ["approve", "reject", "spam"]

    answer = visitor.send(form, {"action": button})

    assert answer.headers["Location"] == PATH
    assert statuses(engine) == {status}
    assert f"7 {status}" in visitor.get(PATH).text


def test_many_copies_have_pages(
    visitor: Visitor, engine: Service, raid: list[StoredComment], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A raid of thousands is no endless page."""
    monkeypatch.setattr("moderation.dashboard.copies.SHOWN", 4)

    page = visitor.get(PATH)
    assert page.text.count("of the same advert") == 4
    older = visitor.get(page.links["Older copies"])
    assert older.text.count("of the same advert") == len(raid) - 4
    assert "authors" not in older.text, "a part of them says nothing of how many wrote them"
    assert statuses(engine) == {Status.HELD, Status.APPROVED}


@pytest.mark.parametrize("path", [PATH, "/desk/copies/nonsense", f"{PATH}?before=nonsense"])
def test_copies_that_are_not_there_are_not_found(visitor: Visitor, path: str) -> None:
    """Whether the id was never given or is no id at all."""
    visitor.get(path, status=404)


def test_another_sites_copies_are_not_there(visitor: Visitor, engine: Service) -> None:
    """A moderator sees the copies of the own site alone."""
    blog = make_site(engine.parts.database, "blog")
    hold(engine, blog, comment("A copy"), Scored({"spam": 0.9}, cluster=Cluster(CLUSTER, 9, 9)))

    visitor.get(PATH, status=404)


def test_a_forged_form_decides_nothing(visitor: Visitor, engine: Service, raid: list[StoredComment]) -> None:
    """Without the form's token nobody decides."""
    answer = visitor.client.post(f"{PATH}/decision", data={"action": "reject"})

    assert answer.status_code in {400, 403}
    assert statuses(engine) == {Status.HELD, Status.APPROVED}
    assert raid
