"""Status events: a message's changes of status, put into the inbox by the script that makes them.

status_events.lua writes them; its names are here, for every script that begins with it.
"""

from __future__ import annotations

from typing import TypedDict

from integration.jobs.record import Job
from integration.kernel import times
from integration.kernel.capabilities import SendsMms, SendsSms
from integration.kernel.events import STATUS
from integration.services import Services
from integration.store import keys
from integration.store.script import Slot


class StatusEvents(TypedDict):
    """What status_events.lua reads; `status_inbox` is "" for a job that sends no message."""

    status_inbox: Slot
    hooks: Slot
    inbox_name: str
    changed_at: str


def names(workspace: str, *, message: bool, now: int) -> StatusEvents:
    """`message` says whether the job sends one; `now` is in milliseconds by the wall clock."""
    return StatusEvents(
        status_inbox=keys.inbox(workspace, STATUS) if message else "",
        hooks=keys.hooks(workspace),
        inbox_name=f"{workspace} {STATUS}",
        changed_at=times.from_ms(now),
    )


def is_message(services: Services, job: Job) -> bool:
    """Whether the job sends a message, whose status people follow."""
    action = services.catalog.actions.get(job.action)
    return action is not None and action.needs in (SendsSms, SendsMms)
