"""Sources: where the rows of the feed are from."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from integration.activity.deliveries import Deliveries
from integration.activity.inboxes import Inbox
from integration.activity.jobs import Jobs
from integration.activity.rows import Place, Row, Seen
from integration.activity.wanted import Wanted
from integration.kernel.events import BALANCE, DEVICE, MESSAGE, STATUS
from integration.services import Services


class Source(Protocol):
    """Where rows are from; the classes say what each method gives."""

    rank: int

    def has(self, wanted: Wanted) -> bool: ...

    def older(
        self, services: Services, workspace: str, wanted: Wanted, below: Place
    ) -> Iterator[Seen]: ...

    def head(self, services: Services, workspace: str) -> str: ...

    def newer(
        self, services: Services, workspace: str, head: str, most: int
    ) -> list[tuple[str, Row]]: ...


INBOXES = {
    MESSAGE: Inbox(0, MESSAGE),
    STATUS: Inbox(1, STATUS),
    DEVICE: Inbox(4, DEVICE),
    BALANCE: Inbox(5, BALANCE),
}
INBOUND, SENT = INBOXES[MESSAGE], Jobs(2)
SOURCES: Sequence[Source] = sorted(
    (*INBOXES.values(), SENT, Deliveries()), key=lambda source: source.rank
)
_EVENT = "[0-9]{1,15}-[0-9]{1,15}"
HEADS = re.compile(f"{_EVENT}~{_EVENT}~(?:job_[0-9a-f]{{1,64}})?~[0-9]{{1,15}}~{_EVENT}~{_EVENT}")
"""The head of each source, in their order."""
