"""S1: hostile target URLs at every door, and planted behind the doors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from integration.hooks.record import Hook
from proofs.attacks import judge_connects, outbound_room, outbound_urls
from proofs.attacks.outbound_arrival import deliver
from proofs.attacks.outbound_room import Room
from proofs.attacks.outbound_stack import Attacker, Watched, side_by_side
from proofs.attacks.outcome import Outcome, judged

FIGURE = "S1"
GOAL = "No hostile URL, at whatever door, makes the service connect to a forbidden address."
LEAST_URLS = 300
HONEST = "https://public.room.test/honest"


def run(stack: object, *, short: bool, seed: int) -> Outcome:
    return outbound_room.enter(__name__, short=short, seed=seed)


def attack(*, short: bool, seed: int) -> Outcome:
    urls = outbound_urls.corpus(short=short)
    with outbound_room.opened() as room:
        attacker = Attacker(room.stack)
        doors = _at_the_doors(attacker, urls)
        tried, honest = _behind_the_doors(room, attacker, urls)
        called = _as_provider(room.stack, urls)
        caught = judge_connects.forbidden(room.stack.traces, room.allowed)
        watched = len(judge_connects.seen(room.stack.traces))
        knocks = len(room.sinks.knocks)
    counts = {
        "hostile_URLs": len(urls),
        "requests_with_them": 4 * len(urls) + called,
        "deliveries_to_them": tried,
        "connects_watched": watched,
        "let_in_at_a_door": doors,
        "forbidden_connects": len(caught),
        "canaries_reached": knocks,
    }
    reached = tried == len(urls) and honest and watched > 0 and (short or len(urls) >= LEAST_URLS)
    return judged(FIGURE, GOAL, counts, passed=reached and not (doors or caught or knocks))


def _at_the_doors(attacker: Attacker, urls: list[str]) -> int:
    """Subscribe, change, send media: how many hostile URLs were accepted there."""
    world = attacker.world
    attacker.plant_connection("cloud_messaging")
    hook = attacker.plant_hook("https://public.room.test/changed")

    def knock(url: str) -> int:
        given: list[tuple[str, str, dict[str, Any]]] = [
            ("POST", "/v1/hooks", {"target_url": url, "trigger": "inbound-sms"}),
            ("PATCH", f"/v1/hooks/{hook.id}", {"target_url": url}),
            ("POST", "/v1/actions/send-mms", {"phone": "+14155550123", "media_url": url}),
        ]
        answers = [world.call(method, path, json=body) for method, path, body in given]
        # A PATCH to "" changes nothing, and says so with 200.
        refused = [answer.status_code in (400, 422) for answer in answers]
        return refused.count(False) - (not url.strip() and answers[1].ok)

    return sum(side_by_side(knock, urls))


def _behind_the_doors(room: Room, attacker: Attacker, urls: list[str]) -> tuple[int, bool]:
    """Plant each URL as a stored hook, test it and let a message arrive for it."""
    connection = attacker.plant_connection()
    planted = side_by_side(attacker.plant_hook, urls)
    honest = attacker.plant_hook(HONEST)
    tried = deliver(attacker, connection, [*planted, honest])

    def test(hook: Hook) -> None:
        attacker.world.post(f"/v1/hooks/{hook.id}/test")

    side_by_side(test, planted, threads=16)
    arrived = any(visit.path == "/honest" for visit in room.sinks.visits)
    return tried - 1, arrived


def _as_provider(stack: Watched, urls: list[str]) -> int:
    """Each URL as the base URL of a connection made over the API; the number of requests."""
    attacker = Attacker(stack)
    attacker.plant_hook("https://public.room.test/provider")

    def connect(url: str) -> int:
        return sum(1 for _ in _calls(attacker, url))

    return sum(side_by_side(connect, urls))


def _calls(attacker: Attacker, url: str) -> Iterator[int]:
    """Make the connection (probe, registration), test it, send with it, change it, remove it."""
    world = attacker.world
    for base in dict.fromkeys((url, url.replace("https://", "http://", 1))):
        made = world.post("/v1/connections", provider="pairfon", api_key="pf_x", base_url=base)
        yield made.status_code
        if not made.ok:
            continue
        name = made.json()["id"]
        sent = {"connection": name, "device_fingerprint": "abc123", "phone": "+14155550123"}
        yield world.post(f"/v1/connections/{name}/test").status_code
        yield world.post("/v1/actions/send-sms", message="x", **sent).status_code
        yield world.call("PATCH", f"/v1/connections/{name}", json={"base_url": base}).status_code
        yield world.call("DELETE", f"/v1/connections/{name}").status_code
