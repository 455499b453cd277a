"""F8: records are broken on purpose; the others do not notice, and each comes to a visible end."""

from __future__ import annotations

from dataclasses import dataclass

import psutil

from proofs.chaos.arena import WORKERS, Arena
from proofs.chaos.campaign import Campaign
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.killing import Killer
from proofs.chaos.load import Demand, Load
from proofs.chaos.poison import Poison, Rogue
from proofs.chaos.poison_kinds import KINDS

MOST_TRIES = 20
MOST_LINES = 20
"""Lines that the service may log for each poison: more would be a loop that only looks quiet."""
ENDED_SECONDS = 60.0
SERVICES = ("web", *WORKERS, "scheduler")


@dataclass(frozen=True, kw_only=True)
class Size:
    """One poison for `every` texts.

    Each text leaves a job and RQ's record, some an event and its deliveries; 400 texts are about a
    thousand records.
    """

    sends: int
    every: int
    rate: float = 25.0
    accounts: int = 4


def run(arena: Arena, size: Size, seed: int) -> Result:
    campaign = Campaign(arena, "f8", seed, accounts=size.accounts)
    campaign.hook(size.accounts)
    load = campaign.load(Demand(rate=size.rate))
    killer, findings = Killer(arena, seed), Findings(slack=arena.slack)
    killer.wait_until(lambda: len({len(pids(arena)[name]) for name in WORKERS}) == 1, 30)
    before, lines, died = pids(arena), _complaints(arena), len(arena.died)
    load.start()
    made = _poisoned(campaign, load, killer, findings, size)
    closing = campaign.close(load)
    _await_ends(killer, made)
    _check(findings, made)
    ended = [name for name in SERVICES if pids(arena)[name] != before[name]]
    findings.want(not ended, f"processes ended: {', '.join(ended)}")
    findings.want(died == len(arena.died), f"started again: {', '.join(arena.died[died:])}")
    each = (_complaints(arena) - lines) / len(made)
    findings.want(each <= MOST_LINES, f"{each:.0f} lines logged for each poison")
    most = max(poison.tries() for poison in made)
    measured = (
        f"{len(made)} poison records of {len({each.kind for each in made})} kinds among"
        f" {closing.verdict.accepted} sends; tried at most {most} times, {each:.1f} lines logged"
        f" for each, processes ended {len(ended)}"
    )
    return findings.result(closing, load, measured)


def _poisoned(
    campaign: Campaign, load: Load, killer: Killer, findings: Findings, size: Size
) -> list[Poison]:
    """Poison in between the sends, each kind at least once."""
    rogue, made = Rogue(campaign.arena), list[Poison]()
    while load.tally.accepted < size.sends or len(made) < len(KINDS):
        if not killer.wait_until(lambda: load.tally.accepted >= len(made) * size.every, 60):
            findings.want(False, "nothing was accepted for 60 s")
            break
        world = campaign.worlds[len(made) % len(campaign.worlds)]
        made.append(KINDS[len(made) % len(KINDS)](rogue, world))
    return made


def _await_ends(killer: Killer, made: list[Poison]) -> None:
    killer.wait_until(lambda: not any(poison.ended() for poison in made), ENDED_SECONDS)


def _check(findings: Findings, made: list[Poison]) -> None:
    left = {poison.kind: poison.ended() for poison in made}
    for kind, why in left.items():
        findings.want(not why, f"{kind}: {why}")
    often = [poison.kind for poison in made if poison.tries() > MOST_TRIES]
    findings.want(not often, f"tried more than {MOST_TRIES} times: {', '.join(often)}")


def pids(arena: Arena) -> dict[str, set[int]]:
    """Every process of each service: none may end, nor be started again."""
    return {
        name: {each.pid for each in _tree(psutil.Process(arena.processes[name].pid))}
        for name in SERVICES
    }


def _tree(parent: psutil.Process) -> list[psutil.Process]:
    return [parent, *parent.children(recursive=True)]


def _complaints(arena: Arena) -> int:
    """Lines in the services' logs, which tell warnings and errors only."""
    return sum((arena.folder / f"{name}.log").read_text().count("\n") for name in SERVICES)


FIGURE = Figure(
    key="f8",
    goal="1 in 1,000 records broken: others lost 0, twice 0; each ends visibly, no process exits",
    run=run,
    short=Size(sends=240, every=8, accounts=2),
    long=Size(sends=13_000, every=400, rate=40.0),
)
