"""What hook requests may hold, under all the names that platforms use."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from marshmallow import ValidationError

from integration.kernel import unfilled
from integration.kernel.errors import InvalidInput
from integration.kernel.fields import (
    Choice,
    Flag,
    Inputs,
    LongText,
    Moment,
    Number,
    SenderFilter,
    Text,
    Url,
    Word,
    longest,
)
from integration.kernel.made_schemas import made
from integration.kernel.senders import could_match
from integration.kernel.spans import Spanned


class Filters(Text):
    """An object of filters, or JSON of one as text, as forms without nested fields send it."""

    def take(self, value: Any) -> Any:
        with suppress(ValueError, RecursionError):
            value = json.loads(value) if isinstance(value, str) else value
        if not isinstance(value, dict):
            raise ValidationError('Filters must be an object, such as {"sim_slot": "SIM1"}.')
        return value


TARGET: dict[str, Any] = {
    "label": "Target URL",
    "help": "Where events are POSTed.",
    "sample": "https://hooks.example.com/1",
    "aliases": ("hookUrl", "hook_url", "url", "targetUrl", "webhook_url"),
    "validate": longest(2000),
}
FILTERS: dict[str, Any] = {"label": "Filters", "help": "Only events that match.", "sample": "{}"}
NOTE: dict[str, Any] = {
    "label": "Description",
    "help": "A note for people.",
    "sample": "Orders Zap",
}
TRIGGER: dict[str, Any] = {
    "label": "Trigger",
    "help": "The trigger's key, such as inbound-sms.",
    "sample": "inbound-sms",
    "aliases": ("event",),
}


class HookInput(Inputs):
    target_url = Url(required=True, **TARGET)
    trigger = Word(required=True, **TRIGGER)
    filters = Filters(**FILTERS)
    platform = Word(
        label="Platform",
        help="Whose address this is, such as pabbly; shown beside the hook.",
        sample="zapier",
        validate=longest(40),
    )
    description = LongText(validate=longest(200), **NOTE)


class HookChange(Inputs):
    target_url = Url(**TARGET)
    filters = Filters(**FILTERS)
    description = LongText(validate=longest(200), **NOTE)
    status = Choice(
        choices={"active": "Active", "paused": "Paused"},
        label="Status",
        help="active or paused.",
        sample="active",
    )
    texts = Flag(
        label="Texts",
        help="Whether deliveries say what messages say; true takes a key with the scope texts.",
        sample="true",
    )


class Unsubscribed(Inputs):
    """Which hooks go, for platforms that lose the id."""

    target_url = Word(
        required=True,
        **TARGET | {"help": "Name the hook to remove: give its target_url in the query."},
    )
    trigger = Word(**TRIGGER)


class ReplayInput(Spanned):
    since = Moment(label="Since", help="A time with an offset.", sample="2026-01-31T09:00:00Z")
    until = Moment(label="Until", help="A time with an offset.", sample="2026-01-31T10:00:00Z")
    event_id = Word(label="Event", help="The id of an event.", sample="sms_…")
    failed = Flag(
        label="Failed",
        help="Only what ended without being taken; then a span of time may be left out.",
        sample="true",
    )
    dry_run = Flag(label="Dry run", help="Only count what would be sent again.", sample="true")


class RotateInput(Inputs):
    overlap_hours = Number(
        least=0,
        most=168,
        load_default=24,
        label="Overlap",
        help="Hours in which the old secret goes on to sign beside the new one, 0 to 168.",
        sample="24",
    )


def check_filters(schema: type[Inputs], filters: Mapping[str, Any]) -> None:
    """Raises InvalidInput for a filter that can never match: its hook would never fire, its poll
    would never find anything, and nobody would hear why."""
    wrong = {}
    for name, value in filters.items():
        sentence = unfilled.sentence(value) if isinstance(value, str) else None
        if sentence:
            wrong[name] = [sentence]
        elif isinstance(made(schema).fields[name], SenderFilter) and not could_match(value):
            wrong[name] = [f'"{value[: unfilled.SHOWN]}" is neither a number nor a sender\'s name.']
    for name, [line] in wrong.items():
        raise InvalidInput(f"{name}: {line}", errors=wrong)


def split_filters(body: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The hook's own fields, and the rest: a flat body holds its filters beside them."""
    names = set(HookInput().fields)
    for field in HookInput().fields.values():
        names |= set(field.metadata["aliases"])
    own = {key: value for key, value in body.items() if key in names}
    return own, {key: value for key, value in body.items() if key not in names}
