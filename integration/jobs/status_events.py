"""Status events: a message's changes of status, put into the inbox by the script that makes them.

status_events.lua writes them; what it reads is here, for every script that begins with it.
"""

from typing import TypedDict

from integration.jobs.record import Job
from integration.kernel import times
from integration.kernel.capabilities import SendsMms, SendsSms
from integration.services import Services


class StatusEvents(TypedDict):
    """What status_events.lua reads; `message` is 0 for a job that sends none."""

    message: int
    changed_at: str


def names(services: Services, job: Job, wall: int) -> StatusEvents:
    """`wall` is now, in milliseconds by the wall clock."""
    action = services.catalog.actions.get(job.action)
    message = action is not None and action.needs in (SendsSms, SendsMms)
    return StatusEvents(message=int(message), changed_at=times.from_ms(wall))
