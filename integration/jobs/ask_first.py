"""Ask first: a job from before the store went back is looked up before it is sent."""

import json

from integration.kernel import times
from integration.services import Services
from integration.store.clock import now_ms, wall_ms
from integration.store.script import script


@script("decode_facts", "statuses", "lane", "unqueue", "ask_first")
def ASK_FIRST(*, id: str, attempt: str, message: str, ahead: int, wall: int, now: int) -> None:
    """Queue the look-up of a job that waits or was being sent."""


def ask_first(services: Services, job_id: str, why: str) -> bool:
    """Whether the job's outcome is looked up now; False where it has ended or its time lies ahead.

    Where its provider cannot be asked, settle.py ends it `unknown`. `why` is a sentence.
    """
    wall, now = wall_ms(), now_ms()
    entry = {"at": times.from_ms(wall), "outcome": "asking", "detail": why}
    call = ASK_FIRST(
        id=job_id,
        attempt=json.dumps(entry),
        message=f"{why} Its outcome is being looked up.",
        ahead=wall - now,
        wall=wall,
        now=now,
    )
    return bool(call.run(services.db))
