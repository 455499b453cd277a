"""`python -m proofs.chaos.week`: a week of ordinary life, played from a profile."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from proofs.chaos import report
from proofs.chaos.arena import Arena, arena
from proofs.chaos.week.play import play
from proofs.chaos.week.profile import USUAL, ProfileError, read
from proofs.rig import checkout, page

SYNC_SECONDS = "30"
"""The default of a service: real accounts are not polled each 3 s."""


def main() -> int:
    options = _options()
    checkout.end_cleanly()
    if not options.here:
        return _elsewhere(options)
    try:
        profile = read(options.profile, short=options.short)
    except ProfileError as error:
        sys.exit(str(error))
    began = time.monotonic()
    with arena(_arena, keep=options.keep, slack=options.slack) as running:
        shown = report.versions(running)
        result = play(running, profile, options.seed)
        if result.misses:
            running.keep()
    took = time.monotonic() - began
    reached = f"MISSED: {'; '.join(result.misses)}" if result.misses else "reached"
    print(f"WEEK: {result.measured}. {reached} (took {took:.0f} s)")
    print(*result.stories, report.life([result]), sep="\n")
    if options.write:
        text = f"> {report.life([result])}\n\n{result.measured}: {reached}. {shown}."
        when = page.stamp(options.code, options.seed)
        page.put(options.page, "chaos", "week", f"{text}\n\n{when}, on {page.machine()}.")
    return int(bool(result.misses))


def _arena(folder: Path) -> Arena:
    return Arena(folder, SYNC_INTERVAL=SYNC_SECONDS)


def _elsewhere(options: argparse.Namespace) -> int:
    """Run in a copy of the checkout; the page and the profile are the ones out here."""
    with checkout.copied() as copy:
        place = ["--here", "--code", page.code(), "--page", str(options.page.resolve())]
        place += ["--profile", str(options.profile.resolve())]
        command = [sys.executable, "-m", "proofs.chaos.week", *sys.argv[1:], *place]
        return checkout.run(command, copy, None)[0]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m proofs.chaos.week", description=__doc__)
    parser.add_argument("--short", action="store_true", help="one day of few accounts")
    parser.add_argument("--profile", type=Path, default=USUAL, help="a TOML file of your own")
    parser.add_argument("--seed", type=int, default=1, help="of every random choice (1)")
    parser.add_argument("--slack", type=float, default=1.0, help="multiplies the goal in seconds")
    parser.add_argument("--keep", action="store_true", help="keep the logs and say where")
    parser.add_argument("--write", action="store_true", help="put the week into the page")
    parser.add_argument("--page", type=Path, default=page.EVIDENCE, help="(docs/evidence.md)")
    parser.add_argument("--code", default="", help="what the page says of whose code it was")
    parser.add_argument("--here", action="store_true", help="run in this folder, not in a copy")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
