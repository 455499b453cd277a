"""The status of one message, asked for by its id."""

from abc import abstractmethod

from integration.kernel.capability import Capability
from integration.kernel.events import Receipt


class TellsStatus(Capability):
    """A provider that says by one call what became of a message, and reads no list for it."""

    name, lacking = "status-by-id", "look up a message by its id"

    @abstractmethod
    def status_of(self, provider_id: str) -> Receipt:
        """What the provider knows of a message that it was given; makes one call."""
