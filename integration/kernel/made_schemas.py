"""Made schemas: a schema costs more to make than to use, so each is made once."""

from functools import lru_cache

from integration.kernel.fields import Inputs


@lru_cache(maxsize=512)
def made(schema: type[Inputs], region: str | None = None) -> Inputs:
    """It keeps nothing of what it loads, so threads may share it."""
    return schema(region=region)
