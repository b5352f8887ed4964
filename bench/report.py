"""The figures as a table, beside what is to be reached."""

from __future__ import annotations

import argparse
import os
import platform
from dataclasses import dataclass, field
from pathlib import Path

from bench.load import Measured

LIST_SHARE, P95_GROWTH, BOOT_SECONDS, IDLE_MB = 0.6, 2.0, 3.0, 150
IMPORT_SECONDS, EXPORT_SECONDS, WORKBOOK_MB = 60, 25, 300
"""To be reached; those of workbooks for 100,000 rows."""


@dataclass
class Figures:
    """What was measured with so many customers. ``runs`` by journey, person and number of clients."""

    rows: int
    boot: float = 0.0
    idle: list[int] = field(default_factory=list)
    busy: list[int] = field(default_factory=list)
    runs: dict[tuple[str, str, int], Measured] = field(default_factory=dict)
    workbooks: dict[str, dict[str, float]] = field(default_factory=dict)


def write_report(path: Path, found: list[Figures], given: argparse.Namespace) -> None:
    """Write all figures to ``path``."""
    lines = ["# Figures", "", _surroundings(given), ""]
    for figures in found:
        lines += [f"## {figures.rows:,} customers", "", *_table(figures, given.clients), ""]
        lines += [*_notes(figures, given), ""]
    if len(found) > 1:
        lines += ["## Growth", "", *_growth(found[0], found[-1], given.clients), ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def _surroundings(given: argparse.Namespace) -> str:
    load = os.getloadavg()[1]
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load at the end {load:.1f}; gunicorn with two workers of"
        " four threads, PostgreSQL and the load client on the same machine."
        f" {given.seconds:g} seconds a run; each cell: median / 95th percentile in ms, answers a second."
        " Update counts the saving, not the form before it."
    )


def _table(figures: Figures, clients: list[int]) -> list[str]:
    head = " | ".join(f"{number} client{'s' if number > 1 else ''}" for number in clients)
    lines = [f"| what | who | {head} |", f"|---|---|{'---:|' * len(clients)}"]
    for name, who in dict.fromkeys((name, who) for name, who, _ in figures.runs):
        cells = " | ".join(_cell(figures.runs[name, who, number]) for number in clients)
        lines.append(f"| {name} | {who} | {cells} |")
    return lines


def _cell(measured: Measured) -> str:
    failed = f" ({len(measured.failed)} FAILED: {measured.failed[0]})" if measured.failed else ""
    return f"{measured.percentile(0.5):.0f} / {measured.percentile(0.95):.0f} ms, {measured.per_second:.0f}/s{failed}"


def _notes(figures: Figures, given: argparse.Namespace) -> list[str]:
    lines = []
    for number in given.clients:
        listed, bare = figures.runs["list", "manager", number], figures.runs["bare, our rows", "", number]
        share = listed.per_second / bare.per_second if bare.per_second else 0.0
        lines.append(
            f"- List page at {number}: {share:.0%} of the bare page with our rows (to reach: {LIST_SHARE:.0%})"
        )
    lines.append(f"- Boot to the first page: {figures.boot:.1f} s (to reach: {BOOT_SECONDS:g} s)")
    lines.append(
        f"- Worker: {_megabytes(figures.idle)} idle (to reach: {IDLE_MB} MB), {_megabytes(figures.busy)} after all this"
    )
    for what, done in figures.workbooks.items():
        wanted = IMPORT_SECONDS if what == "import" else EXPORT_SECONDS
        lines.append(
            f"- {what.title()} of {done['rows']:,.0f} rows: {done['seconds']:.1f} s, {done['mb']:.0f} MB"
            f" (to reach for 100,000: {wanted} s, {WORKBOOK_MB} MB)"
        )
    return lines


def _growth(small: Figures, large: Figures, clients: list[int]) -> list[str]:
    lines = [f"95th percentile at {large.rows:,} rows over that at {small.rows:,} (to reach: {P95_GROWTH:g}).", ""]
    for name, who in dict.fromkeys((name, who) for name, who, _ in large.runs if who):
        factors = [
            large.runs[name, who, number].percentile(0.95) / (small.runs[name, who, number].percentile(0.95) or 1)
            for number in clients
        ]
        lines.append(f"- {name}, {who}: {', '.join(f'{factor:.1f}' for factor in factors)}")
    return lines


def _megabytes(sizes: list[int]) -> str:
    return ", ".join(f"{size} MB" for size in sizes)
