"""What one web dyno, one worker and one store carry: computed from the page of figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from proofs.rig import page as pages

Figures = Mapping[tuple[str, str, str], float]
"""Medians by leg, contestant and measure."""
SECTION = re.compile(r"<!-- bench: (p\d+) -->\n(.*?)<!-- bench: end of \1 -->", re.DOTALL)
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([0-9.e+-]+) \| [^|]+ \| [^|]+ \|$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Line:
    text: str
    of: tuple[str, str, str]
    shown: Callable[[float], str]


def _a_second(value: float) -> str:
    return f"{value:,.0f} a second"


def _at_most(micros: float) -> str:
    return f"{1e6 / micros:,.0f} a second for each core"


def _in_a_gigabyte(size: float) -> str:
    return f"{1e9 / size:,.0f} in a GB ({size:,.0f} bytes each)"


def _megabytes(value: float) -> str:
    return f"{value:.0f} MB"


LINES = (
    Line(text="web: messages taken in", of=("p1", "ingress", "rate"), shown=_a_second),
    Line(text="web: polls of 50 messages", of=("p2", "poll", "rate"), shown=_a_second),
    Line(text="web: sends accepted", of=("p3", "send-sms", "rate"), shown=_a_second),
    Line(text="worker: deliveries made", of=("p4", "ours", "rate"), shown=_a_second),
    Line(text="worker: by its CPU alone", of=("p4", "ours", "worker µs"), shown=_at_most),
    Line(text="store: deliveries by its CPU alone", of=("p4", "ours", "server µs"), shown=_at_most),
    Line(text="store: events", of=("p8", "large", "event bytes"), shown=_in_a_gigabyte),
    Line(text="store: hooks", of=("p8", "large", "hook bytes"), shown=_in_a_gigabyte),
    Line(text="store: queued jobs", of=("p8", "large", "queued job bytes"), shown=_in_a_gigabyte),
    Line(
        text="store: finished jobs", of=("p8", "large", "finished job bytes"), shown=_in_a_gigabyte
    ),
    Line(text="memory: web, idle", of=("p9", "all processes", "web MB"), shown=_megabytes),
    Line(
        text="memory: worker and scheduler in one, idle",
        of=("p9", "all processes", "background MB"),
        shown=_megabytes,
    ),
)


def write(figures: Path, page: Path) -> None:
    """Fill the page's table from the tables of the page of figures."""
    found = read(figures.read_text(encoding="utf-8"))
    pages.put(page, "bench", "capacity", table(found))


def read(text: str) -> Figures:
    return {
        (leg, row[1].strip(), row[2].strip()): float(row[3])
        for leg, section in SECTION.findall(text)
        for row in ROW.finditer(section)
    }


def table(found: Figures) -> str:
    """Only what was measured; a leg that did not run yet has no line."""
    lines = ["| one of it | carries | leg |", "|---|---|---|"]
    for each in LINES:
        if each.of in found:
            leg = each.of[0].upper()
            lines.append(f"| {each.text} | {each.shown(found[each.of])} | {leg} |")
    return "\n".join(lines)
