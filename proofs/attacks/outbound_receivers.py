"""S4: receivers and providers that answer without end, in drips, or with bombs."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence

from integration.accounts.connections import Connection
from integration.accounts.provider_link import REQUEST_SECONDS
from integration.delivery.attempt import DEADLINE
from integration.hooks.record import Hook
from integration.kernel.specs import MOST_CALL_SECONDS
from integration.store import keys
from integration.store.client import TextStore
from proofs.attacks import outbound_room
from proofs.attacks.outbound_arrival import deliver, message
from proofs.attacks.outbound_memory import Growth
from proofs.attacks.outbound_misbehaviour import behaviours
from proofs.attacks.outbound_sinks import Visit
from proofs.attacks.outbound_stack import Attacker, Watched, side_by_side
from proofs.attacks.outcome import Outcome, judged, seconds_for

FIGURE = "S4"
GOAL = "Every attempt ends a second after its deadline at the latest, in little memory."
LATE = 2.5
"""Seconds over the deadline that are no failure here: one, and what a busy machine takes."""
MOST_GROWTH_MB, MOST_STORED = 10, 16 * 1024
HONEST, WARM_TARGETS = 10, 40


def run(stack: object, *, short: bool, seed: int) -> Outcome:
    return outbound_room.enter(__name__, short=short, seed=seed)


def attack(*, short: bool, seed: int) -> Outcome:
    with outbound_room.opened() as room:
        room.sinks.behave = behaviours()
        attacker, honest = Attacker(room.stack), Attacker(room.stack)
        connection, own = attacker.plant_connection(), honest.plant_connection()
        _warm(honest, own)
        names = sorted(room.sinks.behave) * (1 if short else 5)
        parents = [each.pid for name, each in room.stack.processes.items() if name != "redis"]
        with Growth(parents) as growth:
            hostile, other = _hooks(attacker, honest, connection, own, names)
            providers = side_by_side(_Provider(room.stack), sorted(set(names)), threads=4)
            _settle(room.sinks.visits)
        stored = _largest(room.stack.db)
        attempts = _attempts(room.sinks.visits, names)
    counts = {
        "ways_to_misbehave": len(set(names)),
        **attempts,
        "grown_by_MB": round(growth.most),
        "largest_record": stored,
        "honest_deliveries": other,
        "jobs_settled_or_waiting": sum(providers),
    }
    small = growth.most <= MOST_GROWTH_MB and stored <= MOST_STORED
    done = hostile == len(names) and other == HONEST and attempts["provider_calls"] > 0
    return judged(FIGURE, GOAL, counts, passed=_on_time(attempts) and small and done)


def _attempts(visits: Sequence[Visit], names: Sequence[str]) -> dict[str, int]:
    hostile = [each for each in visits if each.path.strip("/").split("/")[0] in names]
    hooked = [each for each in hostile if b"webhook-id" in each.head]
    called = [each for each in hostile if each not in hooked]
    return {
        "hook_attempts": len(hooked),
        "provider_calls": len(called),
        "slowest_hook_ms": _slowest(hooked),
        "slowest_provider_ms": _slowest(called),
    }


def _on_time(attempts: Mapping[str, int]) -> bool:
    late = seconds_for(LATE)
    longest_call = max(REQUEST_SECONDS, MOST_CALL_SECONDS)
    hooks = attempts["slowest_hook_ms"] <= 1000 * (DEADLINE + late)
    return hooks and attempts["slowest_provider_ms"] <= 1000 * (longest_call + late)


def _warm(honest: Attacker, connection: Connection) -> None:
    """What is loaded at the first use, or held for many targets at once, is no growth."""
    planted = [
        honest.plant_hook(f"https://public-{turn}.room.test/warm") for turn in range(WARM_TARGETS)
    ]
    for _ in range(3):
        if deliver(honest, connection, planted) < WARM_TARGETS:
            raise RuntimeError("Honest hooks got nothing within their time; see the worker's log.")
    for hook in planted:
        honest.world.call("DELETE", f"/v1/hooks/{hook.id}")


def _hooks(
    attacker: Attacker,
    honest: Attacker,
    connection: Connection,
    own: Connection,
    names: Sequence[str],
) -> tuple[int, int]:
    """How many hostile targets were tried, and how many honest deliveries arrived meanwhile."""
    planted = side_by_side(
        attacker.plant_hook,
        [f"https://public-{turn}.room.test/{name}" for turn, name in enumerate(names)],
    )
    attacker.receive(connection, message())
    hook = honest.plant_hook("https://public.room.test/honest")
    for turn in range(HONEST):
        honest.receive(own, message(f"Table {turn}"))
    arrived = _arrived(honest, hook)
    return deliver(attacker, connection, planted), arrived


def _arrived(honest: Attacker, hook: Hook) -> int:
    """Deliveries that came through before the first hostile target was given up."""
    limit, found = time.monotonic() + seconds_for(DEADLINE), 0
    while found < HONEST and time.monotonic() < limit:
        found = sum(attempt["status"] == 200 for attempt in honest.attempts(hook.id))
        time.sleep(0.1)
    return found


class _Provider:
    """One hostile provider: probed, and sent with; whether its job came to a stop."""

    def __init__(self, stack: Watched) -> None:
        self.stack = stack

    def __call__(self, name: str) -> bool:
        world = Attacker(self.stack).world
        base = f"http://public.room.test/{name}"
        made = world.post(
            "/v1/connections", provider="cloud-messaging", api_key="cm_x", base_url=base
        )
        sent = {"phone": "+14155550123", "message": "x", "sender_id": "Me"}
        job = world.post("/v1/actions/send-sms", connection=made.json()["id"], **sent).json()
        limit = time.monotonic() + 60
        while time.monotonic() < limit and not world.job(job["id"])["attempts"]:
            time.sleep(0.2)
        world.call("DELETE", f"/v1/connections/{made.json()['id']}")
        return bool(world.job(job["id"])["attempts"])


def _settle(visits: Sequence[Visit]) -> None:
    limit = time.monotonic() + 40
    while any(not each.ended for each in visits) and time.monotonic() < limit:
        time.sleep(0.2)


def _slowest(visits: Collection[Visit]) -> int:
    """Milliseconds; one that is still under way counts as it stands."""
    now = time.monotonic()
    return int(max((1000 * ((each.ended or now) - each.began) for each in visits), default=0))


def _largest(db: TextStore) -> int:
    """Characters of the largest record that was kept of an attempt."""
    kept = [*db.scan_iter(f"{keys.delivery.prefix}*"), *db.scan_iter(f"{keys.job.prefix}*")]
    sizes = [sum(len(k) + len(v) for k, v in db.hgetall(each).items()) for each in kept]
    return max(sizes, default=0)
