"""Links are found however they are written, counted, and refused where they lead to a banned place."""

import pytest
from hypothesis import given, settings

from moderation.model import Finding, Span, Verdict
from moderation.policy_document import LinksPolicy, Policy
from moderation.rules import links
from moderation.rules.links import SHORTENERS, find_links
from moderation.text import normalise
from tests.rules.build import draft, stretches
from tests.test_text import ANY, LONG, NASTY
from tests.timing import assert_linear

LINKS = [
    # text, host, the link in it
    ("see https://example.org/a?b=c#d.", "example.org", "https://example.org/a?b=c#d"),
    ("HTTP://Example.ORG", "example.org", "HTTP://Example.ORG"),
    ("(http://example.org:8080/x)", "example.org", "http://example.org:8080/x"),
    ("http://google.com@evil.example/", "evil.example", "http://google.com@evil.example/"),
    ("http://192.0.2.7/x", "192.0.2.7", "http://192.0.2.7/x"),
    ("http://localhost/x", "localhost", "http://localhost/x"),
    ('<a href="http://example.org/x">x</a>', "example.org", "http://example.org/x"),
    ("[x](http://example.org/x)", "example.org", "http://example.org/x"),
    ("[url=http://example.org]x[/url]", "example.org", "http://example.org"),
    ("www.example.whatever", "www.example.whatever", "www.example.whatever"),
    ("go to example.com now", "example.com", "example.com"),
    ("example.com.", "example.com", "example.com"),
    ("sub.example.co.uk/path", "sub.example.co.uk", "sub.example.co.uk/path"),
    ("bit.ly/2x", "bit.ly", "bit.ly/2x"),
    ("it.me/path", "it.me", "it.me/path"),
    ("看example.com吧", "example.com", "example.com"),
    ("hxxps://example.org/x", "example.org", "hxxps://example.org/x"),
    ("hxxp[:]//example[.]org", "example.org", "hxxp[:]//example[.]org"),
    ("http : //example.org", "example.org", "http : //example.org"),
    ("example[.]com (best)", "example.com", "example[.]com"),
    ("example (dot) com", "example.com", "example (dot) com"),
    ("example dot com", "example.com", "example dot com"),
    ("example . com", "example.com", "example . com"),
    ("example。com", "example.com", "example。com"),
    ("ｅｘａｍｐｌｅ．ｃｏｍ", "example.com", "ｅｘａｍｐｌｅ．ｃｏｍ"),
    ("exam\u200bple.c\u00adom", "example.com", "exam\u200bple.c\u00adom"),
    ("münchen.de", "xn--mnchen-3ya.de", "münchen.de"),
    ("https://президент.рф/", "xn--d1abbgf6aiiy.xn--p1ai", "https://президент.рф/"),
    ("президент.рф", "xn--d1abbgf6aiiy.xn--p1ai", "президент.рф"),
]
DIFFERENT = "".join(map(chr, range(0x4E00, 0x4E00 + 292)))
"""As many Chinese characters as a host is looked at for: no name, and quadratic work for Punycode."""
NO_LINKS = [
    "The end.Start of the next",
    "I like it.it was good, e.g. this, i.e. that, at 10.30 or 1.2.3",
    "mail me: kim.smith@example.com",
    "read README.md, main.rs and node.js",
    "U.S.A. and P.S. it",
    "and/or, he/she, 1/2",
    "...",
    "a dot, then come",
    "конец.начало нового",
    "non-.net code with item.id",
]


@pytest.mark.parametrize("row", LINKS, ids=lambda row: row[0])
def test_a_link_is_found(row: tuple[str, str, str]) -> None:
    """With a scheme, with www, bare, hidden or in another alphabet: one link, its host, its place."""
    text, host, stretch = row
    (link,) = find_links(normalise(text))

    assert link.certain
    assert link.host == host
    assert stretches(text, (link.span,)) == [stretch]


@pytest.mark.parametrize("text", NO_LINKS)
def test_ordinary_text_has_no_link(text: str) -> None:
    """Sentences without a space between, abbreviations, addresses of mail and names of files are no links."""
    assert [link for link in find_links(normalise(text)) if link.certain] == []


def test_links_are_counted() -> None:
    """As many links as allowed pass, one more holds, and both say how many there are."""
    policy = Policy(links=LinksPolicy(max=2))
    two = "http://a.example/ and b.com"

    assert links.check(draft(two, policy)) == (Finding("links", Verdict.PASS, "links", "links 2/2"),)
    assert links.check(draft(f"{two}, www.c.example", policy)) == (
        Finding("links", Verdict.HOLD, "too_many_links", "links 3/2", (Span(0, 17), Span(22, 27), Span(29, 42))),
    )


@pytest.mark.parametrize(
    ("entry", "text", "found"),
    [
        # the domain itself, in any way it is written
        ("spam.example", "http://spam.example/x", True),
        ("spam.example", "SPAM[.]example", True),
        # a name under it
        ("spam.example", "http://a.b.spam.example", True),
        # another domain that ends or begins alike
        ("spam.example", "http://notspam.example", False),
        ("spam.example", "http://spam.example.org", False),
        # written by the operator with what one copies along
        ("https://www.Spam.example/", "http://spam.example", True),
        ("*.spam.example", "http://x.spam.example", True),
        # in its own alphabet and as the DNS has it
        ("münchen.example", "http://xn--mnchen-3ya.example", True),
        ("xn--mnchen-3ya.example", "http://münchen.example", True),
        # below what is too long to be part of a name
        ("spam.example", f"http://{'ü' * 64}.spam.example", True),
        # a name that alone would not count as a link
        ("like.it", "I like.it was", True),
        # a whole ending
        (".zip", "http://install.zip/", True),
    ],
)
def test_a_banned_domain_rejects(entry: str, text: str, found: bool) -> None:
    """A link to a banned domain or a name under it rejects."""
    findings = links.check(draft(text, Policy(links=LinksPolicy(banned_domains=("other.example", entry)))))
    banned = [finding for finding in findings if finding.code == "banned_domain"]

    assert bool(banned) == found
    assert {finding.verdict for finding in banned} <= {Verdict.REJECT}


def test_a_shortener_holds_unless_the_site_allows_it() -> None:
    """A link that hides where it leads holds; a site can allow them."""
    made = draft("look: https://bit.ly/abc")

    assert links.check(made) == (
        Finding("links", Verdict.HOLD, "link_shortener", "hides where it leads: bit.ly", (Span(6, 24),)),
    )
    allowed = draft("look: https://bit.ly/abc", Policy(links=LinksPolicy(shorteners="allow")))
    assert [finding.verdict for finding in links.check(allowed)] == [Verdict.PASS]


def test_every_finding_is_given() -> None:
    """Banned domains, too many links and shorteners are all told, the worst first."""
    policy = Policy(links=LinksPolicy(max=1, banned_domains=("spam.example",)))
    findings = links.check(draft("http://spam.example http://spam.example bit.ly/1 t.co/2 is.gd/3 cutt.ly/4", policy))

    assert [(finding.code, finding.detail) for finding in findings] == [
        ("banned_domain", "banned: spam.example"),
        ("too_many_links", "links 6/1"),
        ("link_shortener", "hides where it leads: bit.ly, t.co, is.gd and 1 more"),
    ]


def test_the_list_of_shorteners_is_read() -> None:
    """The file holds domains in lower case, without its own remarks."""
    assert {"bit.ly", "tinyurl.com", "t.co"} <= SHORTENERS
    assert "youtu.be" not in SHORTENERS
    assert all(domain == domain.strip().lower() and "." in domain and " " not in domain for domain in SHORTENERS)


@given(ANY)
@settings(deadline=None)
def test_places_stay_inside_the_original(text: str) -> None:
    """Whatever the text, a link lies in it."""
    written = f"http://{text}.com/ {text}.org example[.]{text}"

    assert all(0 <= link.span.start < link.span.end <= len(written) for link in find_links(normalise(written)))


@pytest.mark.parametrize(
    "text",
    [
        *NASTY.values(),
        *(
            unit * (LONG // len(unit))
            for unit in (
                "a.",
                "a.bc ",
                "a-",
                "http://",
                "http://a.b ",
                "www.",
                "a[.]",
                "a dot com ",
                "ü.de ",
                "".join(f"ü{number}.de " for number in range(1000)),
                "//",
                "a@b.",
                "h",
            )
        ),
        "http://" + "a" * LONG,
        "http://" + "ü" * LONG,
        "".join(f"http://{DIFFERENT[at:]}{DIFFERENT[:at]} " for at in range(LONG // 300)),
        "".join(f"ü{number}.de " for number in range(LONG // 9)),
        "x.com/" + ")" * LONG,
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_no_text_takes_long(text: str) -> None:
    """64,000 characters of any kind are searched in linear time."""
    policy = Policy(links=LinksPolicy(banned_domains=("spam.example",)))

    assert_linear(links.check, lambda part: draft(part, policy), text)
