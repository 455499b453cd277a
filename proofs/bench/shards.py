"""`python -m proofs.bench.shards`: workspaces over more and more stores, and their costs.

Each shard is a data server of its own; a workspace's shard follows from its name. What fills them
are the service's own functions. The router is this file's: the service itself has none.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from integration import services
from integration.accounts.connections import Connection
from integration.services import Services
from integration.settings import Settings
from integration.store import clock
from proofs.bench import filling
from proofs.bench.ground import Ground, Server, ground
from proofs.rig import page
from proofs.rig.fan_out import fan_out_all
from proofs.rig.sandbox import ROOT

STEPS = (1, 2, 4, 8)
ROUNDS = 3
WORKSPACES = 50
"""Of one shard on the average: their number grows with that of the shards."""
EVENTS, JOBS = 20, 10
OPERATIONS = ("message", "hook", "send", "fan-out")
HEAD = (
    "| shards | workspaces | fullest over mean | KB a workspace | message | hook | send | fan-out |"
)
Figures = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Shard:
    name: str
    server: Server
    own: Services
    empty: int
    """Bytes that the server held before anything was written."""


def chosen(workspace: str, shards: Sequence[str]) -> str:
    """The shard of a workspace: the one whose digest with it is highest.

    Each process that knows the names chooses the same one, without a table. A new shard takes some
    workspaces, and moves none between the old ones (rendezvous hashing).
    """
    return max(shards, key=lambda each: hashlib.sha256(f"{each} {workspace}".encode()).digest())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m proofs.bench.shards", description=__doc__)
    parser.add_argument("--write", action="store_true", help="fill the page of scaling")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "scaling.md")
    options = parser.parse_args()
    rounds = []
    for _ in range(ROUNDS):
        with ground(1.0) as prepared:
            rounds.append([_step(prepared, count) for count in STEPS])
    drawn = table([_least(same) for same in zip(*rounds, strict=True)])
    print(drawn)
    if options.write:
        page.put(options.page, "bench", "shards", drawn)


def _least(measured: Sequence[Figures]) -> Figures:
    """Of each figure the least: what else runs on the machine can only add to it."""
    return {name: min(each[name] for each in measured) for name in measured[0]}


def _step(prepared: Ground, count: int) -> Figures:
    """Fill so many fresh shards; returns the figures of one row."""
    shards = [_shard(prepared, f"shard-{count}-{number}") for number in range(count)]
    names = [each.name for each in shards]
    homes: dict[str, list[Connection]] = {name: [] for name in names}
    for number in range(count * WORKSPACES):
        name = chosen(f"neighbour{number}", names)
        own = shards[names.index(name)].own
        homes[name].append(filling.neighbour(own, number))
    found = {"shards": float(count), "workspaces": float(count * WORKSPACES)}
    fullest = Counter({name: len(each) for name, each in homes.items()}).most_common(1)[0][1]
    found["fullest over mean"] = fullest / WORKSPACES
    found |= _filled(shards, homes)
    for each in shards:
        each.own.db.close()
        each.server.program.stop()
    print(", ".join(f"{name} {value:.4g}" for name, value in found.items()), flush=True)
    return found


def _shard(prepared: Ground, name: str) -> Shard:
    server = Server(prepared, prepared.folder / name)
    settings = {"REDIS_URL": server.url, "SECRET_KEY": prepared.secret_key}
    settings |= {"ALLOW_PRIVATE_TARGETS": "1"}
    own = services.build(Settings.from_env(settings))
    clock.agree(own.db)
    return Shard(name=name, server=server, own=own, empty=server.used())


def _filled(shards: Sequence[Shard], homes: dict[str, list[Connection]]) -> Figures:
    places = [(each.own, home) for each in shards for home in homes[each.name]]
    ways: dict[str, tuple[int, Callable[[Services, Connection], object]]] = {
        "hook": (filling.HOOKS_EACH, filling.subscribe),
        "message": (EVENTS, _receive_each),
        "send": (JOBS, lambda own, home: filling.accept_some(own, home, JOBS)),
    }
    took = {}
    for what, (times, way) in ways.items():
        spent = _spent(shards)
        for own, home in places:
            way(own, home)
        took[what] = (_spent(shards) - spent) / (times * len(places))
    spent = _spent(shards)
    for each in shards:
        fan_out_all(each.own)
    took["fan-out"] = (_spent(shards) - spent) / (EVENTS * len(places))
    used = sum(each.server.used() - each.empty for each in shards)
    return {"KB a workspace": used / 1000 / len(places)} | {
        what: took[what] * 1e6 for what in OPERATIONS
    }


def _receive_each(own: Services, home: Connection) -> None:
    """One by one, as webhooks bring them."""
    for _ in range(EVENTS):
        filling.receive(own, home, 1)


def _spent(shards: Sequence[Shard]) -> float:
    """CPU seconds of this process and of the servers: waiting and other programs do not count."""
    return time.process_time() + sum(each.server.cpu() for each in shards)


def table(rows: Sequence[Figures]) -> str:
    """The rows in Markdown, and how the last stands to the first."""
    lines = [HEAD, "|" + "---|" * (HEAD.count("|") - 1)]
    for row in rows:
        cells = [f"{row[name]:.0f}" for name in ("shards", "workspaces")]
        cells += [f"{row['fullest over mean']:.2f}", f"{row['KB a workspace']:.1f}"]
        cells += [f"{row[name]:.0f} µs" for name in OPERATIONS]
        lines.append(f"| {' | '.join(cells)} |")
    kept = ("KB a workspace", *OPERATIONS)
    ratios = ", ".join(f"{name} {rows[-1][name] / rows[0][name]:.2f}" for name in kept)
    least = f"The least of {ROUNDS} rounds, on {page.machine()}."
    return "\n".join([*lines, "", f"The last row over the first: {ratios}. {least}"])


if __name__ == "__main__":
    main()
