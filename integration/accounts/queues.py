"""Queues: where the texts of a paced connection wait, each device, SIM or sender apart."""

from integration.store.script import script


@script("free_queues", "leave_queues")
def LEAVE_QUEUES(*, lane: str) -> None:
    """Put a connection's texts back among those that are due."""
