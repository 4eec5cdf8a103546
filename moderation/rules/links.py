"""Finds links, also hidden ones, and checks how many there are and where they lead."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import regex

from moderation.memo import Memo
from moderation.model import Finding, Span, Verdict
from moderation.policy_document import LinksPolicy
from moderation.rules.draft import Draft
from moderation.text import Normalised, normalise

RULE = "links"
SPANS_AT_MOST = 50
NAMED_AT_MOST = 3
_TLDS = """
com net org info biz edu gov mil int mobi asia eu io co app dev xyz top site online store shop club icu vip click link
website tech space host press guru ninja rocks pw cf ga gk ml tk gq cc ws tv ru su ua by kz uz de at ch fr es pt nl lu
ie uk dk se fi ee lv lt cz sk hu ro bg gr cy mt si hr ba mk al ge az tr il ae sa qa kw ir iq pk lk np cn jp kr tw hk
sg th vn ph au nz fj ca mx br ar cl ve uy bo ec cr gt pa cu pr za ng ke gh eg ma tn dz gd gg gl ly im li la gs vc
vg sx nu to fm ag bz pics loan bet casino poker porn sex xxx adult webcam dating buzz monster quest sbs cfd lol bid
trade stream download racing accountant cricket faith рф бел укр срб
"""
TLDS = frozenset(_TLDS.split())
"""Endings that make a name without http or www a link: common ones and those that spam likes."""
_WORDY_TLDS = """
am as be do id in is it me my no so us pro name page one work life world today news best win men date live fun red blue
pink black wiki email support center company group team social chat cloud games movie video review science party bar
pub cafe md pl py rs sh ps cs st re ai zip mov
"""
WORDY_TLDS = frozenset(_WORDY_TLDS.split())
"""Endings that are also words or kinds of files ("like it.it was", "README.md"): such a name is a link with a path."""

_DOT = regex.compile(
    r"(?<=[\p{L}\p{N}])(?:\ ?[\[({<]\ ?(?:\.|dot)\ ?[\])}>]\ ?|[。｡]"
    r"|\ (?:dot|\.)\ (?=(?:com|net|org|info|ru|io|co|xyz|top|site|shop|online)\b))(?=[\p{L}\p{N}])"
)
_COLON = regex.compile(r"(?<=h(?:tt|xx|\*\*)ps?)(?:\ ?\[:\]\ ?|\ ?:\ )(?=/)")
_HOST_AT_MOST = 253
"""Characters of a name in the DNS (RFC 1035)."""
_LONG_LABEL = regex.compile(r"[^.。]{64}")
"""More than a part of a name has; Python's IDNA says so only after quadratic work."""
_LETTER = "a-z0-9à-ɏͰ-ԯ"
_LINK = regex.compile(
    rf"""
    (?<![a-z0-9]) (?:h(?:tt|xx|\*\*)ps?|ftp) :[/\\]{{1,3}}
        (?P<authority> [^\s/?\#\\<>"'()\[\]{{}}]{{1,300}} ) [^\s<>"'\[\]]*
    |
    (?<![{_LETTER}@._-])
        (?P<host>
            (?: [{_LETTER}] (?: [{_LETTER}_-]{{0,61}} [{_LETTER}] )? \. ){{1,126}}
            (?: [a-zа-я]{{2,24}} | xn--[a-z0-9-]{{2,59}} )
        )
        (?![{_LETTER}_@-]) (?P<rest> (?::\d{{2,5}})? /[^\s<>"'\[\]]* )?
    """,
    regex.VERBOSE,
)
_END = ".,;:!?*_~)]}"
_STARRED = regex.compile(r"^(?:[a-z]+://)?(?:\*?\.)?(?:www\.)?")


@dataclass(frozen=True, slots=True)
class Link:
    """A place that a text leads to: the host in ASCII (IDNA), and where the link stands in the original.

    `certain` is False for what only might be a link, such as the `it.it` of "I like it.it was".
    """

    host: str
    span: Span
    certain: bool


def find_links(normalised: Normalised) -> tuple[Link, ...]:
    """Return the links of a text in order: with http, hxxp or www, or a bare name, also with a hidden dot."""
    text = normalised.text
    if "." not in text and "dot" not in text and "/" not in text and "。" not in text:
        return ()
    found = normalised.rewrite((match.start(), match.end(), ":") for match in _COLON.finditer(text))
    found = found.rewrite((match.start(), match.end(), ".") for match in _DOT.finditer(found.text))
    return tuple(_links(found))


def check(draft: Draft) -> tuple[Finding, ...]:
    """Give `banned_domain` (rejects), `too_many_links` and `link_shortener` (hold), or pass with the count."""
    policy = draft.policy.links
    candidates = find_links(draft.text)
    links = [link for link in candidates if link.certain]
    found: list[Finding] = []
    if candidates:
        banned = _named(candidates, _banned(policy))
        if banned:
            found.append(_finding(Verdict.REJECT, "banned_domain", f"banned: {_list(banned)}", list(banned)))
    detail = f"links {len(links)}/{policy.max}"
    if len(links) > policy.max:
        found.append(_finding(Verdict.HOLD, "too_many_links", detail, links))
    if candidates and policy.shorteners == "hold":
        short = _named(candidates, SHORTENERS)
        if short:
            found.append(_finding(Verdict.HOLD, "link_shortener", f"hides where it leads: {_list(short)}", list(short)))
    return tuple(found) or (Finding(RULE, Verdict.PASS, RULE, detail),)


def _read_shorteners() -> frozenset[str]:
    lines = files(__package__).joinpath("shorteners.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


SHORTENERS = _read_shorteners()
"""Domains of services whose links hide where they lead."""


def _links(found: Normalised) -> Iterator[Link]:
    to_ascii = cache(_ascii)  # while one text is read: spam names the same host thousands of times
    for match in _LINK.finditer(found.text):
        end = match.start() + len(match.group().rstrip(_END))
        span = found.span(match.start(), end)
        if match["authority"]:
            host = match["authority"].rpartition("@")[2].partition(":")[0]
            yield Link(to_ascii(host), span, certain=True)
            continue
        host = match["host"]
        if len(host) > _HOST_AT_MOST:
            continue
        ending = host.rpartition(".")[2]
        known = ending in TLDS or ending.startswith("xn--") or host.startswith("www.")
        yield Link(to_ascii(host), span, certain=known or (ending in WORDY_TLDS and match["rest"] is not None))


def _ascii(host: str) -> str:
    """Return `host` as the DNS knows it, so that both ways of writing an international name are one."""
    host = host.strip(".").rstrip(_END)
    if host.isascii() or _LONG_LABEL.search(host):
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _domains(policy: LinksPolicy) -> frozenset[str]:
    names = (_STARRED.sub("", normalise(entry).text).partition("/")[0] for entry in policy.banned_domains)
    return frozenset(_ascii(name) for name in names if name)


_banned = Memo(_domains)


def _named(links: tuple[Link, ...], domains: frozenset[str]) -> dict[Link, str]:
    """Return the links to one of `domains` or a name under it, each with that domain."""
    within = {host: _within(host, domains) for host in {link.host for link in links}}
    return {link: domain for link in links if (domain := within[link.host]) is not None}


def _within(host: str, domains: frozenset[str]) -> str | None:
    labels = host.split(".")
    names = (".".join(labels[at:]) for at in range(len(labels)))
    return next((name for name in names if name in domains), None)


def _list(named: dict[Link, str]) -> str:
    different = list(dict.fromkeys(named.values()))
    more = len(different) - NAMED_AT_MOST
    return ", ".join(different[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")


def _finding(verdict: Verdict, code: str, detail: str, links: list[Link]) -> Finding:
    return Finding(RULE, verdict, code, detail, tuple(link.span for link in links[:SPANS_AT_MOST]))
