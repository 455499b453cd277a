"""Reading what came in at httpSMS, which lists the texts of one phone with one contact alone.

A walk goes through the threads of each phone, and through the texts of those that changed. Each of
its steps is one call. The steps that are left are the cursor of the list.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from integration.kernel.errors import ProviderRejected
from providers._reading import filled, moment

PAGE = 20
"""The most rows that httpSMS shows at once."""
LATE_WITHIN = timedelta(hours=1)
"""ASSUMED_HTTPSMS_LATE: how late a phone uploads a text, under the time at which it came."""
SLACK = timedelta(minutes=5)
"""How far the server's clock may be behind ours."""
Rows = Sequence[Mapping[str, Any]]


class Step(NamedTuple):
    """What to ask for next: the rows of a thread from `skip` on. Without a `contact`, these are the
    phone's threads."""

    owner: str
    contact: str
    archived: bool
    skip: int

    @property
    def path(self) -> str:
        return "/messages" if self.contact else "/message-threads"

    @property
    def params(self) -> dict[str, Any]:
        place = {"owner": self.owner, "skip": self.skip, "limit": PAGE}
        if self.contact:
            return {**place, "contact": self.contact}
        return {**place, "is_archived": "true" if self.archived else "false"}


def first(phones: Sequence[str]) -> list[Step]:
    return [Step(each, "", archived, 0) for each in phones for archived in (False, True)]


def left(cursor: str) -> list[Step]:
    """Raises ProviderRejected for what is no cursor."""
    try:
        found = [Step(str(a), str(b), bool(c), int(d)) for a, b, c, d in json.loads(cursor)]
    except (ValueError, TypeError, RecursionError):
        found = []
    if not found:
        raise ProviderRejected("The list of messages has no such place; it is read again.")
    return found


def written(steps: Sequence[Step]) -> str:
    return json.dumps(steps) if steps else ""


def onward(steps: Sequence[Step], rows: Rows, since: datetime) -> list[Step]:
    """The steps that are left once these rows answered the first one."""
    step, *rest = steps
    more = [step._replace(skip=step.skip + PAGE)] if goes_on(rows, since) else []
    changed = [] if step.contact else [each for each in rows if _has_changed(each, since)]
    contacts = [name for each in changed if (name := filled(each, "contact"))]
    return [*(Step(step.owner, each, False, 0) for each in contacts), *more, *rest]


def goes_on(rows: Rows, since: datetime | None) -> bool:
    """Whether the next page may hold rows of that time; the newest stand first."""
    if len(rows) < PAGE:
        return False
    last = placed(rows[-1])
    return since is None or last is None or last >= since


def placed(item: Mapping[str, Any]) -> datetime | None:
    """The time by which a row is sorted in its list."""
    return moment(item.get("order_timestamp"))


def _has_changed(thread: Mapping[str, Any], since: datetime) -> bool:
    """Whether the thread has got something since the last reading began, LATE_WITHIN after `since`.

    ASSUMED_HTTPSMS_UPDATED: `updated_at` is when the server changed it, by the server's clock.
    """
    at = moment(thread.get("updated_at"))
    return at is None or at >= since + LATE_WITHIN - SLACK
