"""P2: a poll of 50 with key and cursor, against bare routes that send 50 stored JSON strings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from proofs.bench import load, service
from proofs.bench.ground import Ground
from proofs.bench.leg import Contestants, Goal, Leg, Measures

CONNECTIONS = 16
SECONDS = 6.0
EARLIER, POLLED = 500, 50
GOALS = (
    Goal(
        text="rate of the poll over that of a bare route joining stored bytes",
        of=("poll", "rate"),
        over=("bare joined", "rate"),
        least=0.85,
    ),
    Goal(
        text="its rate over that of the same with a marshmallow dump",
        of=("poll", "rate"),
        over=("bare marshmallow", "rate"),
        least=2.2,
    ),
)


@contextmanager
def opened(ground: Ground) -> Iterator[Contestants]:
    with service.running(ground, "web") as ours:
        program, bare = service.bare(ground)
        world = ours.world()
        ours.receive(world, range(EARLIER))
        answer = world.call("GET", "/v1/triggers/inbound-sms")
        cursor = answer.headers["X-Next-Cursor"]
        ours.receive(world, range(EARLIER, EARLIER + POLLED))
        address = f"{ours.url}/v1/triggers/inbound-sms?limit={POLLED}&cursor={cursor}"
        polled = world.get(f"/v1/triggers/inbound-sms?limit={POLLED}&cursor={cursor}")
        assert len(polled) == POLLED, len(polled)
        _store_for_peers(ground, ours, world.name)

        def flood(url: str, **headers: str) -> Measures:
            wire = load.request("GET", url, headers=headers)
            seconds = ground.seconds(SECONDS)
            return load.flood(
                url, lambda _: wire, seconds=seconds, connections=CONNECTIONS
            ).measures()

        yield {
            "poll": lambda: flood(address, Authorization=f"Bearer {world.key}"),
            "bare joined": lambda: flood(f"{bare}/joined"),
            "bare marshmallow": lambda: flood(f"{bare}/dumped"),
        }
        program.stop()


def _store_for_peers(ground: Ground, ours: service.Service, workspace: str) -> None:
    """The same fifty events, byte for byte, in the same kind of log."""
    from integration.kernel.events import MESSAGE
    from integration.store import keys

    peers = ground.server.peers
    peers.flushdb()
    rows = ours.db.xrevrange(keys.inbox(workspace, MESSAGE), count=POLLED)
    for _, fields in reversed(rows):
        peers.xadd("stored", {"e": fields["e"]})


LEG = Leg(key="p2", title="Polling 50 messages", goals=GOALS, open=opened)
