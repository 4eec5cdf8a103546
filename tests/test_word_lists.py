"""Lists of words as entries, what changes make of them, and lists as files."""

import pytest

from moderation import word_files, word_lists
from moderation.errors import InvalidInputError, NotFoundError, UnreadableListError, WordsFullError
from moderation.model import Action, Span
from moderation.policy_document import Policy, SectionPolicy, Word, WordsPolicy
from moderation.word_lists import Entry

LISTS = WordsPolicy((Word("viagra", deobfuscate=True), Word("spam")), (Word("lawyer"),), ("spam folder",))
NEW = Entry("suspect", "")


def test_entries_are_in_order() -> None:
    """List by list, by their terms; each has a name of its own that stays the same."""
    found = word_lists.entries(LISTS)

    assert found == [
        Entry("banned", "spam"), Entry("banned", "viagra", deobfuscate=True), Entry("suspect", "lawyer"),
        Entry("exceptions", "spam folder"),
    ]  # fmt: skip
    assert len({one.id for one in found}) == 4
    assert Entry("banned", "spam", deobfuscate=True).id == found[0].id


def test_what_is_known_is_not_added_again() -> None:
    """Also if it is written otherwise but looked for alike; what comes twice is added once."""
    new = [
        Entry("banned", "VIAGRA"),
        Entry("suspect", "viagra"),
        Entry("suspect", "Viagra"),
        Entry("banned", "ｓｐａｍ"),
    ]

    words, added = word_lists.added(LISTS, new)

    assert added == [Entry("suspect", "viagra")]
    assert words.banned == LISTS.banned
    assert words.suspect == (Word("lawyer"), Word("viagra"))
    assert word_lists.added(words, new) == (words, [])


def test_a_list_has_an_end() -> None:
    """Of 5,000 terms."""
    most = [Entry("banned", f"word{number}") for number in range(4998)]
    words, _ = word_lists.added(LISTS, most)

    assert len(words.banned) == 5000
    with pytest.raises(WordsFullError, match="would have 5001 terms"):
        word_lists.added(words, [Entry("banned", "one more")])


def test_an_entry_is_changed_moved_and_removed() -> None:
    """By its name; where it meets one that is like it, one of them is left."""
    name = Entry("banned", "spam").id
    spelt, _ = word_lists.changed(LISTS, name, None, "spammer", deobfuscate=None)
    moved, now = word_lists.changed(LISTS, name, "suspect", "LAWYER", deobfuscate=True)

    assert spelt.banned == (LISTS.banned[0], Word("spammer"))
    assert (moved.banned, moved.suspect) == (LISTS.banned[:1], (Word("LAWYER", deobfuscate=True),))
    assert now == Entry("suspect", "LAWYER", deobfuscate=True)
    assert word_lists.changed(LISTS, name, None, None, deobfuscate=None) == (LISTS, Entry("banned", "spam"))
    assert word_lists.without(LISTS, [name, "none"]).banned == LISTS.banned[:1]
    with pytest.raises(NotFoundError):
        word_lists.changed(LISTS, "none", None, "x", deobfuscate=None)


def test_a_section_gets_lists_of_its_own() -> None:
    """Once they are changed; until then the site's hold there."""
    policy = Policy(words=LISTS, sections={"letters": SectionPolicy()})
    own = word_lists.with_words(policy, "letters", WordsPolicy())

    assert word_lists.of_section(policy, "letters") == LISTS
    assert word_lists.of_section(own, "letters") == WordsPolicy()
    assert (own.words, word_lists.with_words(policy, None, WordsPolicy()).words) == (LISTS, WordsPolicy())
    full = Policy(sections={str(number): SectionPolicy() for number in range(500)})
    with pytest.raises(InvalidInputError):
        word_lists.with_words(full, "one more", LISTS)


def test_a_term_must_have_something_to_find() -> None:
    """Blanks and invisible characters stand in no text as a word."""
    with pytest.raises(InvalidInputError) as caught:
        word_lists.check_terms([Entry("banned", "ok"), Entry("banned", " \u200b ")])

    assert [one["field"] for one in caught.value.fields["errors"]] == ["words.1.term"]  # type: ignore[attr-defined]


def test_matches_are_shown_on_the_original() -> None:
    """Behind disguises too; what stands inside an exception counts for nothing, also one that is only tried out."""
    text = "Buy v1agra! Look into the  SPAM folder, or ask a lawyer"

    found = word_lists.matches(LISTS, [], text)

    assert [(one.list, text[one.span.start : one.span.end], one.disguised, one.excepted) for one in found] == [
        ("banned", "v1agra", True, False),
        ("banned", "SPAM", False, True),
        ("exceptions", "SPAM folder", False, False),
        ("suspect", "lawyer", False, False),
    ]
    assert found[0].span == Span(4, 10)
    assert word_lists.worst(found) is Action.REJECT
    tried = word_lists.matches(LISTS, [Entry("exceptions", "buy viagra"), Entry("suspect", "ask")], text)
    assert [(one.term, one.excepted) for one in tried if one.list != "exceptions"] == [
        ("viagra", True), ("spam", True), ("ask", False), ("lawyer", False),
    ]  # fmt: skip
    assert word_lists.worst(tried) is Action.HOLD
    assert word_lists.worst([]) is None


def test_plain_text_has_a_term_on_each_line() -> None:
    """Remarks and empty lines are none; what cannot be found or is too long is named by its line."""
    read = word_files.read(f"\ufeff# insults\r\n\r\nfool\r\n  big fool \n\u200b\n{'x' * 201}\n", "text", NEW)

    assert read.entries == (Entry("suspect", "fool"), Entry("suspect", "big fool"))
    assert [(one.line, one.code) for one in read.refused] == [(5, "nothing_to_find"), (6, "too_long")]


def test_csv_says_what_it_says() -> None:
    """In which list, and whether in disguise; published lists call their terms otherwise, and have other columns."""
    text = 'lang,Term,list,deobfuscate\nen,fool,banned,yes\nen,"a, b",,\nen,x,none,\nen,y,,perhaps\nen\n'

    read = word_files.read(text, "csv", NEW)

    assert read.entries == (Entry("banned", "fool", deobfuscate=True), Entry("suspect", "a, b"))
    assert [(one.line, one.code) for one in read.refused] == [(4, "no_list"), (5, "no_flag"), (6, "nothing_to_find")]
    assert word_files.read("text,severity\nfool,1.0\n", "csv", NEW).entries == (Entry("suspect", "fool"),)


def test_what_is_written_is_read_again() -> None:
    """CSV has everything, plain text the terms."""
    all_of_them = word_lists.entries(LISTS)

    assert word_files.read(word_files.write(all_of_them, "csv"), "csv", NEW).entries == tuple(all_of_them)
    assert word_files.write(all_of_them, "text") == "spam\nviagra\nlawyer\nspam folder\n"


@pytest.mark.parametrize("text", ["", "lang,severity\nen,1\n", "term\n" + '"' + "x" * 200_000 + '"'])
def test_what_is_no_csv_is_refused(text: str) -> None:
    """Without a column of terms, or with a field that no list has."""
    with pytest.raises(UnreadableListError):
        word_files.read(text, "csv", NEW)


def test_a_file_has_an_end() -> None:
    """It is not read further than all lists together could hold."""
    with pytest.raises(WordsFullError):
        word_files.read("\n".join(f"word{number}" for number in range(15_001)), "text", NEW)
