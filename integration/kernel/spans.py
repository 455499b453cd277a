"""Spans of time that a call names by both of their ends."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from integration.kernel import times
from integration.kernel.fields import Inputs


class Spanned(Inputs):
    """Inputs with the fields `since` and `until`. Nothing lies in a span that ends before it
    begins, and "nothing" is no answer to a slip."""

    @validates_schema
    def begins_first(self, given: Mapping[str, Any], **_: Any) -> None:
        ends = [times.parse_strict(given[each]) for each in ("since", "until") if each in given]
        if ends != sorted(ends):
            said = "This time is later than until, so nothing lies between; swap the two."
            raise ValidationError(said, "since")
