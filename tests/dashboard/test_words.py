"""The desk's page of words, without scripts and with one."""

from dataclasses import replace
from io import BytesIO

import pytest
from playwright.sync_api import Browser, Page, expect

from moderation.policy_document import SectionPolicy, Word, WordsPolicy
from moderation.records import Site
from moderation.service import Service
from tests.build import comment
from tests.dashboard.browsing import overflow, sign_in
from tests.dashboard.visitor import EMAIL, Form, Visitor, hold
from tests.dashboard.visitor import Page as Read

LISTS = WordsPolicy((Word("viagra", deobfuscate=True),), (Word("lawyer"),), ("ask a lawyer",))


def form(visitor: Visitor, path: str = "/desk/words") -> Form:
    """Return the form that adds words."""
    return visitor.get(path).form_with("terms")


def removal(visitor: Visitor) -> Form:
    """Return the form that removes words."""
    return next(one for one in visitor.get("/desk/words").forms if "remove" in one.buttons)


def send(visitor: Visitor, made: Form, wanted: str, status: int = 200, **values: str) -> Read:
    """Send the form with one of its buttons, and return the page that answers."""
    answer = visitor.send(made, {"do": wanted, **values})
    assert answer.status_code == status, answer.text
    return visitor.get(answer.headers["Location"]) if status == 303 else Read(answer.text)


def listed(engine: Service, site: Site, lists: WordsPolicy = LISTS) -> Site:
    """Put lists in force."""
    return engine.put_policy(site.id, replace(site.policy, words=lists), "test", None)


def test_without_words_the_page_says_what_to_do(visitor: Visitor) -> None:
    """And leads there from every page."""
    page = visitor.get(visitor.get("/desk").links["Words"])

    assert "No list has a word yet. Write the first ones above" in page.text
    assert "Banned 0: a comment with one is rejected." in page.text


def test_words_are_added_and_removed(visitor: Visitor, engine: Service, site: Site) -> None:
    """Each saves a new version by whoever did it, and the page says what it was."""
    values = {"terms": "fool\r\n# a remark\r\nbig fool\r\n\u200b", "list": "banned", "deobfuscate": "on"}
    page = send(visitor, form(visitor), "add", 303, **values)

    assert (
        "Saved: 2 new words. 1 lines were no words and were left out. Version 2 of the policy is in force" in page.text
    )
    assert engine.site(site.id).policy.words.banned == (Word("fool", True), Word("big fool", True))
    assert f"by {EMAIL}" in visitor.get("/desk/policy/versions/2").text
    boxes = visitor.get("/desk/words?q=big").boxes
    gone = removal(visitor)
    done = visitor.client.post(gone.action, data={**gone.fields, "do": "remove", "word": boxes[-1:]})
    assert "1 removed." in visitor.get(done.headers["Location"]).text
    assert engine.site(site.id).policy.words.banned == (Word("fool", True),)


def test_a_file_is_taken_in(visitor: Visitor, engine: Service, site: Site) -> None:
    """Plain text or CSV, by its name."""
    fields = {**form(visitor).fields, "do": "add", "list": "suspect"}
    for name, content in (("a.txt", b"one\ntwo\n"), ("b.csv", b"lang,term,list\nen,three,banned\n")):
        answer = visitor.client.post("/desk/words", data={**fields, "file": (BytesIO(content), name)})
        assert answer.status_code == 303, answer.text
        fields |= {"expected_version": str(engine.site(site.id).policy_version)}

    assert engine.site(site.id).policy.words == WordsPolicy((Word("three"),), (Word("one"), Word("two")))
    broken = visitor.client.post("/desk/words", data={**fields, "file": (BytesIO(b"\xff"), "c.txt")})
    assert (broken.status_code, "The file is not in UTF-8" in broken.text) == (400, True)
    wrong = visitor.client.post("/desk/words", data={**fields, "file": (BytesIO(b"a,b\n"), "c.csv")})
    assert (wrong.status_code, "must name a column" in wrong.text) == (422, True)


def test_a_text_is_tried_with_words_that_nobody_saved(visitor: Visitor, engine: Service, site: Site) -> None:
    """What is found is marked where it stands in the original, and said in words."""
    listed(engine, site)
    text = "Buy v1agra <b>, or ask a lawyer"

    page = send(visitor, form(visitor), "try", text=text, terms="buy", list="suspect")

    assert "A comment with this text is rejected." in page.text
    assert page.marked == ["Buy", "v1agra"]
    assert "v1agra is “viagra”, banned (in disguise)" in page.text
    assert "lawyer is “lawyer”, suspect (inside an exception: does not count)" in page.text
    assert page.form_with("terms").fields.keys() >= {"terms", "text"}
    assert engine.site(site.id).policy_version == 2
    assert "No word is found in it that counts." in send(visitor, form(visitor), "try", text="Tea").text


def test_what_they_would_have_caught_is_shown_first(visitor: Visitor, engine: Service, site: Site) -> None:
    """The number of comments, and these; what was written stands in the form still, and nothing is saved."""
    site = listed(engine, site)
    caught = hold(engine, site, comment("A trout in the river"))

    page = send(visitor, form(visitor), "preview", terms="trout\nlawyer", list="banned")
    gone = removal(visitor)
    word = visitor.get("/desk/words?list=banned").boxes[-1]
    other = visitor.client.post(gone.action, data={**gone.fields, "do": "preview-removal", "word": word})

    assert "In the last 30 days: 1 comment treated otherwise" in page.text
    assert page.links["A trout in the river"] == f"/desk/comments/{caught.id}"
    assert "2 new words. Nothing is saved yet." in page.text
    assert "In the last 30 days: 0 comments treated otherwise Without 1 of the words." in Read(other.text).text
    assert engine.site(site.id).policy_version == 2


def test_an_outdated_page_saves_nothing(visitor: Visitor, engine: Service, site: Site) -> None:
    """It says so, keeps what was written, and can then be saved."""
    old = form(visitor)
    listed(engine, site)

    page = send(visitor, old, "add", 409, terms="fool")

    assert "The policy was changed in the meantime; nothing was saved." in page.text
    assert "fool" in page.text
    assert engine.site(site.id).policy.words == LISTS
    send(visitor, page.form_with("terms"), "add", 303, terms="fool")
    assert Word("fool") in engine.site(site.id).policy.words.suspect


def test_lists_are_searched_and_have_pages(visitor: Visitor, engine: Service, site: Site) -> None:
    """Fifty words a page, by list and by a piece of the word."""
    listed(engine, site, WordsPolicy(suspect=tuple(Word(f"word{number:03}") for number in range(60))))

    page = visitor.get("/desk/words")
    last = visitor.get(page.links["Further ones"])

    assert "60 words, 1 to 50 shown" in page.text
    assert ("word049" in page.text, "word050" in page.text, "word059" in last.text) == (True, False, True)
    assert "1 word" in visitor.get("/desk/words?q=D007&list=suspect").text
    assert "No word is like that." in visitor.get("/desk/words?list=banned").text


def test_a_section_gets_its_own_lists(visitor: Visitor, engine: Service, site: Site) -> None:
    """With its first change; the whole site's stay as they are."""
    site = listed(engine, site)
    engine.put_policy(site.id, replace(site.policy, sections={"letters": SectionPolicy()}), "test", None)

    page = visitor.get(visitor.get("/desk/words").links["letters"])
    send(visitor, page.form_with("terms"), "add", 303, terms="fool")

    assert "This section has no lists of its own" in page.text
    policy = engine.site(site.id).policy
    assert (policy.words, len(policy.for_section("letters").words.suspect)) == (LISTS, 2)
    assert "no lists of its own" not in visitor.get("/desk/words?section=letters").text


@pytest.mark.parametrize(
    ("wanted", "values", "status"),
    [
        ("explode", {}, 400),
        ("remove", {}, 400),
        ("add", {}, 422),
        ("remove", {"word": "none"}, 404),
        ("add", {"terms": "\n".join(f"w{number}" for number in range(5001))}, 409),
        ("add", {"terms": "fool", "form_token": "guessed"}, 403),
        ("add", {"terms": "fool", "section": "x" * 201}, 404),
    ],
)
def test_odd_forms_are_refused(
    visitor: Visitor, engine: Service, site: Site, wanted: str, values: dict[str, str], status: int
) -> None:
    """With a page that says why; nothing is saved."""
    assert visitor.send(form(visitor), {"do": wanted, **values}).status_code == status
    assert engine.site(site.id).policy_version == 1


@pytest.mark.parametrize(("width", "colours"), [(1280, "light"), (360, "dark")])
def test_words_are_tried_while_somebody_types(
    browser: Browser, url: str, engine: Service, site: Site, width: int, colours: str
) -> None:
    """In a real browser, with the words that stand in the form and are not saved; nothing is wider than the window."""
    listed(engine, site)
    context = browser.new_context(viewport={"width": width, "height": 740}, color_scheme=colours)  # type: ignore[arg-type]  # light or dark
    page: Page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    sign_in(page, url)
    page.get_by_role("link", name="Words").click()
    page.get_by_label("Try a text").fill("v1agra for a fool")
    expect(page.locator("#found mark")).to_have_text(["v1agra"])
    page.get_by_label("New words").fill("fool")
    expect(page.locator("#found mark")).to_have_text(["v1agra", "fool"])

    assert overflow(page) == 0
    context.close()
    assert errors == []
