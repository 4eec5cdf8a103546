"""The lists of words: searched, added to by hand or from a file, removed from, tried on a text, previewed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import render_template, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as AnyResponse

from moderation import word_changes, word_files, word_lists
from moderation.dashboard import word_show
from moderation.dashboard.deciding import FROM_SCRIPT, seated_page
from moderation.dashboard.elsewhere import told
from moderation.dashboard.language import N_, each, gettext, number_words
from moderation.dashboard.outlooks import SAMPLES, with_comments
from moderation.dashboard.pages import blueprint
from moderation.dashboard.policies import DAYS, read_section
from moderation.dashboard.policy_show import Outlook
from moderation.dashboard.session import Seat, take_seat
from moderation.errors import BadRequestError, ModerationError, StaleError
from moderation.policy_document import LONGEST, TERM_AT_MOST, ListName, WordsPolicy
from moderation.records import Site
from moderation.web import service
from moderation.word_changes import Place, Who
from moderation.word_files import Form, Read
from moderation.word_lists import Entry

PAGE_SIZE = 50
FILE_AT_MOST = 900_000
KEPT_AT_MOST = 60_000
"""Characters of a file that the page keeps in its field; a form's fields have little more."""
VERSION_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form."""

    terms: str = ""
    list: ListName = "suspect"
    deobfuscate: bool = False
    form: Form = "text"
    text: str = ""

    @property
    def entry(self) -> Entry:
        """What is meant of terms of which a file does not say it."""
        return Entry(self.list, "", self.deobfuscate and self.list != "exceptions")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows beside the lists and the form."""

    filled: Filled = Filled()
    found: word_show.Found | None = None
    outlook: Outlook | None = None
    caught: int = 0
    what: str = ""
    """What is previewed."""
    refused: Sequence[str] = ()
    problem: str = ""
    ticked: frozenset[str] = frozenset()
    file_again: bool = False
    """The file is too long for the page to keep: it must be chosen again."""


@blueprint.get("/words")
def words() -> AnyResponse:
    """Show the lists of the site or of a section."""
    seat = take_seat()
    return _page(seat, service().site(seat.moderator.site_id), read_section(request.args.get("section")), Shown())


@blueprint.post("/words")
def change_words() -> AnyResponse:
    """Try what stands in the form, preview it, add it, or remove what is ticked."""
    seat = take_seat()
    site, section = service().site(seat.moderator.site_id), read_section(request.form.get("section"))
    wanted, filled = request.form.get("do"), _filled()
    try:
        if wanted == "try":
            return _tried(seat, site, section, filled)
        if wanted in {"preview", "add"}:
            return _with_file(seat, site, section, filled, save=wanted == "add")
        if wanted in {"preview-removal", "remove"}:
            return _removed(seat, site, section, save=wanted == "remove")
    except StaleError:
        problem = gettext(
            "The policy was changed in the meantime; nothing was saved. Below is what is in force now: try again."
        )
        return _page(seat, service().site(site.id), section, Shown(filled, problem=problem), 409)
    except ModerationError as error:
        return _page(seat, site, section, Shown(filled, problem=_said(error)), error.status)
    raise BadRequestError(gettext("Words can be tried, previewed, added or removed"))


def _tried(seat: Seat, site: Site, section: str | None, filled: Filled) -> AnyResponse:
    """Show what the words in force and those of the form find in a text; a script gets that part alone."""
    draft = word_files.read(filled.terms, filled.form, filled.entry).entries if filled.terms.strip() else ()
    lists = word_lists.of_section(site.policy, section)
    found = word_show.found(filled.text, word_lists.matches(lists, _within(draft), filled.text))
    if FROM_SCRIPT in request.headers:
        return AnyResponse(render_template("desk/words_found.html", found=found), mimetype="text/html")
    return _page(seat, site, section, Shown(filled, found=found))


def _with_file(seat: Seat, site: Site, section: str | None, filled: Filled, *, save: bool) -> AnyResponse:
    """Add the words of the form and of its file, or show what they would have caught."""
    filled, read = _read(filled)
    if not read.entries:
        shown = Shown(filled, refused=word_show.refused_words(read.refused), problem=gettext(NONE))
        return _page(seat, site, section, shown, 422)
    if save:
        place, now = Place(site.id, section), service().now()
        _, added = word_changes.add(service().parts, place, read.entries, _who(seat), now)
        known, refused = len(read.entries) - len(added), len(read.refused)
        return redirect(url_for("desk.words", section=section, added=len(added), known=known, refused=refused), 303)
    lists = word_lists.of_section(site.policy, section)
    new = len(word_lists.added(lists, read.entries)[1])
    shown = _previewed(site, section, read.entries, frozenset())
    kept = len(filled.terms) <= KEPT_AT_MOST
    what = word_show.added_words(new, len(read.entries) - new)
    return _page(
        seat,
        site,
        section,
        replace(
            shown,
            filled=filled if kept else replace(filled, terms=""),
            what=what,
            refused=word_show.refused_words(read.refused),
            file_again=not kept,
        ),
    )


def _removed(seat: Seat, site: Site, section: str | None, *, save: bool) -> AnyResponse:
    """Remove the words that are ticked, or show what would come of that."""
    ticked = frozenset(request.form.getlist("word")[:PAGE_SIZE])
    if not ticked:
        raise BadRequestError(gettext("No word is ticked: tick those that shall go"))
    if save:
        _, number = word_changes.remove(service().parts, Place(site.id, section), ticked, _who(seat), service().now())
        return redirect(url_for("desk.words", section=section, removed=number), 303)
    shown = _previewed(site, section, (), ticked)
    what = gettext("without %(number)s of the words", number=len(ticked))
    return _page(seat, site, section, replace(shown, what=what, ticked=ticked))


def _previewed(site: Site, section: str | None, new: Sequence[Entry], gone: frozenset[str]) -> Shown:
    now, parts = service().now(), service().parts
    found = word_changes.would_do(parts, site, section, new, gone, days=DAYS, samples=SAMPLES, now=now)
    caught = sum(change.count for change in found.changes)
    return Shown(outlook=with_comments(site.id, found, DAYS, now), caught=caught)


def _page(seat: Seat, site: Site, section: str | None, shown: Shown, status: int = 200) -> AnyResponse:
    lists = word_lists.of_section(site.policy, section)
    all_of_them = word_lists.entries(lists)
    name, query = request.args.get("list", ""), request.args.get("q", "").strip()[:TERM_AT_MOST]
    at = _number(request.args.get("from"))
    wanted = [one for one in all_of_them if name in {"", one.list} and (query.casefold() in one.term.casefold())]
    own = site.policy.sections.get(section or "")
    return seated_page(
        "words",
        seat,
        site,
        status,
        section=section,
        sections=sorted({*site.policy.sections, *([section] if section else [])}),
        own=section is None or (own is not None and own.words is not None),
        counts={one: sum(word.list == one for word in all_of_them) for one in word_lists.LISTS},
        list_words=each(word_show.LIST_WORDS),
        list_means=each(word_show.LIST_MEANS),
        how=word_show.how,
        words=wanted[at : at + PAGE_SIZE],
        matching=len(wanted),
        later=at + PAGE_SIZE if len(wanted) > at + PAGE_SIZE else None,
        chosen=name if name in word_lists.LISTS else "",
        query=query,
        first=at,
        shown=shown,
        days=DAYS,
        saved=_saved(),
        longest=LONGEST,
    )


NONE = N_("There is no word in it: write one on each line, or choose a file that has some")


def _filled() -> Filled:
    """Return what was sent; what no page sends is as if it were left out."""
    form = request.form
    return Filled(
        terms=form.get("terms", "").replace("\0", "").replace("\r\n", "\n"),
        list=next((one for one in word_lists.LISTS if one == form.get("list")), "suspect"),
        deobfuscate="deobfuscate" in form,
        form="csv" if form.get("format") == "csv" else "text",
        text=form.get("text", "").replace("\0", "").replace("\r\n", "\n")[:LONGEST],
    )


def _read(filled: Filled) -> tuple[Filled, Read]:
    """Return the form with the file's words in its field, if there is a file, and what they are."""
    file = request.files.get("file")
    if file is not None and file.filename:
        content = file.stream.read(FILE_AT_MOST * 4 + 1)
        try:
            text = content.decode("utf-8-sig").replace("\0", "").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise BadRequestError(gettext("The file is not in UTF-8: save it as UTF-8 and choose it again")) from None
        form: Form = "csv" if file.filename.lower().endswith(".csv") else filled.form
        filled = replace(filled, terms=text, form=form)
    return filled, word_files.read(filled.terms, filled.form, filled.entry) if filled.terms.strip() else Read((), ())


def _within(draft: Sequence[Entry]) -> Sequence[Entry]:
    """Return what is tried out of a draft: as many as a list may have, each once."""
    return word_lists.added(WordsPolicy(), draft)[1]


def _who(seat: Seat) -> Who:
    return Who(seat.moderator.email, seat.actor, _number(request.form.get("expected_version")) or None)


def _saved() -> str:
    """Return the word on what was just saved, which the address carries."""
    asked = request.args
    if "removed" in asked:
        return gettext("%(number)s removed.", number=number_words(_number(asked.get("removed"))))
    if "added" not in asked:
        return ""
    added = word_show.added_words(_number(asked.get("added")), _number(asked.get("known")))
    said, refused = gettext("Saved: %(what)s.", what=added), _number(asked.get("refused"))
    if not refused:
        return said
    return f"{said} " + gettext("%(number)s lines were no words and were left out.", number=number_words(refused))


def _said(error: ModerationError) -> str:
    fields = error.fields.get("errors")
    first = fields[0] if isinstance(fields, list) and fields else None
    return f"{first['field']} {told(first['message'])}" if isinstance(first, dict) else told(error.detail)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= VERSION_DIGITS else 0
