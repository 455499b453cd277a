"""A hook's target with a plan for each path, and the hooks that point at it."""

from __future__ import annotations

from functools import partial
from typing import Any

from integration.store import keys
from proofs.rig.receiver import Call, Receiver, Reply
from proofs.rig.sandbox import until
from proofs.rig.stack import World


class Sink(Receiver):
    """Answers each path with its planned replies in turn, then with 200."""

    def __init__(self, port: int = 0) -> None:
        self.plans: dict[str, list[Reply]] = {}
        super().__init__(port)

    def reply(self, call: Call) -> Reply:
        plan = self.plans.get(call.path)
        return plan.pop(0) if plan else Reply()

    def plan(self, path: str, *replies: Reply) -> None:
        self.plans[path] = list(replies)

    def url(self, path: str = "/hook") -> str:
        return self.base + path

    def calls(self, path: str = "/hook") -> list[Call]:
        return [each for each in self.all if each.path == path]

    def wait_for(self, count: int, path: str = "/hook") -> list[Call]:
        until(lambda: len(self.calls(path)) >= count, f"{count} POSTs to {path}")
        return self.calls(path)


class Hooked:
    """A hook of a workspace that points at a path of a sink."""

    def __init__(self, world: World, sink: Sink, path: str = "/hook", **body: Any) -> None:
        self.world, self.sink, self.path = world, sink, path
        given = {"target_url": sink.url(path), "trigger": "inbound-sms", **body}
        answer = world.post("/v1/hooks", **given)
        assert answer.status_code == 201, answer.text
        self.made: dict[str, Any] = answer.json()
        self.id = str(self.made["id"])

    def log(self) -> list[dict[str, Any]]:
        return list(self.world.get(f"/v1/hooks/{self.id}/deliveries")["data"])

    def delivered(self, count: int) -> bool:
        """Whether there are so many deliveries, all of them made."""
        log = self.log()
        return len(log) >= count and all(each["status"] == "delivered" for each in log)

    def post(self, what: str, **body: Any) -> dict[str, Any]:
        answer = self.world.post(f"/v1/hooks/{self.id}/{what}", **body)
        assert answer.ok, answer.text
        return dict(answer.json())

    def tested(self) -> dict[str, Any]:
        """The delivery of a test once it was tried. The call itself waits a few seconds only."""
        path = f"/v1/deliveries/{self.post('test')['id']}"

        def tried() -> dict[str, Any] | None:
            found: dict[str, Any] = self.world.get(path)
            return found if found["attempts"] else None

        return dict(until(tried, "the first attempt of a test"))

    def patch(self, **body: Any) -> dict[str, Any]:
        answer = self.world.call("PATCH", f"/v1/hooks/{self.id}", json=body)
        assert answer.ok, answer.text
        return dict(answer.json())

    def calls(self) -> list[Call]:
        return self.sink.calls(self.path)

    def delivery(self, *statuses: str, attempts: int = 1) -> dict[str, Any]:
        """The hook's newest delivery once it was tried so often and has one of the statuses."""

        def found() -> dict[str, Any] | None:
            log = self.log()
            fits = log and log[0]["status"] in statuses and len(log[0]["attempts"]) >= attempts
            return log[0] if fits else None

        return dict(until(found, f"a delivery {statuses} of {self.path}"))


def ingress_url(world: World) -> str:
    """Where the workspace's first connection is called by its provider."""
    return str(world.get("/v1/connections")["data"][0]["ingress_url"])


def looked_at(world: World, connection: str) -> None:
    """Wait until the first look at an account is over, for which its connecting waits a little."""
    db, state, lock = world.stack.db, keys.sync_state(connection), keys.sync_lock(connection)
    until(lambda: db.hexists(state, "synced_ms") and not db.exists(lock), "the first look")


def list_calls(world: World) -> int:
    """How often the provider's list was asked for."""
    asked = world.control("GET", "state")["requests"]
    return sum(count for name, count in asked.items() if "inbound-sms" in name and "zapier" in name)


def settled(world: World, *hooks: Hooked, count: int) -> None:
    """Wait until whatever comes twice has come.

    Every webhook of the provider arrived, a whole sync began after that, and each hook has its
    deliveries behind it.
    """
    until(lambda: all(each["done"] for each in world.control("GET", "pushes")["pushes"]), "pushes")
    before = list_calls(world)
    until(lambda: list_calls(world) >= before + 2, "two more syncs")
    until(lambda: len(world.inbox(limit=100)) >= count, f"{count} events in the poll")
    for hook in hooks:
        until(partial(hook.delivered, count), f"{count} deliveries made")
