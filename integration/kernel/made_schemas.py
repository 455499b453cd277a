"""Made schemas: a schema costs more to make than to use, so each is made once."""

from collections.abc import Iterable
from functools import lru_cache

from marshmallow import missing

from integration.kernel.fields import Inputs


@lru_cache(maxsize=512)
def made(schema: type[Inputs], region: str | None = None) -> Inputs:
    """It keeps nothing of what it loads, so threads may share it."""
    return schema(region=region)


def reading(schema: type[Inputs], region: str | None, given: Iterable[str]) -> Inputs:
    """The schema with the fields alone that an input with these names needs. Each other field costs
    as much as one that is there, and most calls give two of twenty."""
    whole = made(schema, region)
    names = frozenset(given)
    return _narrow(schema, region, names) if names <= whole.fields.keys() else whole


@lru_cache(maxsize=512)
def _narrow(schema: type[Inputs], region: str | None, given: frozenset[str]) -> Inputs:
    fields = made(schema, region).fields.items()
    needed = [
        name
        for name, field in fields
        if name in given or field.required or field.load_default is not missing
    ]
    return schema(region=region, only=needed)
