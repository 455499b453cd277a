"""S7: line breaks and worse, in every field that reaches a header, an address, a log or a key."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from proofs.attacks import outbound_raw, outbound_room
from proofs.attacks.outbound_arrival import deliver, message
from proofs.attacks.outbound_payloads import HEADER, MARK, OVERRIDES, PAYLOADS
from proofs.attacks.outbound_room import Room
from proofs.attacks.outbound_stack import Attacker, side_by_side
from proofs.attacks.outcome import Outcome, judged

FIGURE = "S7"
GOAL = "No field splits a header or an answer, overrides a header of ours, or forges a log line."
Call = tuple[str, str, dict[str, str], dict[str, Any] | None]


def run(stack: object, *, short: bool, seed: int) -> Outcome:
    return outbound_room.enter(__name__, short=short, seed=seed)


def attack(*, short: bool, seed: int) -> Outcome:
    payloads = random.Random(seed).sample(PAYLOADS, 12) if short else list(PAYLOADS)
    with outbound_room.opened() as room:
        attacker = Attacker(room.stack)
        connection = attacker.plant_connection()
        attacker.plant_connection("cloud_messaging")
        calls = [call for each in payloads for call in _calls(each)]
        answers = side_by_side(lambda call: _ask(attacker, call), calls)
        planted = [
            attacker.plant_hook(f"https://public-{turn}.room.test/{each}?{each}")
            for turn, each in enumerate(payloads)
        ]
        planted.append(attacker.plant_hook("https://public.room.test/honest"))
        tried = deliver(attacker, connection, planted)
        for each in payloads:
            attacker.receive(connection, message(each))
        tried += deliver(attacker, connection, planted)
        harm = _harm(room, answers)
    done = {"payloads": len(payloads), "requests": len(calls), "deliveries": tried}
    passed = not any(harm.values()) and tried == 2 * len(planted) and bool(room.sinks.visits)
    return judged(FIGURE, GOAL, done | harm, passed=passed)


def _harm(room: Room, answers: list[bytes]) -> dict[str, int]:
    return {
        "split_answers": sum(len(outbound_raw.heads(each)) != 1 for each in answers),
        "forged_headers": _forged(room, answers),
        "overridden_headers": _overridden(room),
        "server_errors": sum(each.startswith(b"HTTP/1.1 5") for each in answers),
        "forged_log_lines": sum(MARK in line for line in room.stack.logs().splitlines()),
        "keys_outside_our_names": _strange_keys(room),
    }


def _calls(text: str) -> Iterator[Call]:
    """The text in every field of ours, one request each."""
    yield from _headers_and_addresses(text)
    yield from _hooks(text)
    yield from _sends(text)
    yield from _accounts(text)


def _headers_and_addresses(text: str) -> Iterator[Call]:
    coded = quote(text, safe="")
    for name in ("X-Request-Id", "Idempotency-Key", "X-API-Key", "X-Forwarded-Host", "Cookie"):
        # A raw line break would begin the next header of the attacker's own request.
        bare = text.replace("\r", "").replace("\n", "")
        yield "POST", "/v1/actions/send-sms", {name: bare}, {"phone": "+14155550123"}
    for place in (
        *("/v1/triggers/inbound-sms?consumer=", "/v1/triggers/inbound-sms?cursor="),
        *("/v1/triggers/inbound-sms?ack=", "/v1/jobs?status=", "/v1/jobs/", "/v1/hooks/"),
        *("/v1/options/", "/v1/triggers/", "/v1/hooks?target_url=", "/ingress/pairfon/", "/"),
    ):
        yield "GET", place + coded, {}, None


def _hooks(text: str) -> Iterator[Call]:
    hook = {"target_url": "https://public.room.test/x", "trigger": "inbound-sms"}
    for name in ("target_url", "platform", "description", "trigger", "device_fingerprint", text):
        yield "POST", "/v1/hooks", {}, {**hook, name: text}
    yield "POST", "/v1/hooks", {}, {**hook, "target_url": f"https://public.room.test/{text}"}
    yield "POST", "/v1/hooks", {}, {**hook, "target_url": f"https://public.room.test{text}/"}


def _sends(text: str) -> Iterator[Call]:
    sms = {"phone": "+14155550123", "message": "x"}
    for name in ("phone", "message", "device_fingerprint", "sim_slot", "sender_id", "connection"):
        yield "POST", "/v1/actions/send-sms", {}, {**sms, name: text}
    yield "POST", "/v1/actions/send-sms", {}, {**sms, "idempotency_key": text}
    mms = {"phone": "+14155550123", "media_url": f"https://public.room.test/{text}"}
    yield "POST", "/v1/actions/send-mms", {}, mms
    person = {"phone": "+14155550123", "group_id": "g", "first_name": "A"}
    for name in ("group_id", "first_name", "last_name"):
        yield "POST", "/v1/actions/add-contact", {}, {**person, name: text}
    yield "POST", "/v1/actions/create-group", {}, {"name": text, "description": text}


def _accounts(text: str) -> Iterator[Call]:
    account = {"provider": "pairfon", "api_key": "pf_x", "base_url": "http://public.room.test/p"}
    for name in ("provider", "api_key", "label", "base_url"):
        yield "POST", "/v1/connections", {}, {**account, name: text}
    yield "POST", "/v1/connections", {}, {**account, "base_url": f"http://public.room.test/{text}"}
    yield "POST", "/v1/keys", {}, {"name": text}


def _ask(attacker: Attacker, call: Call) -> bytes:
    method, path, headers, body = call
    given = {"Authorization": f"Bearer {attacker.world.key}", **headers}
    content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    raw = outbound_raw.request(method, path, given, content)
    return outbound_raw.ask(attacker.stack.port, raw)


def _forged(room: Room, answers: list[bytes]) -> int:
    """Heads, of our answers and of our requests, in which the planted header stands."""
    sent = [visit.head for visit in room.sinks.visits]
    every = [*(head for each in answers for head in outbound_raw.heads(each)), *sent]
    wanted = f"\n{HEADER}:".encode()
    return sum(wanted in head.lower().replace(b"\r", b"\n") for head in every)


def _overridden(room: Room) -> int:
    """Headers of ours that a receiver got more than once."""
    found = 0
    for visit in room.sinks.visits:
        names = [line.partition(b":")[0].lower() for line in visit.head.split(b"\r\n")[1:]]
        found += sum(names.count(each.lower().encode()) > 1 for each in OVERRIDES)
    return found


def _strange_keys(room: Room) -> int:
    names = [str(name) for name in room.stack.db.scan_iter("*", 1000)]
    return sum(not name.startswith(("hl:", "rq:")) for name in names)
