"""Release the deliveries of drains that died, and of replies that were lost."""

from __future__ import annotations

from collections.abc import Sequence

from integration.services import Services
from integration.store.clock import now_ms
from integration.store.script import Rest, ScriptCall, script


@script("skip_damaged", "count_busy", "release_dead_drains")
def RELEASE(*, now: int, token: str, known: Rest) -> None:
    """Give deliveries back that no drain will end; another drain reads the wake list."""


def release(services: Services) -> int:
    """Give back the deliveries of dead drains; every worker's sweeper calls this."""
    return int(release_unknown("", ()).run(services.db))


def release_unknown(token: str, known: Sequence[str]) -> ScriptCall:
    """The call that gives back what the drain with this token leased beside the `known` ones.

    It claimed these in a step whose reply was lost.
    """
    return RELEASE(
        now=now_ms(),
        token=token,
        known=known,
    )
