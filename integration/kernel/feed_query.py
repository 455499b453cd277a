"""What readers of the feed of activity ask for: the kinds of rows, and the filters."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from integration.kernel.fields import Inputs, Moment, Number, Text, Word, longest
from integration.kernel.spans import Spanned

IN, OUT, RECEIPT, DELIVERY, ACCOUNT = "in", "out", "receipt", "delivery", "account"
DIRECTIONS: Mapping[str, str] = {
    IN: "Received",
    OUT: "Sent",
    RECEIPT: "Status changes",
    DELIVERY: "Deliveries",
    ACCOUNT: "Phones and balances",
}
"""The kinds of rows, by the words of people."""
SPACED = re.compile(r"(:[0-9]{2}(?:\.[0-9]+)?) ([0-9]{2}:?[0-9]{2}\s*)$")
"""The end of a time, and behind a space the offset."""


class Directions(Word):
    """One direction or several, with commas between them."""

    many = True

    def take(self, value: Any) -> Any:
        return super().take(",".join(map(str, value)) if isinstance(value, list) else value)

    def read(self, text: str) -> list[str]:
        found = [each.strip().lower() for each in text.split(",") if each.strip()]
        if unknown := [each for each in found if each not in DIRECTIONS]:
            known = ", ".join(DIRECTIONS)
            raise ValidationError(f"There is no direction {unknown[0][:20]}; there are {known}.")
        return found


class AskedMoment(Moment):
    """A time in a query: a plus without percent-encoding arrives from there as a space."""

    def read(self, text: str) -> Any:
        return super().read(SPACED.sub(r"\1+\2", text))


class FeedInput(Spanned):
    direction = Directions(
        label="Direction",
        help="in, out, receipt, delivery or account, or several of them with commas between.",
        sample="in,out",
    )
    status = Word(label="Status", help="Such as received, sent, unknown or dead.", sample="failed")
    connection = Word(label="Connection", help="The id of a connection.", sample="conn_…")
    hook = Word(label="Hook", help="The id of a hook: its deliveries.", sample="hook_…")
    phone = Text(
        label="Phone",
        help="A number in any spelling, a few digits of it in a row, or a sender's name.",
        sample="+14155550123",
        validate=longest(64),
    )
    q = Text(
        label="Search",
        help="A number, part of a text, or any id.",
        sample="4155550123",
        validate=longest(200),
    )
    since = AskedMoment(label="From", help="A time with an offset.", sample="2026-01-31T09:00:00Z")
    until = AskedMoment(label="Until", help="A time with an offset.", sample="2026-01-31T10:00:00Z")
    limit = Number(least=1, most=200, load_default=50, label="Limit", help="1 to 200.", sample="50")
    cursor = Word(label="Cursor", help="next_cursor of the page before.", sample="…")
    newer_than = Word(
        label="Newer than",
        help="`newest` of an answer before: what came since then, oldest first.",
        sample="…",
    )


class WayInput(Inputs):
    at = AskedMoment(
        label="At",
        help="The row's time, as the list shows it; an old event is found by it.",
        sample="2026-01-31T09:00:00Z",
    )
