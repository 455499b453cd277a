"""What all abilities of providers have in common."""

from abc import ABC
from collections.abc import Sequence
from typing import ClassVar


class Capability(ABC):
    """`lacking` completes the sentence "<provider> cannot …"."""

    name: ClassVar[str]
    lacking: ClassVar[str]
    region: str | None = None
    """The country of numbers written nationally, as the service is set."""
    reference: str = ""
    """Our name of the send that this instance was made for; see Outgoing."""
    receipt_url: str = ""
    """Where this account's delivery receipts are to be sent, "" where providers cannot call us."""
    as_is: Sequence[str] = ()
    """Which recipients it texts beside full numbers: `code` for short codes, `name` for names
    (kernel/as_is.py)."""

    @classmethod
    def is_pool(cls, sender: str) -> bool:  # noqa: ARG003  # a provider with pools looks at it
        """Whether this sender has several numbers, of which the provider chooses one."""
        return False
