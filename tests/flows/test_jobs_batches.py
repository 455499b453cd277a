"""A batch: several recipients as one thing, with a status, a message and an id of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World

TWO = ["+14155550123", "+14155550124"]
REASON = "The SIM card is not ready."
SEND = "POST /zapier/send-sms"


def refusing(world: World, times: int) -> None:
    world.fault("status", SEND, code=400, body={"message": REASON}, times=times)


def looked_up(world: World, batch: str) -> dict[str, Any]:
    return dict(world.get(f"/v1/jobs/{batch}"))


def test_where_all_are_refused_the_caller_sees_what_one_would_give(world: World) -> None:
    world.connect_pairfon()
    refusing(world, 0)
    one, both = world.send(wait=20), world.send(phone=TWO, wait=20)
    assert one.status_code == both.status_code == 400
    assert REASON in both.json()["message"]
    assert one.json()["message"] == both.json()["message"]
    batch = looked_up(world, both.json()["job"]["batch_id"])
    assert batch["status"] == "failed"
    assert REASON.rstrip(".") in batch["message"]


def test_where_some_are_refused_the_batch_is_partial_and_says_why(world: World) -> None:
    world.connect_pairfon()
    refusing(world, 1)
    answer = world.send(phone=TWO, wait=20)
    found = answer.json()
    assert (answer.status_code, found["status"]) == (200, "partial")
    assert found["message"].startswith("1 of 2 sent; 1 failed: ")
    assert REASON in found["message"]
    assert sorted(each["status"] for each in found["jobs"]) == ["failed", "sent"]
    assert looked_up(world, found["id"]) == found


def test_the_failed_ones_of_a_batch_are_retried_alone(world: World) -> None:
    world.connect_pairfon()
    refusing(world, 1)
    batch = world.send(phone=TWO, wait=20).json()["id"]
    again = world.call("POST", f"/v1/jobs/{batch}/retry")
    assert again.status_code == 202, again.text
    assert again.json()["status"] in ("queued", "sending", "sent")
    until(lambda: looked_up(world, batch)["status"] == "sent", "the batch")
    assert looked_up(world, batch)["message"] == "2 of 2 sent."
    assert sorted(each["phone"] for each in world.sends()) == TWO
    assert world.call("POST", f"/v1/jobs/{batch}/retry").status_code == 409


def test_a_retry_of_a_batch_leaves_what_may_have_arrived(world: World) -> None:
    world.connect_cloud()
    post = "POST /http/sms/send"
    world.fault("cut_after", post, key=world.cloud_key)
    world.fault("status", post, key=world.cloud_key, code=400, body={"message": REASON})
    batch = world.send(phone=TWO, wait=20).json()["id"]
    jobs = {each["status"]: each["id"] for each in looked_up(world, batch)["jobs"]}
    assert sorted(jobs) == ["failed", "unknown"]
    assert world.call("POST", f"/v1/jobs/{batch}/retry").status_code == 202
    world.settled(jobs["failed"], "sent")
    assert world.job(jobs["unknown"])["status"] == "unknown"
    refused = world.call("POST", f"/v1/jobs/{batch}/retry")
    assert refused.status_code == 409
    assert jobs["unknown"] in refused.json()["message"]
    assert world.call("POST", f"/v1/jobs/{jobs['unknown']}/retry").status_code == 202


def test_a_scheduled_batch_is_listed_and_cancelled_by_its_id(world: World) -> None:
    world.connect_pairfon()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    made = world.send(phone=TWO, schedule_at=tomorrow).json()
    assert (made["status"], made["message"]) == ("scheduled", "0 of 2 sent; 2 scheduled.")
    world.send(schedule_at=tomorrow)
    listed = world.get("/v1/jobs", batch_id=made["id"])
    assert [each["phone"] for each in listed["data"]] == TWO[::-1]
    first = world.get("/v1/jobs", batch_id=made["id"], limit=1)
    rest = world.get("/v1/jobs", batch_id=made["id"], limit=1, cursor=first["next_cursor"])
    assert [*first["data"], *rest["data"]] == listed["data"]
    assert world.get("/v1/jobs", batch_id=made["id"], status="sent")["data"] == []
    for _ in range(2):
        ended = world.call("DELETE", f"/v1/jobs/{made['id']}")
        assert (ended.status_code, ended.json()["status"]) == (200, "cancelled")
    assert looked_up(world, made["id"])["message"] == "0 of 2 sent; 2 cancelled."
    assert world.sends() == []


def test_a_batch_that_went_cannot_be_cancelled(world: World) -> None:
    world.connect_pairfon()
    batch = world.send(phone=TWO, wait=20).json()
    assert batch["status"] == "sent"
    assert world.call("DELETE", f"/v1/jobs/{batch['id']}").status_code == 409


def test_a_batch_of_somebody_else_is_not_there(stack: Stack, world: World) -> None:
    world.connect_pairfon()
    batch = world.send(phone=TWO).json()["id"]
    neighbour = stack.workspace()
    for name in (batch, "bat_5f2c1a9b7d3e4f60", "bat_5f2c1a9b7d3e4f60ff", "bat_", "bat_x"):
        assert neighbour.call("GET", f"/v1/jobs/{name}").status_code == 404
        assert neighbour.call("DELETE", f"/v1/jobs/{name}").status_code == 404
        assert neighbour.call("POST", f"/v1/jobs/{name}/retry").status_code == 404
        assert neighbour.get("/v1/jobs", batch_id=name)["data"] == []
    neighbour.leave()


def test_the_same_call_again_is_given_the_same_batch(world: World) -> None:
    world.connect_pairfon()
    body = {"phone": TWO, "message": "Hi"}
    calls = [
        world.call(
            "POST", "/v1/actions/send-sms", json=body, headers={"Idempotency-Key": "one"}
        ).json()
        for _ in range(2)
    ]
    assert calls[0] == calls[1]

    def waited() -> dict[str, Any]:
        headers = {"Idempotency-Key": "one"}
        return dict(
            world.call("POST", "/v1/actions/send-sms?wait=20", json=body, headers=headers).json()
        )

    assert waited()["id"] == calls[0]["id"]
    until(lambda: waited()["status"] == "sent", "the batch, to who waits for it")


def test_an_assistant_gets_the_refusal_of_a_batch(world: World) -> None:
    world.connect_pairfon()
    refusing(world, 0)
    call = {"name": "send_sms", "arguments": {"phone": TWO, "message": "Hi", "wait": 20}}
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    headers = {"Accept": "application/json, text/event-stream"}
    result = world.call("POST", "/mcp", json=asked, headers=headers).json()["result"]
    assert result["isError"]
    assert REASON in result["content"][0]["text"]
