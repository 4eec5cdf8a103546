"""Rows for the spam scorer: what may be trained on, and what only measures it.

A set whose source states no licence measures only; the two UCI collections are the exception, because
they are the field's own training sets. The folder's layout is described in its `PROVENANCE.md`.
Each row has text, spam (1 or 0), source, and a group where rows belong together (a video, a post).
"""

import hashlib
import html
import random
import re
from pathlib import Path

import pandas as pd

from training.data import measuring_keys, text_key
from training.spam_disguise import disguised
from workers.scoring.spam_features import read

SEED = 17
VIDEOS = ("Youtube01-Psy", "Youtube02-KatyPerry", "Youtube03-LMFAO", "Youtube04-Eminem")
TRAINED_SITES = ("made-mistakes-jekyll", "hendrixjoseph.github.io")
MEASURED_SITES = ("haacked.com", "travisdowns.github.io")
WRAPPED = r"https?://t\.co/\S*"  # Twitter puts every link behind its shortener, which says nothing of the writer
LIKELY_LINK = r"http|www\.|\.(?:com|org|net|edu|gov)"
TAG = re.compile(r"<[^<>]{1,400}>")
CHOICE = re.compile(r"\{([^{}]*)\}")
FOLDS = 5
AT_MOST = 8000  # rows of a source that are trained on
HELD_OUT = 6000  # further rows of Jigsaw and of Civil Comments, for measuring
DISGUISED = 1500
EXPANSIONS = 20  # of each template, for measuring

Frame = pd.DataFrame


def rows(texts: pd.Series, spam: pd.Series | int, source: str, group: pd.Series | str = "") -> Frame:
    """Return a frame of rows without empty texts; rows of one `group` stay on one side of a split."""
    frame = pd.DataFrame({"text": texts.astype(str), "spam": spam, "source": source, "group": group})
    return frame[texts.notna() & (frame["text"].str.strip() != "")].reset_index(drop=True)


def visible(text: str) -> str:
    """Return what a reader of an HTML comment sees."""
    return html.unescape(TAG.sub("", text.replace("<br />", "\n"))).replace("\ufeff", "").strip()


def youtube(data: Path) -> Frame:
    parts = []
    for video in VIDEOS:
        raw = pd.read_csv(data / f"youtube-spam/{video}.csv.gz")
        parts.append(rows(raw["CONTENT"].map(visible), raw["CLASS"], "youtube-spam", video))
    return pd.concat(parts, ignore_index=True)


def sms(data: Path) -> Frame:
    raw = pd.read_csv(data / "sms-spam/SMSSpamCollection.csv.gz")
    return rows(raw["text"].map(html.unescape), (raw["label"] == "spam").astype(int), "sms-spam")


def telegram(data: Path) -> Frame:
    raw = pd.read_csv(data / "telegram-spam/tg-spam_samples.csv")
    return rows(raw["text"], (raw["label"] == "spam").astype(int), "tg-spam")


def telegram_ru(data: Path) -> Frame:
    raw = pd.read_csv(data / "telegram-spam/ru_telegram_combined.csv.gz")
    return rows(raw["text"], (raw["label"] == "spam").astype(int), "ru-telegram")


def blog_spam(data: Path) -> Frame:
    return rows(pd.read_csv(data / "blog-spam/spambot_dump_2018.csv")["text"], 1, "blog-spam")


def spamassassin(data: Path) -> Frame:
    """Return subject and body without quotation and tags, 600 characters of each message."""
    raw = pd.read_csv(data / "spamassassin/spamassassin_messages.csv.gz")
    subject = (
        raw["subject"].fillna("").str.replace(r"^(?:re|fwd?)\s*:\s*|\[[^\]]{1,30}\]\s*", "", regex=True, case=False)
    )
    body = raw["body"].fillna("").str.replace(r"(?m)^(?:>.*|.{0,80}(?:wrote|writes):)$", "", regex=True)
    texts = (subject + "\n" + body.map(visible)).str.replace(r"\s+", " ", regex=True).str[:600]
    return rows(texts, (raw["label"] == "spam").astype(int), "spamassassin")


def blog_comments(data: Path, sites: tuple[str, ...]) -> Frame:
    raw = pd.read_csv(data / "blog-comments/blog_comments.csv.gz")
    raw = raw[raw["site"].isin(sites) & (raw["spam_keyword_hit"] == 0)]
    return rows(raw["text"], 0, "blog-comments", raw["site"] + "/" + raw["post"].astype(str))


def jigsaw(data: Path) -> Frame:
    return rows(pd.read_csv(data / "jigsaw/train_natural.csv.gz")["comment_text"], 0, "jigsaw")


def civil(data: Path) -> Frame:
    rated = pd.read_csv(data / "civil-comments/rated_from_toxic_spans.csv.gz")["comment_text"]
    toxic = pd.read_csv(data / "civil-comments/toxic_only_from_marco.csv.gz")["comment_text"]
    return rows(pd.concat([rated, toxic], ignore_index=True), 0, "civil-comments")


def tweets(data: Path) -> Frame:
    raw = pd.read_csv(data / "davidson/labeled_data.csv.gz")
    return rows(raw["tweet"].map(html.unescape).str.replace(WRAPPED, "", regex=True), 0, "tweets")


def reddit(data: Path) -> Frame:
    return rows(pd.read_csv(data / "ruddit/ruddit_with_text.csv.gz")["txt"], 0, "reddit")


def germeval(data: Path) -> Frame:
    raw = pd.read_csv(data / "multilingual/de_germeval2018.training.csv.gz")
    return rows(raw["text"].str.replace("|LBR|", "\n"), 0, "tweets-de")


def told_br(data: Path) -> Frame:
    return rows(pd.read_csv(data / "multilingual/pt_told-br.csv.gz")["text"], 0, "tweets-pt")


def cold(data: Path) -> Frame:
    return rows(pd.read_csv(data / "multilingual/zh_cold_train.csv.gz")["TEXT"], 0, "forum-zh")


def expand(template: str, rng: random.Random) -> str:
    """Return one text of a spintax template: of every `{a|b}` one, the innermost first."""
    while match := CHOICE.search(template):
        template = template[: match.start()] + rng.choice(match[1].split("|")) + template[match.end() :]
    return template


def spintax(data: Path) -> Frame:
    rng = random.Random(SEED)
    templates = (data / "blog-spam/spintax_templates.txt").read_text(encoding="utf-8").splitlines()
    texts = [expand(template, rng) for template in templates if template.strip() for _ in range(EXPANSIONS)]
    return rows(pd.Series(texts), 1, "spintax")


def plain_csv(data: Path, path: str, text: str, label: str | None, source: str) -> Frame:
    """Return the rows of a CSV file with a text column and, unless all is ham, a label column of 0 and 1."""
    raw = pd.read_csv(data / path)
    return rows(raw[text], 0 if label is None else raw[label].astype(int), source)


def trainable(data: Path) -> Frame:
    """Return every row that may be trained on."""
    parts = [
        youtube(data), sms(data), telegram(data), telegram_ru(data), blog_spam(data), spamassassin(data),
        blog_comments(data, TRAINED_SITES), jigsaw(data), civil(data), tweets(data), reddit(data), germeval(data),
        told_br(data), cold(data),
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def measuring(data: Path) -> Frame:
    """Return rows of sources that are never trained on."""
    comments, raw = (
        "youtube-gambling-spam/id_gambling_yt_comments.csv.gz",
        "youtube-gambling-spam/id_gambling_yt_rawdata.csv.gz",
    )
    parts = [
        blog_comments(data, MEASURED_SITES),
        plain_csv(data, "civil-comments/gendered_from_maysfar.csv.gz", "comment", None, "civil-comments (gendered)"),
        plain_csv(data, "context-toxicity/gc.csv.gz", "text", None, "wikipedia talk"),
        plain_csv(data, "youtoxic/youtoxic_english_1000.csv.gz", "Text", None, "youtoxic"),
        plain_csv(data, "datacamp-comments/labelled.csv.gz", "comment", "label", "datacamp"),
        plain_csv(data, comments, "text", "label", "gambling (comments)"),
        plain_csv(data, raw, "Comments", "Label", "gambling (raw)"),
        spintax(data),
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def key_of(text: str) -> str:
    """Return what is the same for texts that differ in case and punctuation only."""
    return text_key(text) if re.search(r"[^\W_]", text) else text


def fold_of(group: str, key: str) -> int:
    """Return the fold of a row: each video has its own, what has another group or none is spread by hash."""
    if group in VIDEOS:
        return VIDEOS.index(group)
    return int(hashlib.sha256((group or key).encode()).hexdigest()[:8], 16) % FOLDS


def linked(rest: Frame) -> Frame:
    """Return the rows with a link, of those that are left, as rows of the source `linked`, to be trained on."""
    likely = rest[rest["text"].str.contains(LIKELY_LINK)].drop_duplicates("key")
    return likely[[bool(read(text)[1]) for text in likely["text"]]].assign(source="linked", group="", trained=True)


def prepare(data: Path) -> tuple[Frame, Frame]:
    """Return (rows with `trained` and `fold`, rows that are never trained on).

    Rows that are not `trained` are repetitions; TubeSpam and the SMS set are measured with them, as others do.
    """
    rows = trainable(data)
    rows["key"] = rows["text"].map(key_of)
    rows["fold"] = [fold_of(group, key) for group, key in zip(rows["group"], rows["key"], strict=True)]
    usable = ~rows["key"].isin(measuring_keys(data)) & ~rows.duplicated(["key", "source", "group", "spam"])
    chosen = rows[usable].groupby("source", group_keys=False)
    trained = pd.concat([part.sample(min(len(part), AT_MOST), random_state=SEED) for _, part in chosen])
    rows["trained"] = rows.index.isin(trained.index)
    rest = rows[usable & ~rows["trained"] & rows["source"].isin(["jigsaw", "civil-comments"])]
    held = pd.concat([part.sample(HELD_OUT, random_state=SEED) for _, part in rest.groupby("source")])
    measured = pd.concat([measuring(data), held.assign(source=held["source"] + " (held out)")], ignore_index=True)
    measured["key"] = measured["text"].map(key_of)
    measured = measured[~measured["key"].isin(trained["key"])].drop_duplicates(["key", "source"])
    kept = rows[rows["trained"] | rows["source"].isin(["youtube-spam", "sms-spam"])]
    more = linked(rest[~rest["key"].isin({*measured["key"], *kept["key"]})])
    kept = pd.concat([kept, more, disguised(kept[kept["trained"]], DISGUISED, SEED)])
    return kept.reset_index(drop=True), measured.reset_index(drop=True)
