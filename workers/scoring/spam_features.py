"""From a text, and what is known of its author, to named numbers that speak for or against spam.

Pure; every pattern is bounded or possessive, so the time is linear in the length of the text.
Most numbers are counts or shares (0 to 1); `scaled` brings them to the same size for a linear model.
What to look at follows SmokeDetector's `findspam.py` (repetition, punctuation, contacts) and tg-spam
(mixed script, spacing, emoji, stylised letters).
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from moderation.model import Comment
from moderation.rules.links import SHORTENERS, Link, find_links
from moderation.text import Normalised, normalise
from workers.scoring.spam_promotion import PROMOTION_FEATURES, is_cited, promotion_features

TEXT_FEATURES = (
    "links", "domains", "shorteners", "link_share", "emails", "phones", "handles", "mentions", "anchors",
    "prices", "crypto", "mixed_script", "stylised", "invisible", "spaced", "emoji", "emoji_share", "capital_share",
    "digit_share", "mark_share", "repeated_words", "repeated_characters",
    "length_10", "length_30", "length_100", "length_300", "length_1000", "length_more", "cited",
    *PROMOTION_FEATURES,
)  # fmt: skip
"""What can be read from the text alone; the training sets have all of it."""
AUTHOR_FEATURES = ("author_url", "author_name_link", "author_name_keyword", "honeypot", "too_fast")
"""What needs the author or the form; no training set has any of it."""
FEATURES = TEXT_FEATURES + AUTHOR_FEATURES

LENGTHS = ((10, "length_10"), (30, "length_30"), (100, "length_100"), (300, "length_300"), (1000, "length_1000"))
COUNTED = frozenset({
    "links", "domains", "shorteners", "emails", "phones", "handles", "mentions", "anchors", "prices", "crypto",
    "mixed_script", "stylised", "invisible", "spaced", "emoji", "repeated_characters", "cited", *PROMOTION_FEATURES,
})  # fmt: skip
"""Features that are counts without a bound."""
MOST = 20_000  # no comment is longer; what follows is not looked at, so that the time has a bound
TOO_FAST_MS = 2000
FEW_CHARACTERS = 20  # shares are of at least so many, or "OK" would be all capitals and "645" all digits
FEW_WORDS = 5  # a word that makes up a fifth of fewer words than this repeats nothing

CONTACT_WORDS = frozenset({
    "whatsapp", "telegram", "viber", "skype", "wechat", "icq", "kik", "ватсап", "вотсап", "вайбер", "личку", "лс",
})  # fmt: skip
CONTACT_PREFIXES = ("телегр",)
CRYPTO_WORDS = frozenset({"bitcoin", "bitcoins", "btc", "usdt", "ethereum", "dogecoin", "forex", "trc20", "airdrop"})
CRYPTO_PREFIXES = ("crypto", "крипт", "биткоин")

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@[a-z0-9-]{1,63}+(?:\.[a-z0-9-]{1,63}+){1,4}")
PHONE = re.compile(r"(?<![\w.,:/=-])(?:\+|00?|1[ .-]|\()\(?\d(?:[ ().-]{0,2}\d){7,13}(?!\w)")
MESSENGER = re.compile(r"\b(?:t|telegram|wa)\.me\b|\bchat\.whatsapp\b|\bdiscord\.gg\b|(?<!\w)@\w{2,40}bot\b")
MENTION = re.compile(r"(?<!\w)@\w{3,}+")
ANCHOR = re.compile(r"<a\s[^<>]{0,200}href|\[(?:url|link)\b")
PRICE = re.compile(r"[$€£₽₹¥]\s?\d|\d\s?[$€£₽₹¥]|\d\s?(?:usd|eur|gbp|dollars|pounds|руб|долл)\w{0,4}|\${2,}+|\b100\s?%")
MIXED = re.compile(r"[a-z][Ͱ-ԯ]|[Ͱ-ԯ][a-z]")
SPACED = re.compile(r"(?<![\w'.])(?:\w[ .*_·-]{1,2}+(?=\w(?!\w))){3,30}+\w")
WORD = re.compile(r"\w+")
DIGIT = re.compile(r"\d")
MARK = re.compile(r"[^\w\s]")
RUN = re.compile(r"(\S)\1{4,}")
STYLISED = re.compile(r"[\U0001D400-\U0001D7FF\U0001F130-\U0001F189Ⓐ-ⓩ⒜-⒵ᴀ-ᴢ]")
"""Mathematical, circled, squared and small capital letters; wide ones are ordinary in Chinese and Japanese."""
INVISIBLE = re.compile("[\u00ad\u034f\u200b\u2060-\u2064\u3164\ufeff]")
"""What splits words unseen; joiners are left out, since Persian, Hindi and emoji need them."""
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55\u25ba\u25b6\u2022]")
NAME_LINK = re.compile(r"https?:|www\.|\.(?:com|net|org|info|biz|ru|xyz|top|online|shop)\b")
NAME_KEYWORD = re.compile(
    r"\b(?:buy|cheap|best|seo|casino|slots?|loans?|escorts?|viagra|cialis|pills|bonus|betting|crypto|forex|hosting"
    r"|replica|discount|coupons?|download|marketing|services?|agency|company|repair|essay|insurance|lawyers?)\b"
)


def read(text: str) -> tuple[Normalised, tuple[Link, ...]]:
    """Return the first `MOST` characters of `text` normalised, and the links that are surely some."""
    normalised = normalise(text[:MOST])
    return normalised, tuple(link for link in find_links(normalised) if link.certain)


def features(
    text: str, normalised: Normalised, links: Sequence[Link], comment: Comment | None = None
) -> dict[str, float]:
    """Return every feature of `FEATURES` by its name; what is not known of an author is 0.

    `normalised` and `links` are what `read` makes of `text`.
    """
    text, plain = text[:MOST], normalised.text[:MOST]
    words = WORD.findall(plain)
    return {
        **link_features(text, links),
        **contact_features(plain, words),
        **promotion_features(plain),
        **letter_features(text, plain),
        **shape_features(text, plain, words),
        **author_features(comment),
    }


def scaled(found: Mapping[str, float]) -> list[float]:
    """Return the features in the order of `FEATURES`: counts as log2(1 + n) / 3 and at most 2, shares as they are."""
    return [min(math.log2(1 + found[name]) / 3, 2.0) if name in COUNTED else found[name] for name in FEATURES]


def link_features(text: str, links: Sequence[Link]) -> dict[str, float]:
    """Return how many links there are, to how many hosts, how many shortened, and their share of the text.

    Links to hosts that people cite are counted apart.
    """
    others = [link for link in links if not is_cited(link.host)]
    return {
        "links": len(others),
        "domains": len({link.host for link in others}),
        "shorteners": sum(link.host.removeprefix("www.") in SHORTENERS for link in others),
        "link_share": sum(link.span.end - link.span.start for link in others) / max(len(text), 1),
        "cited": len(links) - len(others),
    }


def contact_features(plain: str, words: Sequence[str]) -> dict[str, float]:
    """Return counts of the ways to reach somebody, and of prices and currencies."""
    at = "@" in plain
    return {
        "emails": len(EMAIL.findall(plain)) if at else 0,
        "phones": len(PHONE.findall(plain)),
        "handles": len(MESSENGER.findall(plain)) + count_of(words, CONTACT_WORDS, CONTACT_PREFIXES),
        "mentions": len(MENTION.findall(plain)) if at else 0,
        "anchors": len(ANCHOR.findall(plain)),
        "prices": len(PRICE.findall(plain)),
        "crypto": count_of(words, CRYPTO_WORDS, CRYPTO_PREFIXES),
    }


def count_of(words: Sequence[str], known: AbstractSet[str], prefixes: tuple[str, ...]) -> int:
    """Return how many of `words` are `known` or begin with one of `prefixes`."""
    return sum(word in known or word.startswith(prefixes) for word in words)


def letter_features(text: str, plain: str) -> dict[str, float]:
    """Return counts of what only characters outside ASCII can do."""
    if text.isascii():
        return {"mixed_script": 0, "stylised": 0, "invisible": 0, "emoji": 0, "emoji_share": 0.0}
    emoji = len(EMOJI.findall(text))
    return {
        "mixed_script": len(MIXED.findall(plain)),
        "stylised": len(STYLISED.findall(text)),
        "invisible": len(INVISIBLE.findall(text)),
        "emoji": emoji,
        "emoji_share": emoji / len(text),
    }


def shape_features(text: str, plain: str, words: Sequence[str]) -> dict[str, float]:
    """Return shares of kinds of characters, repetition, and which bucket the length falls in."""
    visible = len(plain) - plain.count(" ")
    letters = sum(map(str.isalpha, text))
    most = Counter(words).most_common(1)[0][1] if len(words) >= FEW_WORDS else 0
    bucket = next((name for limit, name in LENGTHS if visible < limit), "length_more")
    return {
        **dict.fromkeys((name for _, name in LENGTHS), 0.0),
        "length_more": 0.0,
        bucket: 1.0,
        "spaced": len(SPACED.findall(plain)),
        "capital_share": sum(map(str.isupper, text)) / max(letters, FEW_CHARACTERS),
        "digit_share": len(DIGIT.findall(plain)) / max(visible, FEW_CHARACTERS),
        "mark_share": len(MARK.findall(plain)) / max(visible, FEW_CHARACTERS),
        "repeated_words": most / len(words) if most > 1 else 0.0,
        "repeated_characters": len(RUN.findall(plain)),
    }


def author_features(comment: Comment | None) -> dict[str, float]:
    """Return what the author's name and address and the form say; all 0 for a text without a comment."""
    if comment is None:
        return dict.fromkeys(AUTHOR_FEATURES, 0.0)
    name = (comment.author.name or "").lower()
    taken = comment.signals.filled_in_ms
    return {
        "author_url": float(bool(comment.author.url)),
        "author_name_link": float(bool(NAME_LINK.search(name))),
        "author_name_keyword": float(bool(NAME_KEYWORD.search(name))),
        "honeypot": float(bool(comment.signals.honeypot)),
        "too_fast": float(taken is not None and 0 <= taken < TOO_FAST_MS),
    }
