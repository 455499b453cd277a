"""W14: a batch has a status, a message, a look-up and a cancellation of its own, in every app."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from proofs.chaos import app_outputs
from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.scene import Scene
from proofs.rig.stack import World

REASON = "The SIM card is not ready."
TWO = ["+14155550123", "+14155550124"]


@dataclass(frozen=True, kw_only=True)
class Size:
    rounds: int


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings = Scene(arena, "w14", seed), Findings(slack=arena.slack)
    for _ in range(size.rounds):
        _refused(scene, findings, scene.account())
        _partial(scene, findings, scene.account())
        _cancelled(scene, findings, scene.account())
    closing = scene.close()
    measured = (
        f"{size.rounds} × batches all refused, refused in part, and cancelled: each says so at its"
        " own id"
    )
    return findings.judged(closing, measured, life=scene.life())


def _refused(scene: Scene, findings: Findings, world: World) -> None:
    """What one job's refusal answers, the batch answers; no 200 for texts that nobody got."""
    scene.fault(world, "status", code=400, body={"message": REASON})
    one = world.send(phone=TWO[0], message=scene.name(), wait=20)
    both = world.send(phone=TWO, message=scene.name(), wait=20)
    findings.want(one.status_code == 400, f"one refused text with wait: {one.status_code}")
    same = both.status_code == one.status_code and REASON in both.text
    findings.want(same, f"all refused with wait: {both.status_code} {both.text[:100]}")
    told = _by_mcp(world, scene.name())
    findings.want(REASON in told and "queued" not in told, f"all refused by MCP: {told[:160]}")
    step = app_outputs.pabbly_step(world, phone=", ".join(TWO), message=scene.name())
    same = step.status_code == one.status_code and REASON in step.json()["message"]
    findings.want(same, f"all refused in a step of Pabbly: {step.status_code} {step.text[:100]}")


def _partial(scene: Scene, findings: Findings, world: World) -> None:
    scene.fault(world, "status", code=400, body={"message": REASON}, times=1)
    answer = world.send(phone=TWO, message=scene.name(), wait=20)
    found = answer.json()
    said = found.get("status"), answer.status_code
    findings.want(said == ("partial", 200), f"refused in part: {said}")
    findings.want(REASON in found.get("message", ""), "a batch's message does not say why")
    _looked_up(findings, world, found.get("batch_id", ""), "partial")
    untold = app_outputs.lacking(world, found)
    findings.want(not untold, f"apps do not show of a batch: {', '.join(untold)}")


def _looked_up(findings: Findings, world: World, batch: str, status: str) -> None:
    answer = world.call("GET", f"/v1/jobs/{batch}")
    shown = answer.json().get("status") if answer.ok else answer.status_code
    findings.want(shown == status, f"the batch's own id shows {shown} instead of {status}")
    listed = world.get("/v1/jobs", batch_id=batch)["data"]
    findings.want(len(listed) == len(TWO), f"{len(listed)} jobs listed for a batch of {len(TWO)}")


def _cancelled(scene: Scene, findings: Findings, world: World) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
    made = world.send(phone=TWO, message=scene.name(), schedule_at=tomorrow).json()
    findings.want(made.get("status") == "scheduled", f"a scheduled batch is {made.get('status')}")
    batch = made.get("batch_id", "")
    _looked_up(findings, world, batch, "scheduled")
    ended = world.call("DELETE", f"/v1/jobs/{batch}")
    findings.want(ended.ok, f"a scheduled batch cannot be cancelled: {ended.status_code}")
    _looked_up(findings, world, batch, "cancelled")
    scene.leap(0)
    findings.want(not world.sends(), "a cancelled batch was sent")


def _by_mcp(world: World, text: str) -> str:
    given = {"phone": TWO, "message": text, "wait": 20}
    call = {"name": "send_sms", "arguments": given}
    asked: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    headers = {"Accept": "application/json, text/event-stream"}
    answer = world.call("POST", "/mcp", json=asked, headers=headers)
    return json.dumps(answer.json()) if answer.ok else f"{answer.status_code} {answer.text}"


FIGURE = Figure(
    key="w14",
    goal="batches: all refused is a problem, a part is `partial`, the id looks up and cancels",
    run=run,
    short=Size(rounds=1),
    long=Size(rounds=20),
)
