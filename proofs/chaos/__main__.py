"""`python -m proofs.chaos`: put the service through faults and report what was lost."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from proofs.chaos import report
from proofs.chaos.arena import Arena, arena
from proofs.chaos.figure import Figure, Result
from proofs.chaos.figures import FIGURES
from proofs.rig import checkout, page


def main() -> None:
    options = _options(sys.argv[1:])
    checkout.end_cleanly()
    if not options.here:
        sys.exit(_elsewhere(options, sys.argv[1:]))
    chosen = [each for each in FIGURES if each.key in options.only]
    sizes = {each.key: each.short if options.short else each.long for each in chosen}
    for key, name, value in options.set:
        if key in sizes:
            sizes[key] = _resized(key, sizes[key], name, value)
    together, slack = options.short, options.slack
    results, shown = run(
        chosen, sizes, options.seed, together=together, keep=options.keep, slack=slack
    )
    ran = [each for _, each in results]
    print(*filter(None, [report.summary(ran, options.seed, shown), report.life(ran)]), sep="\n")
    if options.write:
        report.write(results, options.seed, shown, _command(options), options.page, options.code)
    sys.exit(any(each.misses for _, each in results))


def _elsewhere(options: argparse.Namespace, given: Sequence[str]) -> int:
    """Run in a copy of the checkout; returns the exit code."""
    with checkout.copied() as copy:
        # The page is the one out here, not its copy.
        place = ["--here", "--page", str(options.page.resolve()), "--code", page.code()]
        command = [sys.executable, "-m", "proofs.chaos", *given, *place]
        return checkout.run(command, copy, None)[0]


def _command(options: argparse.Namespace) -> str:
    """What to type for the same run."""
    every = [each.key for each in FIGURES]
    parts = ["python", "-m", "proofs.chaos", "--seed", str(options.seed)]
    parts += ["--short"] if options.short else []
    parts += ["--slack", f"{options.slack:g}"] if options.slack != 1 else []
    parts += ["--only", ",".join(options.only)] if options.only != every else []
    for key, name, value in options.set:
        parts += ["--set", f"{key}.{name}={value}"]
    return shlex.join(parts)


def run(
    chosen: Sequence[Figure],
    sizes: dict[str, Any],
    seed: int,
    *,
    together: bool,
    keep: bool,
    slack: float = 1.0,
) -> tuple[list[report.Measured], str]:
    """Run the figures, in one arena where `together`, else each in a fresh one."""
    results, shown = [], ""
    for group in [list(chosen)] if together else [[each] for each in chosen]:
        with arena(Arena, keep=keep, slack=slack) as running:
            shown = report.versions(running)
            for figure in group:
                began = time.monotonic()
                result = figure.run(running, sizes[figure.key], seed)
                results.append((figure, result))
                _tell(figure, result, time.monotonic() - began)
            if any(result.misses for _, result in results[-len(group) :]):
                running.keep()
    return results, shown


def _tell(figure: Figure, result: Result, took: float) -> None:
    print(f"{report.line(figure, result)} (took {took:.0f} s)", flush=True)
    for story in result.stories:
        print(f"    {story}", flush=True)


def _resized(key: str, size: Any, name: str, value: str) -> Any:
    """`size` with one number changed; tuples are written as 1/5/30."""
    old = getattr(size, name, None)
    if old is None:
        known = ", ".join(vars(size))
        sys.exit(f"{key} has no size {name!r}; it has {known}.")
    if isinstance(old, tuple):
        return replace(size, **{name: tuple(float(each) for each in value.split("/") if each)})
    return replace(size, **{name: type(old)(value)})


def _options(given: Sequence[str]) -> argparse.Namespace:
    every = [each.key for each in FIGURES]
    parser = argparse.ArgumentParser(prog="python -m proofs.chaos", description=__doc__)
    parser.add_argument("--short", action="store_true", help="about a minute instead of an hour")
    parser.add_argument("--seed", type=int, default=1, help="of every random choice (1)")
    parser.add_argument("--only", type=_words(every), default=every, help="such as f1,f2")
    parser.add_argument(
        "--set", type=_setting, action="append", default=[], help="a size, such as f1.kills=150"
    )
    parser.add_argument(
        "--slack", type=float, default=1.0, help="multiplies the goals that are times, only those"
    )
    parser.add_argument("--keep", action="store_true", help="keep the logs and say where")
    parser.add_argument("--write", action="store_true", help="put the figures into the page")
    parser.add_argument("--page", type=Path, default=page.EVIDENCE, help="(docs/evidence.md)")
    parser.add_argument("--code", default="", help="what the page says of whose code it was")
    parser.add_argument("--here", action="store_true", help="run in this folder, not in a copy")
    return parser.parse_args(given)


def _words(known: Sequence[str]) -> Any:
    def read(text: str) -> list[str]:
        words = [each.strip().lower() for each in text.split(",")]
        if wrong := set(words) - set(known):
            raise argparse.ArgumentTypeError(f"{sorted(wrong)}: there are {', '.join(known)}")
        return words

    return read


def _setting(text: str) -> tuple[str, str, str]:
    target, _, value = text.partition("=")
    key, _, name = target.partition(".")
    if not (key and name and value):
        raise argparse.ArgumentTypeError("write it as f1.kills=150")
    return key, name, value


if __name__ == "__main__":
    main()
