"""The desk's pages of the policy, without scripts."""

from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from moderation.model import ATTRIBUTES, Scored
from moderation.policy_document import LengthPolicy, Mode, SectionPolicy, Threshold, Word, WordsPolicy
from moderation.policy_presets import PRESETS
from moderation.records import Site
from moderation.service import Service
from tests.build import comment
from tests.dashboard.visitor import EMAIL, Form, Page, Visitor, hold

HOLD = "thresholds.toxicity.hold"


def form(visitor: Visitor, path: str = "/desk/policy") -> Form:
    """Return the form of a policy."""
    return visitor.get(path).form_with(HOLD)


def send(visitor: Visitor, made: Form, **values: str) -> TestResponse:
    """Send a form with the fields that are named, an underscore for each point."""
    return visitor.send(made, {name.replace("__", "."): value for name, value in values.items()})


def judged(engine: Service, site: Site, text: str, toxicity: float) -> str:
    """Store a comment with a score and return its id."""
    return hold(engine, site, comment(text), Scored({**dict.fromkeys(ATTRIBUTES, 0.01), "toxicity": toxicity})).id


def test_a_policy_is_saved(visitor: Visitor, engine: Service, site: Site) -> None:
    """What was filled in is in force, by whoever saved it; what the form has no field for stays."""
    engine.put_policy(site.id, replace(site.policy, words=WordsPolicy(banned=(Word("trout"),))), "test", None)

    answer = send(visitor, form(visitor), do="save", length__max="500", thresholds__toxicity__hold="0.75")
    page = visitor.get(answer.headers["Location"])
    saved = engine.site(site.id)

    assert answer.status_code == 303
    assert "Saved. Version 3 is in force." in page.text
    assert f"by {EMAIL}" in page.text
    assert saved.policy.length == LengthPolicy(max=500)
    assert saved.policy.thresholds["toxicity"] == Threshold(hold=0.75)
    assert saved.policy.words.banned == (Word("trout"),)


def test_a_preview_shows_what_would_change_and_saves_nothing(visitor: Visitor, engine: Service, site: Site) -> None:
    """Numbers, and links to the comments; what was filled in still stands in the form."""
    low, high = judged(engine, site, "The first comment", 0.3), judged(engine, site, "The second comment", 0.7)

    answer = send(visitor, form(visitor), do="preview", thresholds__toxicity__hold="0.2", days="7")
    page = Page(answer.text)

    assert answer.status_code == 200
    for words in (
        "Held: 2.0 a day instead of 1.0", "Looked at: 2 comments", "1 approved", "Approved now, held then",
        "now: below thresholds; then: toxicity",
    ):  # fmt: skip
        assert words in page.text
    assert page.links["The first comment"] == f"/desk/comments/{low}"
    assert high not in answer.text
    again = page.form_with(HOLD)
    assert (again.fields[HOLD], again.fields["days"]) == ("0.2", "7")
    assert engine.site(site.id).policy_version == 1


def test_a_preview_of_no_comments_says_so(visitor: Visitor) -> None:
    """A new site has nothing to compare."""
    assert "there is nothing to compare" in Page(send(visitor, form(visitor), do="preview").text).text


def test_what_a_preview_cannot_show_is_said(visitor: Visitor, engine: Service, site: Site) -> None:
    """And that nothing else would change."""
    judged(engine, site, "A comment", 0.1)
    page = Page(send(visitor, form(visitor), do="preview", length__max="299").text)

    assert "Not one of them would be treated otherwise." in page.text
    assert "What these comments cannot show: length: " in page.text


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("section", ["", "letters"])
def test_a_preset_fills_the_form(visitor: Visitor, engine: Service, site: Site, name: str, section: str) -> None:
    """Its thresholds stand in the fields, and nothing is saved before somebody says so."""
    made = form(visitor, f"/desk/policy?preset={name}&section={section}")

    assert f"The thresholds of “{name}” are filled in" in visitor.get(f"/desk/policy?preset={name}").text
    assert engine.site(site.id).policy_version == 1
    send(visitor, made, do="save")
    saved = engine.site(site.id).policy.for_section(section)
    for attribute in ATTRIBUTES:
        found, meant = ({**its}.get(attribute, Threshold()) for its in (saved.thresholds, PRESETS[name].thresholds))  # type: ignore[call-overload]  # any attribute
        assert found == meant
    assert saved.unknown == PRESETS[name].unknown


@pytest.mark.parametrize("do", ["preview", "save"])
def test_what_cannot_be_is_told_by_its_field(visitor: Visitor, engine: Service, site: Site, do: str) -> None:
    """The page says what is wrong and where, and keeps what was filled in; nothing is saved."""
    answer = send(
        visitor, form(visitor), do=do, thresholds__toxicity__hold="7", length__max="many", links__max="", days="x"
    )
    page = Page(answer.text)

    assert answer.status_code == 422
    for name in (HOLD, "length.max", "links.max", "days"):
        assert f"#f-{name}" in page.links.values()
    assert page.form_with(HOLD).fields[HOLD] == "7"
    assert answer.text.count('aria-invalid="true"') == 4
    assert engine.site(site.id).policy_version == 1


def test_an_outdated_page_is_not_saved(visitor: Visitor, engine: Service, site: Site) -> None:
    """Whoever saves is told what came in between, and can then save all the same."""
    outdated = form(visitor)
    engine.put_policy(site.id, replace(site.policy, mode=Mode.PRE), "lee", None)

    answer = send(visitor, outdated, do="save", length__max="400")
    page = Page(answer.text)

    assert answer.status_code == 409
    assert page.links["See what version 2 changed"] == "/desk/policy/versions/2"
    assert engine.site(site.id).policy.mode is Mode.PRE
    assert send(visitor, page.form_with(HOLD), do="save").status_code == 303
    assert engine.site(site.id).policy.length.max == 400


def test_a_section_gets_its_own_and_loses_it(visitor: Visitor, engine: Service, site: Site) -> None:
    """What is changed there holds in the section alone, and its box is ticked from then on."""
    send(
        visitor, form(visitor, "/desk/policy?section=letters"), do="save", mode="pre", length__max="2000",
    )  # fmt: skip
    saved = engine.site(site.id).policy
    own = form(visitor, "/desk/policy?section=letters")

    assert saved.sections == {"letters": SectionPolicy(mode=Mode.PRE, length=LengthPolicy(max=2000))}
    assert (own.fields["mode"], own.fields["own.length"], "own.links" in own.fields) == ("pre", "on", False)
    assert visitor.get("/desk/policy").links["letters"] == "/desk/policy?section=letters"
    send(visitor, own, do="remove")
    assert engine.site(site.id).policy.sections == {}


def test_a_roll_back_is_a_new_version(visitor: Visitor, engine: Service, site: Site) -> None:
    """The page of a version shows what it changed, and its button puts it back in force."""
    engine.put_policy(site.id, replace(site.policy, mode=Mode.PRE), "lee", None)
    page = visitor.get("/desk/policy/versions/2")
    assert "Instead of version 1 What Version 1 Version 2 Mode smart pre" in page.text

    back = visitor.get("/desk/policy/versions/1").form("/rollback")
    assert visitor.send(back, {}).status_code == 303
    assert (engine.site(site.id).policy_version, engine.site(site.id).policy.mode) == (3, Mode.SMART)
    answer = visitor.send(back, {})
    assert answer.status_code == 409
    assert "nothing was put back" in answer.text
    assert "It is the same as version 3" in visitor.get("/desk/policy/versions/1?with=3").text


def test_older_versions_are_on_pages_of_their_own(visitor: Visitor, engine: Service, site: Site) -> None:
    """The form shows the last ten."""
    for number in range(11):
        engine.put_policy(site.id, replace(site.policy, length=LengthPolicy(max=100 + number)), "lee", None)

    page = visitor.get("/desk/policy")
    older = visitor.get(page.links["Older versions"])

    assert ("Version 3" in page.links, "Version 2" in page.links) == (True, False)
    assert ("Version 3" in older.links, "Version 2" in older.links) == (False, True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/desk/policy/versions/9", 404),
        ("/desk/policy/versions/1?with=x", 400),
        ("/desk/policy/versions?before=x", 400),
        (f"/desk/policy?section={'x' * 201}", 404),
        ("/desk/policy?section=%00", 404),
        ("/desk/policy?preset=none", 200),
    ],
)
def test_odd_addresses_are_answered(visitor: Visitor, path: str, status: int) -> None:
    """With a page."""
    assert visitor.client.get(path).status_code == status


@pytest.mark.parametrize(("field", "value"), [("do", "explode"), ("do", "remove"), ("expected_version", "x")])
def test_odd_forms_are_refused(visitor: Visitor, field: str, value: str) -> None:
    """What no page of the desk sends."""
    assert visitor.send(form(visitor), {"do": "save", field: value}).status_code == 400


@pytest.mark.parametrize("path", ["/desk/policy", "/desk/policy/rollback"])
def test_a_form_from_elsewhere_is_refused(visitor: Visitor, engine: Service, site: Site, path: str) -> None:
    """Without the token of this session nothing is changed."""
    fields = {**form(visitor).fields, "do": "save", "version": "1", "form_token": "guessed"}

    assert visitor.client.post(path, data=fields).status_code == 403
    assert engine.site(site.id).policy_version == 1
