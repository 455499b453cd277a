"""The report: one line for the run, one for each figure, and the page in docs/evidence.md."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from platform import python_version

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Result
from proofs.rig import page

HEAD = ("figure", "goal", "measured", "reached", "when, code, seed")
Measured = tuple[Figure, Result]


def versions(arena: Arena) -> str:
    server = arena.db.info("server")
    name = "Valkey" if "valkey_version" in server else "Redis"
    number = server.get("valkey_version") or server["redis_version"]
    packages = " ".join(f"{each} {version(each)}" for each in ("rq", "redis", "gunicorn", "gevent"))
    return f"Python {python_version()}, {name} {number}, {packages}"


def summary(results: Sequence[Result], seed: int, shown_versions: str) -> str:
    """The line that everything comes down to."""

    def total(name: str) -> int:
        return sum(int(getattr(each, name)) for each in results)

    listed = "all listed" if not total("lost") else "not all listed"
    slowest = max((each.recovery for each in results), default=0.0)
    return (
        f"{total('accepted'):,} accepted, {total('kills'):,} kills,"
        f" {total('store_kills'):,} Redis kills, {total('bad_inputs'):,} bad inputs;"
        f" lost {total('lost')}, sent twice {total('sent_twice')},"
        f" unknown {total('unknown')} ({listed}), slowest recovery {slowest:.1f} s"
        f" (seed {seed}, {shown_versions})"
    )


def life(results: Sequence[Result]) -> str:
    """The line of ordinary life; "" where no figure of it ran."""
    each = [result.life for result in results if result.life]
    if not each:
        return ""
    lost, twice = sum(result.lost for result in results), sum(r.sent_twice for r in results)
    return (
        f"{sum(one.accounts for one in each):,} accounts of which"
        f" {sum(one.silent for one in each):,} silent, {sum(one.limited for one in each):,}"
        f" limited, {sum(one.breaking for one in each):,} breaking;"
        f" {sum(one.inbound for one in each):,} texts in, {sum(one.outbound for one in each):,}"
        f" out: lost {lost}, sent twice {twice}, healthy accounts' slowest"
        f" {max(one.slowest for one in each):.1f} s"
    )


def line(figure: Figure, result: Result) -> str:
    reached = "reached" if not result.misses else f"MISSED: {'; '.join(result.misses)}"
    return f"{figure.key.upper()}: {result.measured}. {reached}"


def write(
    results: Sequence[Measured],
    seed: int,
    shown_versions: str,
    command: str,
    place: Path = page.EVIDENCE,
    of: str = "",
) -> None:
    """Put the run's line and its figures' rows between the page's marks; other rows stay.

    `of` is the code that ran.
    """
    ran = [each for _, each in results]
    lines = [summary(ran, seed, shown_versions), life(ran)]
    head = "\n>\n".join(f"> {each}" for each in lines if each) + "\n\n"
    head += f"{page.stamp(of)}, `{command}`, on {page.machine()}."
    page.put(place, "chaos", "last run", head)
    when = page.stamp(of, seed)
    rows = {each.key.upper(): _row(each, result, when) for each, result in results}
    page.fill_rows("figures", HEAD, rows, place)


def _row(figure: Figure, result: Result, when: str) -> list[str]:
    reached = "yes" if not result.misses else f"**no**: {'; '.join(result.misses)}"
    return [figure.goal, result.measured, reached, when]
