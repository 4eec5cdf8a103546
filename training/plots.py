"""The plots of `docs/accuracy.md`: on white, in the colours of Okabe and Ito, which colour-blind people can tell apart.

They are made to be read at a width of 700 pixels, and saved with a palette, so that each takes little space.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito, https://jfly.uni-koeln.de/color/."""
STYLE = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.prop_cycle": mpl.cycler(color=COLOURS),
    "font.size": 9,
    "grid.color": "#dddddd",
    "legend.frameon": False,
}
WIDTH = 7.0
"""Inches; at `DPI` twice 700 pixels, for sharp screens."""
DPI = 200
PALETTE = 64


@dataclass(frozen=True, slots=True)
class Band:
    """A curve with its interval, one value for each place on the horizontal axis."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True, slots=True)
class Points:
    """Bins of a reliability diagram: mean score, share of positives with its interval, and rows."""

    means: np.ndarray
    rates: np.ndarray
    low: np.ndarray
    high: np.ndarray
    counts: np.ndarray


Estimate = tuple[float, float, float]
"""Value, low and high end of its interval."""


def curves(
    path: Path, roc: Mapping[str, Band], precision: Mapping[str, Band], rates: np.ndarray, recalls: np.ndarray
) -> None:
    """Write ROC curves, the false-positive rate on a logarithmic axis, beside precision-recall curves."""
    figure, (left, right) = _start(3.2, 1, 2)
    _bands(left, roc, rates)
    left.set(xscale="log", xlim=(rates[0], 1), ylim=(0, 1.02), xlabel="false-positive rate", ylabel="recall")
    left.xaxis.set_major_formatter(lambda rate, _: f"{rate:.1%}".replace(".0%", "%"))
    left.axvline(0.01, color="#666666", linestyle=":", linewidth=1)
    _bands(right, precision, recalls)
    right.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="recall", ylabel="precision")
    right.legend(loc="lower left")
    _save(figure, path)


def reliability(path: Path, attributes: Mapping[str, Points]) -> None:
    """Write one small reliability diagram for each attribute."""
    figure, axes = _start(4.8, 2, 3)
    for place, (ax, (name, points)) in enumerate(zip(axes.flat, attributes.items(), strict=True)):
        ax.plot([0, 1], [0, 1], color="#888888", linewidth=1, linestyle="--")
        errors = np.abs([points.rates - points.low, points.high - points.rates])
        ax.errorbar(points.means, points.rates, errors, fmt="none", ecolor=COLOURS[0], linewidth=1)
        ax.scatter(points.means, points.rates, 8 + 6 * np.log10(points.counts) ** 2, zorder=3)
        ax.set(title=name, xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
        ax.set_xlabel("score" if place >= axes.shape[1] else "")
        ax.set_ylabel("share of positives" if place % axes.shape[1] == 0 else "")
    _save(figure, path)


def bars(
    path: Path,
    drops: Mapping[tuple[str, int], Estimate],
    kinds: Sequence[str],
    strengths: Sequence[int],
    lines: Mapping[str, float],
) -> None:
    """Write points of recall lost: a group of bars for each kind, one bar for each strength."""
    figure, ax = _start(3.4, 1, 1)
    wide = 0.8 / len(strengths)
    shades = ("#9ecae1", "#4292c6", "#08519c")
    for at, strength in enumerate(strengths):
        value, low, high = np.array([drops[kind, strength] for kind in kinds]).T
        places = np.arange(len(kinds)) + (at - (len(strengths) - 1) / 2) * wide
        errors = np.abs([value - low, high - value])
        look = {"color": shades[at], "ecolor": "#333333", "error_kw": {"linewidth": 0.8}}
        ax.bar(places, value, wide * 0.94, yerr=errors, label=f"strength {strength}", **look)
    _goals(ax.axhline, lines)
    ax.axhline(0, color="#333333", linewidth=0.8)
    ax.set_xticks(range(len(kinds)), kinds)
    ax.grid(visible=False, axis="x")
    ax.set_ylabel("points of recall lost")
    ax.legend(ncols=5, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    _save(figure, path)


def dots(path: Path, terms: Mapping[str, Mapping[str, Estimate]], lines: Mapping[str, float]) -> None:
    """Write the AUCs of each term, the first one on top, each with its interval."""
    figure, ax = _start(0.5 + 0.24 * len(terms), 1, 1)
    for at, (measure, mark) in enumerate(zip(next(iter(terms.values())), ("o", "s", "D"), strict=True)):
        value, low, high = np.array([each[measure] for each in terms.values()]).T
        places = np.arange(len(terms)) + (at - 1) * 0.22
        errors = np.abs([value - low, high - value])
        ax.errorbar(value, places, xerr=errors, fmt=mark, markersize=4, linewidth=1, label=measure)
    _goals(ax.axvline, lines)
    ax.set_yticks(range(len(terms)), list(terms))
    ax.set_ylim(len(terms) - 0.4, -0.6)
    ax.grid(visible=False, axis="y")
    ax.set_xlabel("AUC")
    ax.legend(ncols=5, loc="lower center", bbox_to_anchor=(0.45, 1.0))
    _save(figure, path)


def _start(height: float, rows: int, columns: int):
    mpl.rcParams.update(STYLE)
    figure = Figure(figsize=(WIDTH, height), layout="constrained", dpi=DPI)
    return figure, figure.subplots(rows, columns)


def _bands(ax: Axes, named: Mapping[str, Band], places: np.ndarray) -> None:
    for (name, band), line in zip(named.items(), ("-", "--"), strict=True):
        (drawn,) = ax.plot(places, band.value, line, label=name, linewidth=1.6)
        ax.fill_between(places, band.low, band.high, color=drawn.get_color(), alpha=0.2, linewidth=0)


def _goals(draw: Callable, lines: Mapping[str, float]) -> None:
    for (name, value), style in zip(lines.items(), ("--", ":"), strict=True):
        draw(value, color="#555555", linestyle=style, linewidth=1, label=name)


def _save(figure: Figure, path: Path) -> None:
    """Write `figure` as a PNG of few colours and no date."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", facecolor="white")
    drawn.seek(0)
    Image.open(drawn).convert("RGB").quantize(PALETTE, dither=Image.Dither.NONE).save(path, optimize=True)
