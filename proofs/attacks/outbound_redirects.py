"""S3: receivers and providers that send us elsewhere."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

from proofs.attacks import judge_connects, outbound_room
from proofs.attacks.outbound_arrival import deliver
from proofs.attacks.outbound_sinks import Sinks, Visit
from proofs.attacks.outbound_stack import Attacker, side_by_side
from proofs.attacks.outcome import Outcome, judged

FIGURE = "S3"
GOAL = "No redirect is followed, from any sender to any place."
CODES = (300, 301, 302, 303, 304, 305, 306, 307, 308)
HOPS = 50
PLACES = (
    *("https://public.room.test/followed", "/followed", "//public.room.test/followed", "followed"),
    *("http://127.0.0.1/", "https://10.0.0.1/", "http://169.254.169.254/latest/meta-data/"),
    *("http://[::1]/", "http://2130706433/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x"),
    *(
        "",
        "https://public.room.test/hop/1",
        "\\\\127.0.0.1\\",
        "https://user@127.0.0.1/",
        "http://[::",
    ),
)


def run(stack: object, *, short: bool, seed: int) -> Outcome:
    return outbound_room.enter(__name__, short=short, seed=seed)


def attack(*, short: bool, seed: int) -> Outcome:
    codes = (301, 307) if short else CODES
    asked = [f"{code}/{place}" for code in codes for place in range(len(PLACES))]
    with outbound_room.opened() as room:
        room.sinks.behave = {"to": _redirect, "hop": _hop}
        attacker, stranger = Attacker(room.stack), Attacker(room.stack)
        connection = attacker.plant_connection()
        planted = side_by_side(attacker.plant_hook, [f"{_host(each)}/to/{each}" for each in asked])
        tried = deliver(attacker, connection, planted)
        stranger.plant_hook("https://public.room.test/registers")
        called = sum(side_by_side(_Provider(stranger), asked))
        caught = judge_connects.forbidden(room.stack.traces, room.allowed)
        counts = {
            "redirecting_hooks": len(asked),
            "tried": tried,
            "calls_to_redirecting_providers": called,
            "redirects_answered": _visits(room.sinks)["to"],
            "redirects_answered_to_hooks": _to_hooks(room.sinks),
            "followed": sum(_visits(room.sinks).values()) - _visits(room.sinks)["to"],
            "forbidden_connects": len(caught),
            "canaries_reached": len(room.sinks.knocks),
        }
    harmed = counts["followed"] or caught or counts["canaries_reached"]
    answered = counts["redirects_answered_to_hooks"] >= tried and called == 3 * len(asked)
    return judged(FIGURE, GOAL, counts, passed=tried == len(asked) and answered and not harmed)


def _host(each: str) -> str:
    return f"https://public-{each.replace('/', '0')}.room.test"


class _Provider:
    def __init__(self, attacker: Attacker) -> None:
        self.world = attacker.world

    def __call__(self, each: str) -> int:
        """Probe, register our webhook, send, and take the connection away; the calls made."""
        base = f"http://public.room.test/to/{each}"
        made = self.world.post("/v1/connections", provider="pairfon", api_key="pf_x", base_url=base)
        sent = {"phone": "+14155550123", "message": "x", "device_fingerprint": "abc"}
        job = self.world.post("/v1/actions/send-sms", connection=made.json()["id"], **sent)
        limit = time.monotonic() + 30
        while job.ok and time.monotonic() < limit:
            if self.world.job(job.json()["id"])["status"] not in ("queued", "sending"):
                break
            time.sleep(0.1)
        self.world.call("DELETE", f"/v1/connections/{made.json()['id']}")
        return 3


def _visits(sinks: Sinks) -> Counter[str]:
    return Counter(visit.path.strip("/").split("/")[0] for visit in sinks.visits)


def _to_hooks(sinks: Sinks) -> int:
    return sum(b"webhook-id" in visit.head for visit in sinks.visits)


async def _redirect(visit: Visit, writer: asyncio.StreamWriter) -> None:
    code, place = visit.path.split("/to/")[1].split("/")[:2]
    await _answer(writer, int(code), PLACES[int(place)])


async def _hop(visit: Visit, writer: asyncio.StreamWriter) -> None:
    """One of fifty hops on the way to nowhere."""
    number = int(visit.path.rpartition("/")[2])
    await _answer(writer, 302, f"/hop/{number + 1}" if number < HOPS else "http://127.0.0.1/")


async def _answer(writer: asyncio.StreamWriter, code: int, place: str) -> None:
    head = f"HTTP/1.1 {code} Elsewhere\r\nLocation: {place}\r\nContent-Length: 0\r\n"
    writer.write(f"{head}Connection: close\r\n\r\n".encode())
    await writer.drain()
