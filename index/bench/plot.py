"""Draws how time and memory grow with the archive, from the records of a run."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.errors import NotInstalled

_OURS = "wenbao"
_COLOURS = {
    _OURS: "tab:blue",
    "tantivy": "tab:orange",
    "fts5": "tab:green",
    "bm25s": "tab:red",
    "rank_bm25": "tab:purple",
}


def check() -> None:
    """Raise NotInstalled when there is nothing to draw with."""
    if importlib.util.find_spec("matplotlib") is None:
        raise NotInstalled("没有安装 matplotlib，画不了图；请 pip install 'wenbao[bench]'，或去掉 --plot")


def draw(records: Sequence[dict[str, Any]], png: Path) -> None:
    """Draw the newest record of every case and size, log-log: CPU p50 of a question, resident memory."""
    check()
    figure = importlib.import_module("matplotlib.figure").Figure(figsize=(10, 4.2), layout="constrained")
    times, memory = figure.subplots(1, 2)
    for axes, curves, label in (
        (times, _times(records), "CPU per question, p50, ms"),
        (memory, _memory(records), "resident memory, MB"),
    ):
        for name, points in curves.items():
            ours = name.startswith(_OURS)
            sizes, values = zip(*sorted(points.items()), strict=True)
            colour = _COLOURS.get(name.split()[0], "gray")
            style = "o--" if name.endswith("search") else "o-"
            axes.plot(sizes, values, style, label=name, color=colour, linewidth=2.5 if ours else 1.2)
        axes.set(xscale="log", yscale="log", xlabel="passages", ylabel=label)
        axes.grid(visible=True, which="major", alpha=0.3)
        axes.legend(fontsize=8)
    figure.savefig(png, dpi=110)


Curves = dict[str, dict[int, float]]
"""By name: passages -> value."""


def _times(records: Sequence[dict[str, Any]]) -> Curves:
    curves: Curves = {}
    for record in records:
        if record["case"] == "ask":
            curves.setdefault(f"{_OURS} ask()", {})[record["passages"]] = record["median_ms"]
            curves.setdefault(f"{_OURS} search", {})[record["passages"]] = record["stages"]["search"]["median_ms"]
        elif record["case"] == "search":
            curves.setdefault(record["peer"], {})[record["passages"]] = record["peer_median_ms"]
    return curves


def _memory(records: Sequence[dict[str, Any]]) -> Curves:
    curves: Curves = {}
    for record in records:
        name, standing = (_OURS, record) if record["case"] == "ask" else (record.get("peer"), record.get("peer_case"))
        if name and standing:
            curves.setdefault(name, {})[record["passages"]] = standing["resident_mb"]
    return curves
