"""Readers: schemas made once, and read with past marshmallow's general machinery where all is well.

To make a schema costs more than to read with it, and marshmallow's `load`, which collects errors,
several times what the fields themselves do. So the fields are asked directly; where one refuses,
something is missing or unknown, or a schema has rules over its whole, marshmallow does all of it
and says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from marshmallow import ValidationError, missing

from integration.kernel.fields import Inputs


class Reader:
    """Reads with one schema for one region; it keeps nothing of what it reads, so that threads may
    share it."""

    def __init__(self, schema: Inputs) -> None:
        self.schema, self.fields = schema, schema.fields
        hooks = {name for name in dir(type(schema)) if _is_hook(getattr(schema, name, None))}
        fields = self.fields.items()
        self._required = {name for name, field in fields if field.required}
        defaults = {name: field.load_default for name, field in fields}
        self._defaults = {name: made for name, made in defaults.items() if made is not missing}
        computed = any(callable(made) for made in self._defaults.values())
        self._plain = not computed and hooks == {"forgive"}

    def load(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What was given as the fields read it, or marshmallow's ValidationError."""
        if self._plain:
            with suppress(ValidationError):
                found = self._read(self.schema.forgive(given))
                if found is not None:
                    return found
        loaded: dict[str, Any] = self.schema.load(given)
        return loaded

    def _read(self, given: dict[str, Any]) -> dict[str, Any] | None:
        """None where a name is not known here, or one is missing."""
        if not given.keys() <= self.fields.keys() or not self._required <= given.keys():
            return None
        found = dict(self._defaults)
        for name, value in given.items():
            found[name] = self.fields[name].deserialize(value, name, given)
        return {name: found[name] for name in self.fields if name in found}


def _is_hook(value: Any) -> bool:
    # So marshmallow marks what its decorators are put on.
    return hasattr(value, "__marshmallow_hook__")


@lru_cache(maxsize=512)
def reader(schema: type[Inputs], region: str | None = None) -> Reader:
    return Reader(schema(region=region))
