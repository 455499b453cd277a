"""A quiet day of a small restaurant, for pictures: numbers of films, two accounts, one hook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from integration.store import keys
from integration.store.tallies import DAY
from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink
from proofs.rig.stack import World

AMY, BEN = "+12025550143", "+12025550117"
PATH = "/hooks/catch/orders"
HOURS = (0, 0, 1, 0, 0, 0, 2, 5, 9, 8, 12, 11, 7, 6, 5, 9, 14, 16, 12, 8, 4, 2, 1)
"""Texts that came in by the hour before this one, the last 24 hours without the one at hand."""
DAYS = (98, 112, 121, 156, 171, 160, 94)
"""Texts of a week, again and again for the days before yesterday."""
YESTERDAY = 30
"""In its first hour, which is no part of the last 24. With all of HOURS that is less than the best
of DAYS, so the chart's scale does not depend on where the day begins."""
SHARES = {"in": 1.0, "sent": 0.8, "delivered": 0.75, "failed": 0.03, "taken": 1.0}
"""Of the texts that came in, so many were answered, and so on."""


@dataclass(frozen=True, kw_only=True)
class Story:
    """Where the parts of the story are shown: the ids of its phone's connection and of its hook."""

    connection: str
    hook: str


def happen(world: World, sink: Sink) -> Story:
    """Let it happen, one thing after the other, so that it looks the same each time."""
    _past(world)
    connection = world.connect_pairfon(label="Front desk")
    world.connect_cloud(label="Newsletter")
    hook = Hooked(world, sink, PATH, description="Orders to the sheet")
    _text(world, hook, 1, AMY, "Are you open today?")
    _answer(world, AMY, "Yes, until 10 tonight.")
    _text(world, hook, 2, BEN, "Can I bring my dog?")
    _answer(world, BEN, "Of course. We have a bowl for him.")
    _text(world, hook, 3, AMY, "A table for two at 7, please")
    _answer(world, AMY, "Done. See you at 7!")
    return Story(connection=connection, hook=hook.id)


def _text(world: World, hook: Hooked, count: int, phone: str, words: str) -> None:
    world.inject(words, phone=phone)
    until(lambda: hook.delivered(count), f"{words!r} at the hook")


def _answer(world: World, phone: str, words: str) -> None:
    sent = world.send(phone=phone, message=words, device_fingerprint="sandbox-phone-1")
    world.settled(sent.json()["id"], "delivered")


def _past(world: World) -> None:
    """What the counters say of the hours and days before."""
    now = datetime.now(UTC)
    hours = [(now - timedelta(hours=ago), count) for ago, count in enumerate(reversed(HOURS), 1)]
    noons = [(now - timedelta(days=ago)).replace(hour=12) for ago in range(2, 30)]
    days = [(noon, DAYS[place % len(DAYS)]) for place, noon in enumerate(noons)]
    days.append(((now - timedelta(days=1)).replace(hour=0), YESTERDAY))
    for at, count in (*hours, *days):
        name = keys.day(world.name, at.strftime(DAY))
        for what, share in SHARES.items():
            world.stack.db.hincrby(name, f"{at:%H} {what}", int(count * share))
