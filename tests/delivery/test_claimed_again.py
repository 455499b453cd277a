"""A delivery that is claimed again while it is being posted: one post, one record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from integration.accounts.connections import Connection
from integration.delivery import drain_step, listing
from integration.delivery.attempt import Attempt, Poster
from integration.delivery.in_flight import InFlight
from integration.delivery.records import Claimed, Room
from integration.services import Services
from integration.store.clock import wall_ms
from tests.delivery.drains import owe, played, subscribe

Done = Callable[[Attempt], None]


class SlowPoster(Poster):
    """Posts nothing, and ends each post when it is asked to."""

    def __init__(self) -> None:
        super().__init__(allow_private=True)
        self.under_way: list[Done] = []

    def post(self, *given: object) -> None:
        done = given[-1]
        assert callable(done)
        self.under_way.append(done)


def test_it_is_posted_once_and_its_end_is_recorded(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    first = claimed(own)
    drain_step.release().run(own.db)
    again = claimed(own)
    assert [each.id for each in first] == [each.id for each in again]

    async def go() -> InFlight:
        poster = SlowPoster()
        flight = InFlight(own, poster)
        await flight.begin(first)
        await flight.begin(again)
        [done] = poster.under_way
        done(Attempt(at_ms=wall_ms(), status=200, detail="It took it.", took_ms=40))
        return flight

    flight = asyncio.run(go())
    assert flight.held == [flight.ended[0].claimed.id]
    assert flight.ended[0].claimed is again[0]
    played(own, "t", flight.ended, room=0)
    [row], _ = listing.page(own, hook, 10)
    assert (row["status"], len(row["attempts"])) == ("delivered", 1)


def claimed(own: Services) -> list[Claimed]:
    """Claim as a drain does whose lease is over at once."""
    reply = drain_step.call("t", Room(100, 100), lease_ms=0).run(own.db)
    return drain_step.result(reply).claimed
