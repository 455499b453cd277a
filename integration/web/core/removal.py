"""Removal: what a caller hears is gone is gone on the store's replicas too (STORE_REPLICAS)."""

from collections.abc import Iterator
from contextlib import contextmanager

from integration.kernel.errors import NotFound
from integration.store import replicas
from integration.web.core.current import services


@contextmanager
def confirmed(*found_by: str, as_: str = "") -> Iterator[None]:
    """Something is removed in here that this command found (as this answer, where one is given).

    Raises NotReplicated where the replicas do not confirm it, also where an earlier call removed
    it already: its caller got 503, and tries again.
    """
    missing = None
    try:
        yield
    except NotFound as error:
        missing = error
    own = services()
    replicas.confirm(
        own.db,
        own.settings.store_replicas,
        found_by,
        lambda found: not found or as_ not in ("", found),
    )
    if missing:
        raise missing
