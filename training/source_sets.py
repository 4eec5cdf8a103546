"""The sets that the compact model learns from, one function each; `sources.py` lists them.

Every function returns rows with `text`, any of the columns `HEADS` (0 to 1; a column that is left out or
NaN is not known and teaches nothing) and, where toxic stretches are marked, `spans` as a list of (start, end)
in code points. Sets whose licence is not stated, and all sets and parts that are for measuring, are not here.
"""

import ast
import html
import re
from pathlib import Path

import numpy as np
import pandas as pd

from training.data import HEADS, LABELS, held_out, jigsaw_train

SEXUAL = re.compile(
    r"\b(cocks?|dicks?|pen[iu]s\w*|puss(?:y|ies)|vaginas?|blow ?jobs?|cum(?:ming|shot)?|jizz|anal|masturbat\w*|boobs?"
    r"|tits?|titties|nipples?|orgasms?|dildos?|horny|porn\w*|sexy?|clit\w*|testicles?|ejaculat\w*|rap(?:e|ed|ing)"
    r"|suck (?:my|his|her|your|a)\b|balls deep|jerk(?:ing)? off)\b",
    re.IGNORECASE,
)
SWEARING = re.compile(
    r"fuck|shit|cunt|\b(?:ass|asshole|arse|dick|dickhead|prick|bitch|bastard|whore|slut|idiot|moron|retard|stupid"
    r"|dumb|scum|twat|wanker|cock|pussy|crap)",
    re.IGNORECASE,
)
HANDLE = re.compile(r"(?:RT )?@\w+:?")
DYNAHATE_HELD_OUT = SBIC_HELD_OUT = 0.15
SPANS_HELD_OUT = 0.08
MIT_BLOGS = ("made-mistakes-jekyll", "hendrixjoseph.github.io")
PARADETOX_TOXIC, RUDDIT_MIDDLE, RUDDIT_SLOPE = 0.8, 0.25, 6.0
"""A rewritten comment was toxic for most; Ruddit ranks offence from -1 to 1, and a quarter is where it begins."""


def jigsaw(data: Path) -> pd.DataFrame:
    """Wikipedia talk pages with all six labels; what is sexual is told by words where a comment is toxic at all."""
    rows, _ = jigsaw_train(data)
    clean = rows[list(LABELS)].max(axis=1) == 0
    sexual = rows["text"].map(lambda text: bool(SEXUAL.search(text)))
    rows["sexual_explicit"] = np.where(clean, 0.0, np.where(sexual, 0.7, 0.05))
    aimed = rows[["insult", "threat", "identity_hate"]].max(axis=1) == 1
    rows["abusive"] = np.where(rows["toxic"] == 0, 0.0, np.where(aimed, 1.0, np.nan))
    rows["spans"] = None
    blank = clean & rows["natural"] & held_out(rows, 0.1)
    rows.loc[blank, "spans"] = pd.Series([[] for _ in range(len(rows))], index=rows.index)[blank]
    return rows


def jigsaw_again(data: Path) -> pd.DataFrame:
    """The same without four in ten of the harmless natural comments, of which there are most."""
    rows = jigsaw(data)
    common = rows["natural"] & (rows[list(LABELS)].max(axis=1) == 0)
    return rows[~(common & held_out(rows, 0.4))]


def civil_rated(data: Path) -> pd.DataFrame:
    """News-site comments that several people rated and marked; labels are the share of raters."""
    comments = pd.read_csv(data / "toxic-spans/comments.csv.gz").merge(
        pd.read_csv(data / "civil-comments/rated_from_toxic_spans.csv.gz")[["comment_id", "frac_not_toxic"]],
        on="comment_id",
    )
    ratings = pd.read_csv(data / "toxic-spans/annotations.csv.gz")
    marks = pd.read_csv(data / "toxic-spans/spans.csv.gz").merge(ratings, on="annotation")
    raters = ratings.groupby("comment_id")["annotation"].nunique()
    for head, kind in {
        "insult": "Insult",
        "obscene": "Profane/Obscene",
        "threat": "Threat",
        "identity_hate": "Identity based Attack",
    }.items():
        said = marks[marks["type"] == kind].groupby("comment_id")["annotation"].nunique()
        comments[head] = (
            said.reindex(comments["comment_id"]).fillna(0) / raters.reindex(comments["comment_id"])
        ).to_numpy()
    marked = {
        comment: _majority(list(zip(group["start"], group["end"], strict=True)), group["annotation"].nunique())
        for comment, group in marks.groupby("comment_id")
    }
    comments["toxic"] = 1 - comments["frac_not_toxic"]
    comments["spans"] = [marked.get(comment) for comment in comments["comment_id"]]
    comments.loc[held_out(comments, SPANS_HELD_OUT, "comment_text"), "spans"] = None
    return comments.rename(columns={"comment_text": "text"})


def spans(data: Path) -> pd.DataFrame:
    """SemEval-2021 task 5: toxic comments and the words that make them so."""
    rows = _spans(data)
    return rows[~held_out(rows, SPANS_HELD_OUT)].assign(toxic=0.9)


def held_out_spans(data: Path) -> pd.DataFrame:
    """Return the comments whose marks are not trained on, as `text` and `spans`."""
    rows = _spans(data)
    return rows[held_out(rows, SPANS_HELD_OUT)]


def civil_toxic(data: Path) -> pd.DataFrame:
    """News-site comments that most raters called toxic."""
    rows = pd.read_csv(data / "civil-comments/toxic_only_from_marco.csv.gz")
    return rows.rename(columns={"comment_text": "text"}).assign(toxic=0.85)


def civil_full(data: Path) -> pd.DataFrame:
    """The few rows of Civil Comments with all its columns, `sexual_explicit` among them; shares of raters."""
    rows = pd.read_csv(data / "civil-comments/full_columns_small.csv")
    return rows.rename(columns={"comment_text": "text", "target": "toxic", "identity_attack": "identity_hate"}).drop(
        columns="severe_toxicity"
    )


def dynahate(data: Path) -> pd.DataFrame:
    """Hate and its contrast, written to fool classifiers; an insult of no group is not hate and says nothing here."""
    rows = _dynahate(data)
    return rows[~held_out(rows, DYNAHATE_HELD_OUT, "pair")]


def held_out_dynahate(data: Path) -> pd.DataFrame:
    """Return the pairs that are not trained on, as `text` and `label` (1 is hate)."""
    rows = _dynahate(data)
    rows = rows[held_out(rows, DYNAHATE_HELD_OUT, "pair")]
    return rows.assign(label=(rows["identity_hate"] == 1).astype(int))[["text", "label"]]


def sbic(data: Path) -> pd.DataFrame:
    """Social media posts and jokes with what they imply; labels are the share of raters."""
    rows = _sbic(data)
    return rows[~held_out(rows, SBIC_HELD_OUT)]


def held_out_sbic(data: Path) -> pd.DataFrame:
    """Return the posts that are not trained on, as `text` and `label` (1 is offensive to at least half)."""
    rows = _sbic(data)
    rows = rows[held_out(rows, SBIC_HELD_OUT)]
    return rows.assign(label=(rows["toxic"] >= 0.5).astype(int))[["text", "label"]]


def hatemoji(data: Path) -> pd.DataFrame:
    """Hate that an emoji carries, and its contrast."""
    parts = [pd.read_csv(data / f"hatemoji/hatemojibuild_{part}.csv.gz") for part in ("train", "validation")]
    return _hate(pd.concat(parts, ignore_index=True), "label_gold", "type")


def davidson(data: Path) -> pd.DataFrame:
    """Tweets: hate, harmless, and a part of the merely vulgar, which raters found offensive and counts half."""
    rows = pd.read_csv(data / "davidson/labeled_data.csv.gz")
    rows["text"] = [HANDLE.sub("", html.unescape(text)).strip() for text in rows["tweet"]]
    rows["toxic"] = (rows["hate_speech"] + 0.5 * rows["offensive_language"]) / rows["count"]
    rows["identity_hate"] = rows["hate_speech"] / rows["count"]
    return rows[(rows["class"] != 1) | held_out(rows, 0.2)]


def ruddit(data: Path) -> pd.DataFrame:
    """Reddit comments ranked by how offensive they are."""
    rows = pd.read_csv(data / "ruddit/ruddit_with_text.csv.gz").rename(columns={"txt": "text"})
    offence = rows["offensiveness_score"]
    return rows.assign(toxic=1 / (1 + np.exp(-RUDDIT_SLOPE * (offence - RUDDIT_MIDDLE))))


def stormfront(data: Path) -> pd.DataFrame:
    """Sentences of a white-supremacist forum: hate without profanity, and the same people on other things."""
    rows = pd.read_csv(data / "vicomtech-hate/stormfront_sentences.csv.gz")
    rows = rows[(rows["label"] == "hate") | ((rows["label"] == "noHate") & held_out(rows, 0.4))]
    hate = (rows["label"] == "hate").astype(float)
    return rows.assign(toxic=0.05 + 0.85 * hate, identity_hate=0.02 + 0.88 * hate, obscene=np.nan)


def paradetox(data: Path) -> pd.DataFrame:
    """Minimal pairs: a toxic sentence, and its first rewriting without what made it so."""
    pairs = pd.read_csv(data / "paradetox/paradetox.csv.gz")
    toxic = pd.DataFrame({"text": pairs["toxic"], "toxic": PARADETOX_TOXIC})
    neutral = pd.DataFrame({"text": pairs["neutral1"].dropna(), "toxic": 0.05, "severe_toxic": 0.0, "obscene": 0.02})
    return pd.concat([toxic, neutral], ignore_index=True)


def raters(data: Path) -> pd.DataFrame:
    """Wikipedia comments rated singly for four labels; labels are the share of raters."""
    ratings = pd.read_csv(data / "annotator-level/annotations.csv.gz")
    heads = ["identity_hate", "obscene", "threat", "insult"]
    rows = pd.read_csv(data / "annotator-level/comments.csv.gz").set_index("_unit_id")
    return rows.join(ratings.groupby("_unit_id")[heads].mean()).rename(columns={"comment_text": "text"})


def blogs(data: Path) -> pd.DataFrame:
    """Ordinary comments of two blogs, moderated by their owners."""
    rows = pd.read_csv(data / "blog-comments/blog_comments.csv.gz")
    return rows[rows["site"].isin(MIT_BLOGS)].assign(**dict.fromkeys(HEADS, 0.0))


def _spans(data: Path) -> pd.DataFrame:
    rows = pd.read_csv(data / "toxic-spans/tsd_train.csv.gz")
    rows["spans"] = [_runs(sorted(ast.literal_eval(offsets))) for offsets in rows["spans"]]
    return rows


def _dynahate(data: Path) -> pd.DataFrame:
    parts = [pd.read_csv(data / f"dynahate/dynahate_db_{part}_from_marco.csv.gz") for part in ("dev", "test")]
    rows = pd.concat(parts, ignore_index=True)
    rows["pair"] = [min(pair) for pair in zip(rows["acl.id"].astype(str), _partner(rows), strict=True)]
    rows["label_hate"] = (rows["label"] == "hate").astype(int)
    return _hate(rows, "label_hate", "type")


def _partner(rows: pd.DataFrame) -> pd.Series:
    return rows["acl.id.matched"].fillna(rows["acl.id"]).astype(str)


def _hate(rows: pd.DataFrame, label: str, kind: str) -> pd.DataFrame:
    """Label rows of a set that tells hate of groups from all else: swearing at a person is not hate, but toxic."""
    hate = rows[label] == 1
    sworn = rows["text"].astype(str).map(lambda text: bool(SWEARING.search(text)))
    threat = rows[kind].astype(str).str.startswith("threat")
    return rows.assign(
        toxic=np.where(hate, 1.0, np.where(sworn, np.nan, 0.0)),
        identity_hate=hate.astype(float),
        threat=np.where(threat & hate, 1.0, np.where(hate, np.nan, 0.0)),
    )


def _sbic(data: Path) -> pd.DataFrame:
    rows = pd.concat([pd.read_csv(data / f"sbic/SBIC.v2.agg.{part}.csv.gz") for part in ("dev", "tst")])
    rows = rows.assign(text=rows["post"].map(lambda text: HANDLE.sub("", html.unescape(str(text))).strip()))
    rows = rows.assign(toxic=rows["offensiveYN"], sexual_explicit=rows["sexYN"]).drop_duplicates("text")
    group = (rows["whoTarget"] == 1) & (rows["toxic"] >= 0.5)
    return rows.assign(identity_hate=np.where(group, 0.9, np.where(rows["toxic"] < 0.34, 0.0, np.nan)))


def _majority(marks: list[tuple[int, int]], raters_who_marked: int) -> list[tuple[int, int]]:
    """Return the stretches that at least half of the raters who marked anything marked.

    So the SemEval task seems to have been made: its own marks agree with these with an F1 of 0.93.
    """
    votes: dict[int, int] = {}
    for start, end in marks:
        for at in range(start, end):
            votes[at] = votes.get(at, 0) + 1
    return _runs(sorted(at for at, number in votes.items() if number * 2 >= raters_who_marked))


def _runs(offsets: list[int]) -> list[tuple[int, int]]:
    """Return sorted character offsets as (start, end) stretches."""
    runs: list[tuple[int, int]] = []
    for at in offsets:
        if runs and runs[-1][1] == at:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs
