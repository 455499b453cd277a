"""First steps: what a new workspace needs, from a safe store to the first text sent.

Each step is looked up, so the list ticks itself. It is shown until all are done or somebody puts it
away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from integration.accounts import connections
from integration.inbound import own_address
from integration.jobs import statuses
from integration.kernel import times
from integration.kernel.events import MESSAGE
from integration.store import keys
from integration.store.clock import wall_ms
from integration.web.console import handset
from integration.web.core.current import services, workspace

routes = Blueprint("start", __name__, url_prefix="/console/start")
PROCESSES = ("worker", "deliveries", "scheduler")
Checks = Mapping[str, Mapping[str, Any]]
"""What /readyz says of each thing that the service needs."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """`minutes` is what it takes somebody who does it for the first time. `action` names the link,
    "" for none, which only a caller with the `scope` can use."""

    label: str
    done: bool
    minutes: int
    detail: str
    action: str = ""
    link: str = ""
    scope: str = "read"


def steps(checks: Checks) -> list[Step]:
    """The steps in their order; none once all were done, or put away."""
    if services().db.exists(keys.start(workspace())):
        return []
    found = [*_of_the_house(checks), *_of_the_workspace()]
    if not all(each.done for each in found):
        return found
    _end()
    return []


@routes.post("/hide")
def hide() -> AnyResponse:
    _end()
    return redirect(url_for("console.overview.home"), 303)


def _end() -> None:
    services().db.set(keys.start(workspace()), times.from_ms(wall_ms()))


def _of_the_house(checks: Checks) -> Iterator[Step]:
    store, there = checks["store"], [checks.get(each) for each in PROCESSES]
    missing = [each["detail"] for each in there if each and not each["ok"]]
    yield Step(label="The store is safe", done=store["ok"], minutes=5, detail=store["detail"])
    yield Step(
        label="The workers are alive",
        done=all(each and each["ok"] for each in there),
        minutes=2,
        detail=" ".join(missing) or "They were seen in the last seconds.",
    )
    url = services().settings.public_url
    yield Step(
        label="PUBLIC_URL leads to this server",
        done=own_address.leads_here(services()),
        minutes=10,
        detail=own_address.seen(services())["detail"]
        if url
        else "Set PUBLIC_URL to the https address of this server. Platforms in the cloud need it;"
        " everything else can be tried without.",
    )


def _of_the_workspace() -> Iterator[Step]:
    yield _provider()
    yield _text()
    db, counts = services().db, statuses.counts(services().db, workspace())
    yield Step(
        label="The first hook is there",
        done=db.hlen(keys.hooks(workspace())) > 0,
        minutes=5,
        detail="Let a text start your first Zap or scenario.",
        action="Choose your platform",
        link=url_for("console.apps.listed"),
    )
    yield Step(
        label="The first text went out",
        done=counts["sent"] + counts["delivered"] > 0,
        minutes=1,
        detail="Send one from here, as a step of a Zap would.",
        action="Send a text",
        link=url_for("console.jobs.form", key="send-sms"),
        scope="act",
    )


def _provider() -> Step:
    found = connections.listed(services(), workspace())
    failing = next((each for each in found if each.facts.get("health") == "failing"), None)
    done = any(each.facts.get("health") == "ok" for each in found)
    detail, link = "Its API key is all you need.", url_for("console.connections.listed")
    if failing and not done:
        detail = f"{failing.label} does not work yet: {failing.facts.get('health_detail', '')}"
        link = url_for("console.connections.look", connection_id=failing.id)
    return Step(
        label="A provider is connected",
        done=done,
        minutes=3,
        detail=detail,
        action="See what is wrong" if failing else "Connect a provider",
        link=link,
        scope="read" if failing else "admin",
    )


def _text() -> Step:
    phone = handset.address()
    here = "Type one into the virtual phone."
    there = "Send one from any phone to the number of your account."
    return Step(
        label="The first text came in",
        done=services().db.xlen(keys.inbox(workspace(), MESSAGE)) > 0,
        minutes=1,
        detail=here if phone else there,
        action="Open the virtual phone" if phone else "",
        link=phone,
    )
