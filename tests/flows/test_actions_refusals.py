"""A provider's refusal reaches the step that failed, with its status and its own sentence."""

from __future__ import annotations

from typing import Any

import pytest

from integration.store import keys
from integration.store.vault import Vault
from proofs.rig.sandbox import until
from proofs.rig.stack import World

SENDS = {
    "pairfon": "POST /zapier/send-sms",
    "cloud": "POST /http/sms/send",
    "ultimate": "POST /v3/sms/send",
}


def connected(world: World, kind: str) -> str:
    """The provider's key of a fresh connection."""
    ways = {
        "pairfon": (world.connect_pairfon, world.pairfon_key),
        "cloud": (world.connect_cloud, world.cloud_key),
        "ultimate": (world.connect_ultimate, world.ultimate_key),
    }
    ways[kind][0]()
    return ways[kind][1]


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["job"]["status"] == "failed"
    return body


@pytest.mark.parametrize("kind", SENDS)
@pytest.mark.parametrize(
    ("upstream", "ours"), [(400, 400), (401, 502), (403, 403), (404, 404), (422, 422), (410, 502)]
)
def test_a_refusal_is_final_and_shown(world: World, kind: str, upstream: int, ours: int) -> None:
    key = connected(world, kind)
    world.fault("status", SENDS[kind], key, code=upstream)
    body = problem(world.send(wait=20), ours)
    assert "A fault set in the sandbox fails this request." in body["message"]
    assert len(body["message"]) <= 250
    assert world.sends(key) == []
    assert world.job(body["job"]["id"])["error"]["status"] == upstream


@pytest.mark.parametrize("kind", ["cloud", "ultimate"])
def test_a_refusal_with_status_200_is_one_too(world: World, kind: str) -> None:
    key = connected(world, kind)
    world.control("PUT", "settings", {"errors_as_200": True, "balance": 0.0}, key)
    body = problem(world.send(wait=20), 422)
    assert "Your balance does not suffice" in body["message"]


@pytest.mark.parametrize("kind", ["cloud", "ultimate"])
def test_a_limit_with_status_200_is_waited_for(world: World, kind: str) -> None:
    key = connected(world, kind)
    limit = {"status": "error", "message": "Too Many Attempts."}
    world.fault("status", SENDS[kind], key, code=200, body=limit, headers={"Retry-After": "1"})
    assert world.send(wait=20).json()["status"] == "sent"
    assert len(world.sends(key)) == 1


def test_the_providers_own_checks_are_shown_in_its_words(world: World) -> None:
    world.connect_pairfon()
    lost = problem(world.send(device_fingerprint="nobody", wait=20), 404)
    assert "There is no device with this device_fingerprint" in lost["message"]
    device = {"device_fingerprint": "sandbox-phone-1", "selected_sim": "SIM1"}
    world.control("POST", "devices", device)
    denied = problem(world.send(sim_slot="SIM2", wait=20), 403)
    assert "may not send from SIM2" in denied["message"]


def test_a_revoked_provider_key_shows_on_the_connection_until_it_works_again(
    world: World,
) -> None:
    connection = world.connect_cloud()
    world.control("PUT", "settings", {"revoked": True}, world.cloud_key)
    body = problem(world.send(wait=20), 502)
    assert "does not accept the API key" in body["message"]
    assert world.get(f"/v1/connections/{connection}")["health"] == "failing"
    world.control("PUT", "settings", {"revoked": False}, world.cloud_key)
    assert world.send(wait=20).status_code == 200
    assert world.get(f"/v1/connections/{connection}")["health"] == "ok"


@pytest.mark.parametrize(
    ("upstream", "ours"), [(400, 400), (401, 502), (403, 403), (404, 404), (422, 422), (500, 502)]
)
def test_a_search_tells_the_refusal_as_well(world: World, upstream: int, ours: int) -> None:
    world.connect_cloud()
    world.fault("status", "GET /http/profile", world.cloud_key, code=upstream)
    answer = world.call("GET", "/v1/searches/get-account")
    assert answer.status_code == ours, answer.text
    assert answer.json()["message"].startswith("Cloud Messaging ")


def test_a_search_passes_a_rate_limit_on(world: World) -> None:
    world.connect_cloud()
    slow = {"code": 429, "headers": {"Retry-After": "60"}}
    world.fault("status", "GET /http/profile", world.cloud_key, **slow)
    answer = world.call("GET", "/v1/searches/get-account")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def outcomes(job: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(each["outcome"] for each in job["attempts"]))


@pytest.mark.parametrize("kind", SENDS)
@pytest.mark.parametrize("code", [429, 503])
def test_a_limit_makes_the_job_wait_and_not_fail(world: World, kind: str, code: int) -> None:
    key = connected(world, kind)
    world.fault("status", SENDS[kind], key, code=code, headers={"Retry-After": "1"})
    job, said = world.send().json()["id"], ["unavailable"]
    if (kind, code) == ("pairfon", 503):
        # It may be a proxy that says 503, and Pairfon has sent it: its history is asked first.
        said = ["unknown", "asking", "not-sent"]
        until(lambda: said[1] in outcomes(world.job(job)), "the first look-up")
    assert outcomes(world.proved(job)) == [*said, "sent"]
    assert len(world.sends(key)) == 1


def test_a_wait_that_ends_before_the_job_is_202(world: World) -> None:
    key = connected(world, "cloud")
    # Far beyond the time by which a busy machine may hold up the answer.
    world.fault("status", SENDS["cloud"], key, code=429, headers={"Retry-After": "60"})
    answer = world.send(wait=1)
    assert answer.status_code == 202
    assert answer.json()["status"] in ("queued", "sending")
    world.proved(answer.json()["id"])


def test_a_rate_limit_is_shared_by_all_processes_and_only_delays(world: World) -> None:
    world.control("PUT", "settings", {"rate_limit": 4, "rate_window": 1.0}, world.cloud_key)
    world.connect_cloud()
    phones = [f"+1415555{number:04}" for number in range(100, 112)]
    jobs = [world.settled(each["id"]) for each in world.send(phone=phones).json()["jobs"]]
    assert {job["status"] for job in jobs} <= {"sent", "delivered"}
    assert sorted(each["phone"] for each in world.sends(world.cloud_key)) == [
        phone.lstrip("+") for phone in phones
    ]


@pytest.mark.parametrize("named", [True, False])
def test_an_account_that_secret_key_does_not_open_is_no_missing_one(
    world: World, named: bool
) -> None:
    connection = world.connect_pairfon()
    body = {"phone": "+14155550123", "message": "Hello"}
    body |= {"connection": connection} if named else {}
    own = str(world.stack.db.hget(keys.connection(connection), "sealed"))
    seal(world, connection, Vault("another key of enough length").seal({}))
    answer = world.call("POST", "/v1/actions/send-sms", json=body)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60"), answer.text
    assert "SECRET_KEY" in answer.json()["message"]
    seal(world, connection, own)
    world.settled(world.call("POST", "/v1/actions/send-sms", json=body).json()["id"])


def seal(world: World, connection: str, sealed: str) -> None:
    """Store an account's settings as sealed under some key; caches of it are stale then."""
    world.stack.db.hset(keys.connection(connection), "sealed", sealed)
    world.stack.db.set(keys.connections_stamp(world.name), sealed[-8:])
