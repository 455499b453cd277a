"""What account requests may hold."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from integration.accounts.api_keys import SCOPES
from integration.kernel.fields import Inputs, Text, Word, longest


class Scopes(Text):
    """A list of scopes, as an array or as text with commas."""

    many = True

    def take(self, value: Any) -> Any:
        parts = value if isinstance(value, list) else str(value).split(",")
        words = [str(part).strip().lower() for part in parts]
        if not words or not set(words) <= set(SCOPES):
            raise ValidationError(f"Scopes are {', '.join(SCOPES)}.")
        return words


class KeyInput(Inputs):
    name = Text(
        load_default="API key",
        label="Name",
        help="What the key is for.",
        sample="Zapier",
        validate=longest(100),
    )
    scopes = Scopes(label="Scopes", help="read, write, admin; all when left out.", sample="read")


class ConnectionInput(Inputs):
    provider = Word(
        required=True,
        label="Provider",
        help="The key of a provider, such as pairfon.",
        sample="pairfon",
    )
    label = Text(label="Label", help="A name of yours.", sample="Office", validate=longest(100))
