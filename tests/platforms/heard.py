"""A text that somebody sends, for the steps that answer one."""

from proofs.rig.sandbox import until
from proofs.rig.stack import World


def heard(world: World, message: str = "Are you open today?") -> str:
    """The id of a text that came in now."""
    world.inject(message)
    found = until(lambda: world.inbox(contains=message), "the text received")
    return str(found[0]["id"])
