"""Tell: a message's changes of status as events, put into the inbox by the script that makes them.

`status_events.lua` does it; here is what every such script is given for it.
"""

from __future__ import annotations

from integration.kernel import times
from integration.kernel.events import STATUS
from integration.store import keys


def slots(workspace: str, *, message: bool) -> list[str]:
    """The keys of `tell()`; a job that sends no `message` tells nothing."""
    inbox = keys.inbox(workspace, STATUS) if message else ""
    return [inbox, keys.FANOUT_OWED, keys.WAKE, keys.hooks(workspace)]


def args(workspace: str, now: int) -> list[str]:
    """The values of `tell()`; `now` is in milliseconds by the wall clock."""
    return [f"{workspace} {STATUS}", times.from_ms(now)]
