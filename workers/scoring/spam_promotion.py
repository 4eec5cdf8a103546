"""What advertises in ordinary words, and which links people cite.

Praise with a request, and the writer's own channel, are most of what is spam under videos and in groups; a link to an
encyclopaedia, a newspaper or an office is most of what is not. Every pattern is bounded, so the time is linear.
"""

import re

PROMOTION_FEATURES = ("calls", "own", "offers", "likes")

_CALLS = re.compile(
    r"\b(?:check(?:ing)? (?:(?:it|this|me|us|my|our|out|these|them) ){1,3}|check out|subscribe"
    r"|subs? (?:to )?(?:me|my)\b|follow (?:me|us|my)|visit (?:my|our|us|this|the)|add me|text me|txt"
    r"|call (?:now|us|me|0)|reply|contact (?:me|us)|click|sign up|join (?:us|my|our|me|now)"
    r"|(?:write|send|message|dm|pm|email) (?:to )?me"
    r"|vote for|support (?:me|us|my|our)|help (?:me|us)\b|подпис|пиши|напиши|перех[оо]д|жми|заход|обраща)"
)
"""Asks the reader to do something for the writer."""
_OWN = re.compile(
    r"\b(?:my|our) (?:\w{1,30}+ ){0,2}(?:channel|video|vid|song|music|cover|track|page|blog|site|website|store|shop"
    r"|group|book|album|profile|mixtape|company|product|service|app|game|link|account|facebook|youtube|band|team)"
    r"|\b(?:наш|мо[йеяю])\w{0,3} (?:\w{1,30}+ )?(?:канал|групп|сайт|чат|команд|проект|магазин)"
)
"""What the writer has, makes or sells."""
_OFFERS = re.compile(
    r"\b(?:free|win|won|winner|prize|claim|bonus|discount|sale|offer|earn|income|cash|profit|guarantee|limited|cheap"
    r"|order now|buy now|work(?:ing)? from home|per (?:day|week|month)|a (?:day|week|month)|заработ|доход|прибыл|бонус"
    r"|скидк|бесплатн|выигра|в (?:день|неделю|месяц))"
)
"""Money, prizes, prices."""
_LIKES = re.compile(
    r"\bthumbs? (?:\w{1,30}+ )?up|\blike (?:this|if|my|for)\b|\blikes (?:for|=)"
    r"|\b(?:please|plz|pls) (?:like|share|subscribe|check|help|visit|watch|read)|\bshare (?:this|my)"
    r"|\bcomment if|\bлайк"
)
"""Asks for a sign of approval."""

_CITED = """
wikipedia.org wikimedia.org wiktionary.org wikisource.org wikidata.org mediawiki.org britannica.com bbc.co.uk bbc.com
cnn.com nytimes.com washingtonpost.com guardian.co.uk theguardian.com telegraph.co.uk independent.co.uk
timesonline.co.uk thetimes.co.uk reuters.com apnews.com ap.org foxnews.com msnbc.com nbcnews.com cbsnews.com
abcnews.com usatoday.com latimes.com wsj.com bloomberg.com economist.com ft.com time.com newsweek.com forbes.com
npr.org pbs.org cbc.ca theglobeandmail.com smh.com.au abc.net.au aljazeera.com haaretz.com jpost.com dw.com spiegel.de
lemonde.fr elpais.com politico.com slate.com salon.com theatlantic.com huffingtonpost.com nature.com sciencemag.org
science.org sciencedirect.com springer.com jstor.org doi.org arxiv.org archive.org merriam-webster.com dictionary.com
imdb.com stackoverflow.com stackexchange.com github.com mozilla.org w3.org ietf.org microsoft.com apple.com un.org
who.int europa.eu nih.gov snopes.com pewresearch.org gutenberg.org creativecommons.org python.org debian.org apache.org
nationalgeographic.com adl.org splcenter.org amnesty.org hrw.org espn.com nfl.com nba.com billboard.com rollingstone.com
mtv.com books.google.com scholar.google.com news.google.com news.yahoo.com
"""
CITED = frozenset(_CITED.split())
"""Hosts that people cite: encyclopaedias, newspapers, science, documentation."""
_OFFICIAL = re.compile(r"\.(?:edu|gov|mil|int)$|\.(?:ac|edu|gov|gob|gouv|govt)\.[a-z]{2}$")


def promotion_features(plain: str) -> dict[str, float]:
    """Return how often a normalised text asks for something, names its writer's own, offers, and asks for likes."""
    found = (_CALLS, _OWN, _OFFERS, _LIKES)
    return {
        name: len(pattern.findall(plain)) for name, pattern in zip(PROMOTION_FEATURES, found, strict=True)
    }  # fmt: skip


def is_cited(host: str) -> bool:
    """Tell whether a host, in ASCII, is one that people cite: of `CITED`, or of a school, an office or an army."""
    parts = host.lower().split(".")
    return bool(_OFFICIAL.search(host.lower())) or any(
        ".".join(parts[at:]) in CITED for at in range(max(0, len(parts) - 4), len(parts) - 1)
    )
