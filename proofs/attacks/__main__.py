"""`python -m proofs.attacks`: attack a service of its own and print one line a figure."""

from __future__ import annotations

import argparse
import pkgutil
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from proofs import attacks
from proofs.attacks import report
from proofs.attacks.outcome import Outcome, give_slack
from proofs.rig import page
from proofs.rig.stack import Stack


def main() -> int:
    """0 when every figure held, 1 otherwise; 2 for a figure that there is not."""
    asked, code = _asked(), page.code()
    give_slack(asked.slack)
    known = figures()
    wanted = asked.only.upper().split(",") if asked.only else list(known)
    if missing := [name for name in wanted if name not in known]:
        print(f"There is no figure {', '.join(missing)}; there are {', '.join(known)}.")
        return 2
    held = True
    for outcome in _outcomes([known[name] for name in wanted], asked.short, asked.seed):
        print(outcome.line, flush=True)
        held = held and outcome.passed
        # At once: a later figure that breaks off takes nothing of it away.
        if asked.write:
            report.write([outcome], short=asked.short, seed=asked.seed, of=code, page=asked.page)
    return 0 if held else 1


def figures() -> dict[str, ModuleType]:
    """Every module of this package that has a figure, in the order of their numbers."""
    names = [each.name for each in pkgutil.iter_modules(attacks.__path__)]
    modules = [import_module(f"proofs.attacks.{name}") for name in names if name != "__main__"]
    found = {module.FIGURE: module for module in modules if hasattr(module, "FIGURE")}
    return dict(sorted(found.items(), key=lambda pair: int(pair[0][1:].partition("-")[0])))


def _outcomes(modules: list[ModuleType], short: bool, seed: int) -> Iterator[Outcome]:
    """Each figure on a fresh stack, so that no attack meets what another left behind."""
    for module in modules:
        with TemporaryDirectory() as folder:
            stack = Stack(Path(folder))
            try:
                yield module.run(stack, short=short, seed=seed)
            finally:
                stack.stop()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m proofs.attacks", description=__doc__)
    parser.add_argument("--short", action="store_true", help="less of everything, in minutes")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="for all that is random")
    parser.add_argument(
        "--slack", type=float, default=1.0, help="multiplies the goals that are times, only those"
    )
    parser.add_argument("--only", help="figures with commas between, such as S5,S6")
    parser.add_argument("--write", action="store_true", help="put the figures into the page")
    parser.add_argument("--page", type=Path, default=page.EVIDENCE, help="(docs/evidence.md)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
