"""Pausing: what a hook's target must do to be left alone, and that nothing is dropped meanwhile."""

from __future__ import annotations

import time
from functools import partial

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Findings
from proofs.chaos.hooked import Target, pass_time, seen

DAY = 86_400.0
DAYS = 5
"""So many days of nothing but failures pause a hook."""
LOOK_SECONDS = 3.0


def five_days(arena: Arena, findings: Findings) -> str:
    """One event a day, refused; those of the first days are dead by the end of the last."""
    path, texts = "/answer/502", [f"f12 day {number}" for number in range(DAYS + 2)]
    target = Target(arena)
    target.hook(path)
    for day in range(DAYS):
        findings.want((target.look(path) or {}).get("status") == "active", f"paused on day {day}")
        target.receive(texts[day])
        seen(partial(_arrived, target, path, texts[day]))
        pass_time(arena, DAY)
    findings.want(seen(lambda: _paused(target, path)), f"{DAYS} days of failures did not pause")
    kept = _resumed(findings, target, path, texts)
    return f"{DAYS} days of failures pause a hook, {kept}"


def _arrived(target: Target, path: str, text: str) -> bool:
    return any(each.text == text for each in target.posts(path))


def _paused(target: Target, path: str) -> bool:
    shown = target.look(path) or {}
    return shown.get("status") == "paused" and "five days" in shown.get("status_detail", "")


def _resumed(
    findings: Findings,
    target: Target,
    path: str,
    texts: list[str],
) -> str:
    """What comes in while the hook is paused is not posted, and is there once it is active, as is
    what was waiting before."""
    target.receive(*texts[DAYS:])
    time.sleep(LOOK_SECONDS)
    early = {each.text for each in target.posts(path)} & set(texts[DAYS:])
    findings.want(not early, f"{len(early)} events went to a paused hook")
    target.plan(path, 200)
    hook = f"/v1/hooks/{target.hooks[path]}"
    answer = target.world.call("PATCH", hook, json={"status": "active"})
    findings.want(answer.ok, f"a paused hook cannot be made active: {answer.status_code}")
    pass_time(target.arena, 2 * DAY)
    wanted = set(texts[DAYS - 1 :])

    def lost() -> set[str]:
        return wanted - {each.text for each in target.posts(path) if each.status == 200}

    seen(lambda: not lost())
    findings.want(not lost(), f"{len(lost())} events of a paused hook were dropped")
    return f"{len(wanted) - len(lost())} of {len(wanted)} events kept"
