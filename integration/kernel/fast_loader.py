"""Readers: they make a schema once and load valid input faster than marshmallow's `load`.

A schema costs more to make than to use. `load` collects errors, which takes several times as long
as the fields themselves. A reader therefore asks the fields directly. It leaves the input to
marshmallow, which reports the errors, where a field refuses its value. It does the same where a
name is missing or unknown, and where a schema has rules of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from marshmallow import ValidationError, missing

from integration.kernel.fields import Inputs


class Reader:
    """Reads with one schema for one region. It keeps nothing of its input, so threads may share
    it."""

    def __init__(self, schema: Inputs) -> None:
        self.schema, self.fields = schema, schema.fields
        # marshmallow's decorators leave this mark.
        mark = "__marshmallow_hook__"
        hooks = {each for each in dir(type(schema)) if hasattr(getattr(schema, each, None), mark)}
        fields = self.fields.items()
        self._required = {name for name, field in fields if field.required}
        defaults = {name: field.load_default for name, field in fields}
        self._defaults = {name: made for name, made in defaults.items() if made is not missing}
        computed = any(callable(made) for made in self._defaults.values())
        self._plain = not computed and hooks == {"forgive"}

    def load(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the input as the fields read it, or raises marshmallow's ValidationError."""
        if self._plain:
            with suppress(ValidationError):
                found = self._read(self.schema.forgive(given))
                if found is not None:
                    return found
        loaded: dict[str, Any] = self.schema.load(given)
        return loaded

    def _read(self, given: dict[str, Any]) -> dict[str, Any] | None:
        """Returns None where a name is unknown or a required one is missing."""
        if not given.keys() <= self.fields.keys() or not self._required <= given.keys():
            return None
        found = dict(self._defaults)
        for name, value in given.items():
            found[name] = self.fields[name].deserialize(value, name, given)
        return {name: found[name] for name in self.fields if name in found}


@lru_cache(maxsize=512)
def reader(schema: type[Inputs], region: str | None = None) -> Reader:
    return Reader(schema(region=region))
