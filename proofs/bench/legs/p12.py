"""P12: how soon the server has each page of the console, and how large that page is.

The pages of an empty workspace, of one with a long past, and those while the store is away.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from statistics import median
from urllib.parse import urlencode

from integration.accounts import connections
from integration.activity import conversations
from proofs.bench import filling, service
from proofs.bench.ground import Ground, Server
from proofs.bench.leg import Contestants, Goal, Leg, Measures
from proofs.bench.reader import Reader
from proofs.bench.service import Service
from proofs.rig.stack import World

PAST = 100_000
"""Events and ended jobs of the workspace with a long past, of each so many."""
CALLS = 40
MOST_MS, MOST_KB = 60.0, 100.0
PAGES = {
    "overview": "/",
    "activity": "/console/activity",
    "four last digits": "/console/activity?q=0007",
    "texts in": "/console/activity?direction=in",
    "texts out": "/console/activity?direction=out",
    "jobs": "/console/jobs",
    "jobs sent": "/console/jobs?status=sent",
    "unknown texts": "/console/unknown",
    "unreadable": "/console/unreadable",
    "hooks": "/console/hooks",
    "connections": "/console/connections",
    "apps": "/console/apps",
    "keys": "/console/keys",
    "audit": "/console/audit",
    "inbox": "/console/inbox",
    "the API's pages": "/docs",
}
WORKSPACES = ("empty", "long past", "store away")
GOALS = tuple(
    goal
    for name in WORKSPACES
    for goal in (
        Goal(text=f"{name}: the slowest page, p50", of=(name, "p50"), most=MOST_MS, unit="ms"),
        Goal(text=f"{name}: the largest page", of=(name, "KB"), most=MOST_KB, unit="KB"),
    )
)


@contextmanager
def opened(ground: Ground) -> Iterator[Contestants]:
    with ExitStack() as ending:
        ours = ending.enter_context(service.running(ground, "web"))
        empty, long_past = ours.world(), ours.world()
        _fill(ours, long_past)
        gone = Server(ground, ground.folder / "gone")
        cut_off = ending.enter_context(service.running(ground, "web", server=gone))
        stranded = Reader(cut_off.url, cut_off.world().key)
        gone.program.kill()
        yield {
            "empty": partial(_read, ground, Reader(ours.url, empty.key), _pages(empty)),
            "long past": partial(_read, ground, Reader(ours.url, long_past.key), _pages(long_past)),
            "store away": partial(_read, ground, stranded, PAGES, 503),
        }


def _fill(ours: Service, world: World) -> None:
    """A past made by the service's own functions: texts received, texts sent, hooks."""
    [home] = connections.listed(ours.own, world.name)
    filling.receive(ours.own, home, ours.ground.count(PAST))
    filling.subscribe(ours.own, home)
    filling.finish_many(ours.own, world.name, ours.ground.count(PAST))
    # As the scheduler does every few seconds.
    while not conversations.catch_up(ours.own, world.name):
        continue


def _pages(world: World) -> dict[str, str]:
    """The pages of every workspace, and those of what this one has, by what they are about."""
    [home, *_] = [each["id"] for each in world.get("/v1/connections")["data"]]
    found = {"a connection": f"/console/connections/{home}"}
    for row in world.get("/v1/hooks", limit=1)["data"]:
        found["a hook"] = f"/console/hooks/{row['id']}"
    for row in world.get("/v1/jobs", limit=1)["data"]:
        found["a job"] = f"/console/jobs/{row['id']}"
    asked = urlencode({"connection": home, "phone": service.phone(1, filling.PEOPLE)})
    found["a conversation"] = f"/console/conversation?{asked}"
    return {**PAGES, **found}


def _read(ground: Ground, reader: Reader, pages: Mapping[str, str], status: int = 200) -> Measures:
    """Each page some times, one call after the other; the slowest median and the largest body."""
    found: Measures = {}
    largest = 0
    for name, page in pages.items():
        took = []
        for _ in range(ground.count(CALLS, 5)):
            began = time.perf_counter()
            # The description and its guides are files: they need no store.
            largest = max(largest, reader.read(page, 200 if page == "/docs" else status))
            took.append((time.perf_counter() - began) * 1000)
        found[f"{name} ms"] = median(took)
    return {"p50": max(found.values()), "KB": largest / 1000, **found}


LEG = Leg(key="p12", title="The pages of the console", goals=GOALS, open=opened)
