"""`make alerts`: `promtool` over the rules, then a real Prometheus over a service in trouble.

It needs Prometheus (`apt-get install prometheus`), so it is no part of the test suite.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from proofs.alerts.prometheus import MONITORING, Prometheus, names
from proofs.alerts.troubles import TROUBLES
from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink
from proofs.rig.stack import Stack

QUIET_SECONDS = 60.0
"""Of ordinary traffic: twenty minutes of the rules' own time."""
TOKEN = "only-prometheus-has-it"


def main() -> int:
    missing = [each for each in ("prometheus", "promtool") if shutil.which(each) is None]
    if missing:
        print(f"NOT PROVED: install Prometheus first; {' and '.join(missing)} cannot be found.")
        return 1
    with tempfile.TemporaryDirectory(prefix="hookline-alerts-") as name:
        folder = Path(name)
        _check(folder)
        stack, sink = Stack(folder, METRICS_TOKEN=TOKEN), Sink()
        watcher = Prometheus(folder / "prometheus", stack.url.removeprefix("http://"), TOKEN)
        try:
            failed = [*_quiet(stack, sink, watcher), *_troubled(stack, sink, watcher)]
        finally:
            watcher.close()
            stack.stop()
            sink.close()
    for each in failed:
        print(f"FAILED: {each}")
    alone = sorted(names() - {each.alert for each in TROUBLES})
    print(f"By promtool alone: {', '.join(alone)}.")
    return 1 if failed else 0


def _check(folder: Path) -> None:
    """What Prometheus' own tool says of the rules, and of the configuration to begin with."""
    for source in (*MONITORING.glob("*.yml"), Path(__file__).with_name("rules_test.yml")):
        shutil.copy(source, folder)
    for what in (["check", "config", "prometheus.yml"], ["test", "rules", "rules_test.yml"]):
        subprocess.run(["promtool", *what], cwd=folder, check=True)


def _quiet(stack: Stack, sink: Sink, watcher: Prometheus) -> list[str]:
    world, ends, seen = stack.workspace(), time.monotonic() + QUIET_SECONDS, set[str]()
    world.connect_pairfon()
    Hooked(world, sink, "/quiet")
    number = 0
    while time.monotonic() < ends:
        number += 1
        world.send(message=f"Quiet {number}")
        world.inject(f"Quiet {number}")
        seen |= watcher.firing()
        time.sleep(1.5)
    world.leave()
    print(f"a quiet day, {number} texts each way: {sorted(seen) or 'no alert'}", flush=True)
    return [f"{each} fired on a quiet day" for each in sorted(seen)]


def _troubled(stack: Stack, sink: Sink, watcher: Prometheus) -> list[str]:
    failed = []
    for each in TROUBLES:
        world, began = stack.workspace(), time.monotonic()
        each.begin(world, sink)
        try:
            until(partial(watcher.fires, each.alert), each.alert)
            print(f"{each.name}: {each.alert} after {time.monotonic() - began:.0f} s", flush=True)
        except AssertionError as error:
            failed.append(f"{each.name}: {error}")
        each.end(world, sink)
        until(stack.is_ready, "the service ready again")
    return failed


if __name__ == "__main__":
    sys.exit(main())
