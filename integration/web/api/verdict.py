"""The verdict: what is wrong in a workspace, since when, and the one thing to do about each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from integration.accounts import connections
from integration.accounts import standing as lanes
from integration.accounts.connection_facts import fact
from integration.delivery import standing as hooks
from integration.jobs import statuses
from integration.kernel import times
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms
from integration.web.api import health
from integration.web.core.current import services, workspace

Tone = Literal["bad", "warn"]
DAY_MS = 24 * 3_600_000
LABELS = {"store": "The data store", "public_url": "The public address", "worker": "The worker"}
MENDS = {
    "store": "docs/store.md says what the store must be.",
    "connections": "Or run fewer processes: WEB_CONCURRENCY, WORKER_CONCURRENCY.",
    "credentials": "docs/operations.md says how SECRET_KEY is changed.",
    "replicas": "Bring the replicas back.",
    "worker": "The Procfile's `worker` or `background` is one; where all its places are taken,"
    " raise WORKER_CONCURRENCY.",
    "deliveries": "The Procfile's `worker` or `background` runs one.",
    "scheduler": "The Procfile's `scheduler` or `background` runs it.",
    "public_url": "`hookline doctor` calls it at once.",
}
"""How to do what the detail of a check says. `/readyz` shows the detail alone."""
HOOKS = {
    hooks.FAILING: "Mend its target, or give the hook another address.",
    hooks.PAUSED: "Resume it once its target is mended.",
    hooks.WAITING: "It goes on by itself.",
}
FILTERS = "Its page has the filters."


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that is not as it should be. `bad` needs somebody, `warn` may pass by itself.

    `about` is `service`, `connection`, `hook`, `unknown` or `unreadable`; `id` names which one, ""
    for all of them. `since` is RFC 3339, None where that is not known.
    """

    tone: Tone
    about: str
    name: str
    detail: str
    do: str
    id: str = ""
    since: str | None = None


def lines(day: Mapping[str, int]) -> list[Line]:
    """All that is wrong for the caller's workspace, the worst first; `day` has the numbers of the
    last 24 hours."""
    own, home = services(), workspace()
    found = chain(
        _service(),
        _connections(own, home),
        _hooks(own, home),
        _unknown(own, home),
        _left(own, home),
        _day(day),
    )
    return sorted(found, key=lambda each: each.tone)


def sentence(found: list[Line]) -> str:
    """The verdict in one sentence."""
    bad = sum(each.tone == "bad" for each in found)
    if bad:
        return "One thing needs you." if bad == 1 else f"{bad} things need you."
    return "Nothing is broken; some things are worth a look." if found else "Everything is running."


def _service() -> Iterator[Line]:
    for name, check in health.ready().read()["checks"].items():
        if not check["ok"]:
            label = LABELS.get(name, name.capitalize())
            yield Line(
                tone="bad",
                about="service",
                name=label,
                detail=check["detail"],
                do=MENDS[name],
                id=name,
            )


def _connections(own: Services, home: str) -> Iterator[Line]:
    every = connections.listed(own, home)
    found = lanes.of(own.db, [each.id for each in every])
    for each in every:
        lane, about = found[each.id], {"about": "connection", "name": each.label, "id": each.id}
        if each.facts.get("health") == "failing":
            detail, since = each.facts.get("health_detail", ""), each.facts.get("health_since")
            do = "Test it, and correct its key or address."
            yield Line(tone="bad", detail=detail, since=since or None, do=do, **about)
        elif lane.state == "silent":
            do = "See whether the provider is up; what waits goes on by itself."
            # Where nothing waits, nothing asks it whether it answers again.
            tone: Tone = "bad" if lane.waiting else "warn"
            yield Line(tone=tone, detail=lane.sentence, since=lane.since, do=do, **about)
        elif lane.state == "limited":
            detail = f"{lane.waiting} wait. {lane.sentence}"
            yield Line(tone="warn", detail=detail, do="They go on by themselves.", **about)
        refused = fact(each, "last_refused")
        if refused and refused["at"] > times.from_ms(wall_ms() - DAY_MS):
            do = "Compare the secret for signatures in its settings with the provider's."
            yield Line(tone="warn", detail=refused["reason"], since=refused["at"], do=do, **about)


def _hooks(own: Services, home: str) -> Iterator[Line]:
    for each in hooks.troubles(own, home):
        tone: Tone = "bad"
        if each.state == hooks.WAITING or each.detail == hooks.STOPPED:
            tone = "warn"
        yield Line(
            tone=tone,
            about="hook",
            name=each.name,
            detail=each.detail,
            do=FILTERS if each.detail == hooks.REMOVED else HOOKS[each.state],
            id=each.hook_id,
            since=each.since,
        )


def _unknown(own: Services, home: str) -> Iterator[Line]:
    if count := statuses.count(own.db, home, "unknown"):
        oldest = statuses.oldest_ms(own.db, home, "unknown")
        texts = "One text" if count == 1 else f"{count} texts"
        yield Line(
            tone="bad",
            about="unknown",
            name="Unknown texts",
            detail=f"{texts} may or may not have been sent.",
            do="Look at the provider, then close each or send it again.",
            since=times.from_ms(oldest) if oldest else None,
        )


def _left(own: Services, home: str) -> Iterator[Line]:
    if count := own.db.llen(keys.unreadable(home)):
        yield Line(
            tone="warn",
            about="unreadable",
            name="Not understood",
            detail=f"Of what providers sent, {count} could not be read.",
            do="Look at what came; a new release of the provider may be behind it.",
        )


def _day(counts: Mapping[str, int]) -> Iterator[Line]:
    """What went wrong for good in the last 24 hours."""
    if count := counts["dead"]:
        what = "One delivery was" if count == 1 else f"{count} deliveries were"
        yield Line(
            tone="bad",
            about="deliveries",
            name="Deliveries given up",
            detail=f"{what} given up in the last 24 hours.",
            do="Mend the target, then replay what failed.",
        )
    if count := counts["failed"]:
        what = "One text" if count == 1 else f"{count} texts"
        yield Line(
            tone="warn",
            about="failed",
            name="Failed texts",
            detail=f"{what} failed in the last 24 hours.",
            do="See why, and send again what should go.",
        )
