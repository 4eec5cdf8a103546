"""Bodies, queries and answers of the native API about the lists of words."""

from typing import Annotated, Literal

from pydantic import Field

from moderation.dialects.native_answers import Answer
from moderation.dialects.native_policy_schemas import DAYS_AT_MOST, SAMPLES_AT_MOST, Version
from moderation.dialects.native_schemas import PAGE_AT_MOST, Body, Query, SpanQuery
from moderation.model import Action
from moderation.openapi import NoNul
from moderation.policy_document import LONGEST, TERM_AT_MOST, TERMS_AT_MOST, ListName
from moderation.word_lists import Entry

WORDS_AT_MOST = 500
FILE_AT_MOST = 500_000
"""Characters of a file: a body is read that writes each of them as two escapes."""
REFUSED_SHOWN = 50
ACTIONS: dict[ListName, Action] = {"banned": Action.REJECT, "suspect": Action.HOLD}
"""What is done with a comment in which a term of a list is found."""

Term = Annotated[str, Field(min_length=1, max_length=TERM_AT_MOST, examples=["buy followers"]), NoNul()]
Section = Annotated[str, Field(min_length=1, max_length=200), NoNul()]
WordId = Annotated[str, Field(max_length=64), NoNul()]


class WordIn(Body):
    """A term for a list."""

    list: ListName
    """`banned` rejects a comment, `suspect` holds it, `exceptions` are places in which nothing is found."""
    term: Term
    """A word, or several; found on word boundaries, however it is capitalised."""
    deobfuscate: bool = False
    """Also find it written as `t3rm`, `t.e.r.m` or `teeerm`; exceptions are looked for in both ways."""

    def entry(self) -> Entry:
        """Return it in the service's own words."""
        return Entry(self.list, self.term, self.deobfuscate and self.list != "exceptions")


class PlaceIn(Body):
    """Whose lists are changed, and what is expected of them."""

    section: Section | None = None
    """The section whose own lists these are; the rest of the site's if left out."""
    expected_version: Version | None = None
    """409 if another version of the policy is in force by now."""


class WordsIn(PlaceIn):
    """Terms to be added; those that a list has already stay as they are."""

    words: Annotated[list[WordIn], Field(min_length=1, max_length=WORDS_AT_MOST)]


class WordEditIn(PlaceIn):
    """What is to be different about a term."""

    list: ListName | None = None
    term: Term | None = None
    deobfuscate: bool | None = None


class WordsImportIn(PlaceIn):
    """A file with terms to be added."""

    text: Annotated[str, Field(max_length=FILE_AT_MOST, examples=["buy followers\nfree iphone\n"]), NoNul()]
    """Plain text with a term on each line, or CSV whose first line names a column `term`, `word` or `text`."""
    format: Literal["text", "csv"] = "text"
    list: ListName = "suspect"
    """For terms of which the file says no list."""
    deobfuscate: bool = False
    """For terms of which the file does not say it."""


class WordsTestIn(Body):
    """A text in which words are looked for."""

    text: Annotated[str, Field(max_length=LONGEST, examples=["Buy f0ll0wers here"]), NoNul()]
    words: Annotated[list[WordIn], Field(max_length=WORDS_AT_MOST)] = Field(default_factory=list)
    """A draft: terms that no list has yet."""
    in_force: bool = True
    """Also look for the terms that are in force."""
    section: Section | None = None


class WordsPreviewIn(Body):
    """Terms that might be added or removed, and how far to look back."""

    add: Annotated[list[WordIn], Field(max_length=TERMS_AT_MOST)] = Field(default_factory=list)
    remove: Annotated[list[WordId], Field(max_length=TERMS_AT_MOST)] = Field(default_factory=list)
    """Ids; those that the lists do not have change nothing."""
    section: Section | None = None
    days: Annotated[int, Field(ge=1, le=DAYS_AT_MOST)] = 30
    samples: Annotated[int, Field(ge=0, le=SAMPLES_AT_MOST)] = 10
    """Comments that are shown of each change, the newest."""


class SectionQuery(Query):
    """Whose lists."""

    section: Section | None = None
    """The section whose lists; the rest of the site's if left out."""


class WordQuery(SectionQuery):
    """Whose list is changed, and what is expected of it."""

    expected_version: Version | None = None
    """409 if another version of the policy is in force by now."""


class WordsQuery(SectionQuery):
    """Which words to list."""

    list: ListName | None = None
    action: Literal["hold", "reject"] | None = None
    """What is done with a comment in which they are found."""
    contains: Annotated[str, Field(min_length=1, max_length=TERM_AT_MOST), NoNul()] | None = None
    """A piece of the term, in any case."""
    cursor: Annotated[str, Field(max_length=1500)] | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=PAGE_AT_MOST)] = 50


class WordsExportQuery(SectionQuery):
    """Which words, and in which form."""

    list: ListName | None = None
    format: Literal["csv", "text"] = "csv"


class WordsTestQuery(SpanQuery):
    """In what spans are counted."""


class WordOut(Answer):
    """A term of a list."""

    id: str
    """Stays the same as long as list and term do."""
    list: ListName
    action: Action | None
    """What is done with a comment in which it is found; null for exceptions."""
    term: str
    deobfuscate: bool
    """Whether it is also found in disguise; says nothing for exceptions."""


class ListSizesOut(Answer):
    """How many terms each list has; 5,000 are the most."""

    banned: int
    suspect: int
    exceptions: int


class WordsOut(Answer):
    """A page of words: list by list, in the order of their terms."""

    version: int
    """Of the policy."""
    counts: ListSizesOut
    words: list[WordOut]
    next: str | None
    """The `cursor` of the page after this one; null on the last."""


class WordChangedOut(Answer):
    """A term as it is now."""

    version: int
    """Of the policy in force."""
    word: WordOut


class WordRemovedOut(Answer):
    """A receipt: a term that is gone."""

    version: int
    id: str


class WordsAddedOut(Answer):
    """What was added."""

    version: int
    """Of the policy in force; as before if nothing was added."""
    added: list[WordOut]
    known: int
    """Terms that the lists had already, or that came twice."""


class LineRefusedOut(Answer):
    """A line that was not taken."""

    line: int
    code: Literal["too_long", "nothing_to_find", "no_list", "no_flag"]
    message: str


class WordsImportedOut(Answer):
    """What came of a file."""

    version: int
    added: int
    known: int
    """Terms that the lists had already, or that came twice."""
    refused: int
    lines: list[LineRefusedOut]
    """The first 50 lines that were not taken."""


class MatchOut(Answer):
    """A term where it stands, in the units that the request asked for."""

    list: ListName
    term: str
    start: int
    end: int
    disguised: bool
    """It is not written as the list has it."""
    excepted: bool
    """It counts for nothing, since it stands inside an exception."""


class WordsTestOut(Answer):
    """What the words find in a text."""

    action: Action | None
    """What the worst of them does with a comment; null if nothing is found that counts."""
    matches: list[MatchOut]
    """In the order of the text, 50 at most."""
