"""S2: names that change between the check and the connect, through the real `getaddrinfo`."""

from __future__ import annotations

import random

from integration.hooks.record import Hook
from proofs.attacks import judge_connects, outbound_room
from proofs.attacks.outbound_arrival import deliver
from proofs.attacks.outbound_names import LIES
from proofs.attacks.outbound_room import Room
from proofs.attacks.outbound_stack import Attacker, side_by_side
from proofs.attacks.outcome import Outcome, judged

FIGURE = "S2"
GOAL = (
    "No name that changes its address makes us connect to a forbidden one, and it stays the name."
)
ROUNDS, SHORT_ROUNDS = 1000, 70
WAYS = ("door", "planted", "planted", "provider")


def run(stack: object, *, short: bool, seed: int) -> Outcome:
    return outbound_room.enter(__name__, short=short, seed=seed)


def attack(*, short: bool, seed: int) -> Outcome:
    chance = random.Random(seed)
    rounds = SHORT_ROUNDS if short else ROUNDS
    # Every lie comes by every way; only their order is left to chance.
    names = [f"{LIES[turn % len(LIES)]}-{turn}.rebind.test" for turn in range(rounds)]
    ways = {name: WAYS[turn // len(LIES) % len(WAYS)] for turn, name in enumerate(names)}
    chance.shuffle(names)
    with outbound_room.opened() as room:
        attacker, stranger = Attacker(room.stack), Attacker(room.stack)
        stranger.plant_hook("https://public.room.test/provider")
        connection = attacker.plant_connection()
        hooks = [each for each in side_by_side(_Way(attacker, ways), names) if each]
        tried = deliver(attacker, connection, hooks)
        side_by_side(_Again(attacker), hooks, threads=16)
        called = side_by_side(_Provider(stranger), [n for n in names if ways[n] == "provider"])
        done = {"rounds": rounds, "hooks_tried": tried, "provider_calls": sum(called)}
        watched, harm = _watched(room), _harm(room)
    met = all(watched.values()) and all(room.names.asked[name] for name in names)
    passed = met and tried == len(hooks) and not any(harm.values())
    return judged(FIGURE, GOAL, done | watched | harm, passed=passed)


def _watched(room: Room) -> dict[str, int]:
    return {
        "questions_to_the_name_server": sum(room.names.asked.values()),
        "connects_watched": len(judge_connects.seen(room.stack.traces)),
        "requests_at_public_addresses": len(room.sinks.visits),
    }


def _harm(room: Room) -> dict[str, int]:
    return {
        "forbidden_connects": len(judge_connects.forbidden(room.stack.traces, room.allowed)),
        "canaries_reached": len(room.sinks.knocks),
        "under_another_name": _misnamed(room),
    }


class _Way:
    """Bring a name in: through the subscribing door, or planted behind it."""

    def __init__(self, attacker: Attacker, ways: dict[str, str]) -> None:
        self.attacker, self.ways = attacker, ways

    def __call__(self, name: str) -> Hook | None:
        url, way = f"https://{name}/hook", self.ways[name]
        if way == "planted":
            return self.attacker.plant_hook(url)
        if way == "door":
            self.attacker.world.post("/v1/hooks", target_url=url, trigger="inbound-sms")
            # Refused or not, it is tried again behind the door, when the name has changed.
            return self.attacker.plant_hook(url)
        return None


class _Again:
    """A second connect, after the name server has changed its mind."""

    def __init__(self, attacker: Attacker) -> None:
        self.attacker = attacker

    def __call__(self, hook: Hook) -> None:
        self.attacker.world.post(f"/v1/hooks/{hook.id}/test")


class _Provider:
    """A connection to such a name: asked, registered at, sent with, and removed."""

    def __init__(self, attacker: Attacker) -> None:
        self.world = attacker.world

    def __call__(self, name: str) -> int:
        made = self.world.post(
            "/v1/connections", provider="pairfon", api_key="pf_x", base_url=f"http://{name}"
        )
        path = f"/v1/connections/{made.json()['id']}"
        sent = {"phone": "+14155550123", "message": "x", "device_fingerprint": "abc"}
        self.world.post("/v1/actions/send-sms", connection=made.json()["id"], **sent)
        secured = {"base_url": f"https://{name}"}
        calls = [
            made,
            self.world.post(f"{path}/test"),
            self.world.call("PATCH", path, json=secured),
            self.world.call("DELETE", path),
        ]
        return sum(call.ok for call in calls)


def _misnamed(room: Room) -> int:
    """Requests whose Host, or whose name in TLS, is not a name that was attacked with."""
    hosts = [visit.host for visit in room.sinks.visits]
    names = [visit.name or visit.host for visit in room.sinks.visits]
    wrong = [host for host, name in zip(hosts, names, strict=True) if host != name]
    return len(wrong) + sum(not name.endswith(".test") for name in [*hosts, *room.sinks.names])
