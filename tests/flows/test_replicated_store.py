"""A service on three servers and three Sentinels: what it acknowledged survives the primary.

A replica that is stopped where it stands keeps its connection and confirms nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from proofs.rig.replicated import STORES, OnReplicas, Replicated
from proofs.rig.sandbox import until
from proofs.rig.sink import ingress_url
from proofs.rig.stack import Stack, World
from tests.flows.operating import OPERATOR_KEY, operate
from tests.flows.test_inbound_ingress import ITEM, push, texts

NONE = (
    "0 replicas confirm what is written; STORE_REPLICAS asks for 1."
    " Until they do, calls are answered 503 and nothing is sent."
)


class Patient(Replicated):
    """A busy machine may hold up a server for some seconds, and that shall replace no primary."""

    down_ms = 5_000


class ReplicatedStack(OnReplicas, Stack):
    def made_store(self, folder: Path) -> Replicated:
        return Patient(folder)

    @contextmanager
    def without_replicas(self) -> Iterator[None]:
        """Raises nothing where the primary was killed meanwhile."""
        paused = [name for name in STORES if name != self.store.primary()]
        for name in paused:
            self.store.pause(name)
        try:
            yield
        finally:
            for name in paused:
                self.store.resume(name)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReplicatedStack]:
    found = ReplicatedStack(
        tmp_path_factory.mktemp("replicated"), STORE_REPLICAS="1", OPERATOR_KEY=OPERATOR_KEY
    )
    yield found
    found.stop()


@pytest.fixture
def world(service: ReplicatedStack) -> World:
    until(service.store.is_whole, "a primary with two replicas")
    made = service.workspace()
    made.connect_pairfon()
    return made


def checks(service: ReplicatedStack) -> tuple[str, str]:
    """What `/readyz` says in all, and of the replicas."""
    said = World(service).call("GET", "/readyz").json()
    return said["status"], said["checks"]["replicas"]["detail"]


def test_a_call_that_the_replicas_do_not_confirm_is_withdrawn(
    service: ReplicatedStack, world: World
) -> None:
    until(lambda: checks(service)[0] == "ok", "the service ready")
    with service.without_replicas():
        refused = world.send(message="once", idempotency_key="k")
        until(lambda: checks(service) == ("degraded", NONE), "the word of its replicas")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
    assert "job_id" not in refused.json()
    assert world.get("/v1/jobs")["data"] == []
    again = world.send(message="once", idempotency_key="k")
    assert again.status_code == 202
    assert "Idempotency-Replayed" not in again.headers
    world.settled(again.json()["id"])
    assert [each["text"] for each in world.sends()] == ["once"]


def test_a_claim_that_the_replicas_do_not_confirm_is_given_back(
    service: ReplicatedStack, world: World
) -> None:
    service.pause("worker")
    job = world.send(message="held").json()["id"]
    with service.without_replicas():
        service.resume("worker")
        until(lambda: "replicas" in world.job(job)["message"], "the job to be given back")
        assert world.sends() == []
    world.settled(job)
    assert [each["text"] for each in world.sends()] == ["held"]


def test_a_webhook_that_the_replicas_do_not_confirmis_sent_again_by_its_provider(
    service: ReplicatedStack, world: World
) -> None:
    address = ingress_url(world)
    with service.without_replicas():
        assert push(address, ITEM).status_code == 503
    # It wrote nothing new, and proves all the same that the first is on the replicas.
    assert push(address, ITEM).status_code == 200
    assert texts(world) == ["Hello"]


def test_keys_hooks_and_cursors_are_not_acknowledged_without_replicas(
    service: ReplicatedStack, world: World
) -> None:
    before = len(world.get("/v1/keys")["data"])
    hook = {"target_url": "http://127.0.0.1:9/x", "trigger": "inbound-sms"}
    with service.without_replicas():
        assert world.post("/v1/keys", name="Lost").status_code == 503
        assert world.post("/v1/hooks", **hook).status_code == 503
        polled = world.call("GET", "/v1/triggers/inbound-sms", params={"consumer": "c"})
        assert polled.status_code == 503
    assert len(world.get("/v1/keys")["data"]) == before
    assert world.post("/v1/hooks", **hook).ok
    assert len(world.get("/v1/hooks")["data"]) == 1
    assert world.inbox(consumer="c") == []


def statuses(world: World, method: str, paths: list[str]) -> list[int]:
    return [world.call(method, path, json={}).status_code for path in paths]


def test_removals_and_rotations_are_not_acknowledged_without_replicas(
    service: ReplicatedStack, world: World
) -> None:
    target = "http://127.0.0.1:9/x"
    hook = world.post("/v1/hooks", target_url=target, trigger="inbound-sms").json()["id"]
    key, kept = (world.post("/v1/keys", name=name).json()["id"] for name in ("Gone", "Kept"))
    connection = world.connect_cloud()
    gone = [f"/v1/hooks/{hook}", f"/v1/keys/{key}", f"/v1/connections/{connection}"]
    by_target, rotation = f"/v1/hooks?target_url={target}", f"/v1/keys/{kept}/rotate"
    with service.without_replicas():
        # The second call finds nothing to remove, which the replicas may not know either.
        assert statuses(world, "DELETE", [*gone, *gone, by_target]) == [503] * 7
        assert statuses(world, "POST", [rotation]) == [503]
    until(service.store.is_whole, "a primary with two replicas")
    assert statuses(world, "DELETE", [*gone, by_target]) == [200, 404, 404, 200]
    assert {each["name"]: each["expires_at"] for each in world.get("/v1/keys")["data"]} == {
        "tests": None,
        "Kept": None,
    }
    assert world.post(rotation).json()["expires_at"] is None


def test_workspaces_are_not_made_limited_or_erased_without_replicas(
    service: ReplicatedStack, world: World
) -> None:
    with service.without_replicas():
        assert operate(service, "POST", name="acme").status_code == 503
        assert operate(service, "PATCH", world.name, hooks=7).status_code == 503
        assert operate(service, "DELETE", world.name).status_code == 503
        assert operate(service, "DELETE", world.name).status_code == 503
    until(service.store.is_whole, "a primary with two replicas")
    assert operate(service, "POST", name="acme").status_code == 201
    assert operate(service, "DELETE", world.name).status_code == 404
    assert operate(service, "DELETE", "acme").status_code == 200


def test_texts_and_polls_go_on_after_the_primary_was_killed(
    service: ReplicatedStack, world: World
) -> None:
    world.settled(world.send(message="before").json()["id"])
    service.store.kill(service.store.primary())
    until(lambda: world.call("GET", "/v1/me").ok, "calls to be served again")
    job = until(lambda: accepted(world), "a text to be accepted")
    until(lambda: is_sent(world, job), "the text to be sent")
    assert [each["text"] for each in world.sends()] == ["before", "after"]


def accepted(world: World) -> str:
    """The job, "" where the call was answered 503."""
    answer = world.send(message="after", idempotency_key="after")
    return str(answer.json()["id"]) if answer.status_code == 202 else ""


def is_sent(world: World, job: str) -> bool:
    """Each web process loses its own connections, so one may answer 503 after another served."""
    answer = world.call("GET", f"/v1/jobs/{job}")
    return answer.ok and answer.json()["status"] in ("sent", "delivered")
