"""Readers: schemas made once, since making one costs more than reading with it."""

from __future__ import annotations

from functools import lru_cache

from integration.kernel.fields import Inputs


@lru_cache(maxsize=512)
def reader(schema: type[Inputs], region: str | None = None) -> Inputs:
    """The schema's one object for a region; it keeps nothing of what it reads, so that threads
    may share it."""
    return schema(region=region)
