"""S10: secrets are rotated under load, and no receiver that keeps up refuses a delivery."""

from __future__ import annotations

import threading
import time
from collections import Counter
from itertools import pairwise

from standardwebhooks import Webhook, WebhookVerificationError

from integration.store import keys
from proofs.attacks import outbound_room
from proofs.attacks.outbound_arrival import message
from proofs.attacks.outbound_room import Room
from proofs.attacks.outbound_sinks import Visit
from proofs.attacks.outbound_stack import Attacker
from proofs.attacks.outcome import Outcome, judged

FIGURE = "S10"
GOAL = "During the overlap the old and the new secret verify each delivery; after it only the new."
ROTATIONS, SHORT_ROTATIONS = 100, 8
RATE = 50.0
"""Events a second while secrets are rotated."""
LAST = 20


def run(stack: object, *, short: bool, seed: int) -> Outcome:
    return outbound_room.enter(__name__, short=short, seed=seed)


def attack(*, short: bool, seed: int) -> Outcome:
    rotations = SHORT_ROTATIONS if short else ROTATIONS
    counts: Counter[str] = Counter()
    with outbound_room.opened() as room:
        attacker = Attacker(room.stack)
        hook = attacker.world.post(
            "/v1/hooks", target_url="https://public.room.test/rotated", trigger="inbound-sms"
        ).json()
        known = [str(hook["secret"])]
        sent = _under_load(attacker, hook["id"], known, rotations)
        _arrived(room, sent)
        counts["rotations"] = len(known) - 1
        counts["deliveries_while_rotating"] = len(room.sinks.visits)
        counts["refused_while_rotating"] = _refused(room.sinks.visits, known)
        _end_overlap(attacker, hook["id"])
        after = len(room.sinks.visits)
        _send(attacker, LAST)
        _arrived(room, sent + LAST)
        late = room.sinks.visits[after:]
        counts["deliveries_after_the_overlap"] = len(late)
        counts["verified_by_an_old_secret_after"] = sum(_verifies(v, known[:-1]) for v in late)
        counts["refused_with_the_new_secret_after"] = sum(
            not _verifies(v, known[-1:]) for v in late
        )
    harm = sum(counts[name] for name in counts if name.startswith(("refused", "verified")))
    done = counts["rotations"] == rotations and counts["deliveries_after_the_overlap"] >= LAST
    done = done and counts["deliveries_while_rotating"] >= sent
    return judged(FIGURE, GOAL, counts, passed=done and not harm)


def _under_load(attacker: Attacker, hook_id: str, known: list[str], rotations: int) -> int:
    """Rotate while events arrive; the number of events."""
    connection, ended, sent = attacker.plant_connection(), threading.Event(), [0]

    def load() -> None:
        while not ended.wait(1 / RATE):
            attacker.receive(connection, message(f"Table {sent[0]}"))
            sent[0] += 1

    thread = threading.Thread(target=load)
    thread.start()
    for _ in range(rotations):
        answer = attacker.world.post(f"/v1/hooks/{hook_id}/rotate-secret")
        known += [str(answer.json()["secret"])] if answer.ok else []
        time.sleep(0.2)
    ended.set()
    thread.join()
    return sent[0]


def _send(attacker: Attacker, count: int) -> None:
    connection = attacker.plant_connection()
    for turn in range(count):
        attacker.receive(connection, message(f"After {turn}"))


def _arrived(room: Room, count: int) -> None:
    limit = time.monotonic() + 120
    while len(room.sinks.visits) < count and time.monotonic() < limit:
        time.sleep(0.1)


def _end_overlap(attacker: Attacker, hook_id: str) -> None:
    """What 24 hours do: the overlap's end lies in the past, and drains read the hook again."""
    db = attacker.stack.services.db
    db.hset(keys.hook(hook_id), mapping={"old_until_ms": "1", "revision": "after"})


def _refused(visits: list[Visit], known: list[str]) -> int:
    """Deliveries that do not bear the signatures of two secrets that follow one another.

    A receiver that has the newer or the older of them takes those that do.
    """
    found = 0
    for visit in visits:
        fit = [_verifies(visit, [secret]) for secret in known]
        pairs = any(one and two for one, two in pairwise(fit))
        found += not (pairs or fit[0])
    return found


def _verifies(visit: Visit, known: list[str]) -> bool:
    lines = visit.head.decode("latin-1").split("\r\n")[1:]
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    for secret in known:
        try:
            Webhook(secret).verify(visit.body, headers)
        except WebhookVerificationError:
            continue
        return True
    return False
