"""Pacing: how fast a connection may text, by its owner's own rules.

It holds beside the limit of calls that the provider states. Networks block a SIM that texts too
fast, and registered numbers have a budget a day. What is counted and when a text may go is in
jobs/pace.lua, in the step that claims the text's job.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from integration.accounts.connections import Connection
from integration.kernel.errors import Conflict, InvalidInput
from integration.kernel.fields import Choice, Inputs, Number
from integration.services import Services
from integration.store import damaged, keys, replicas
from integration.store.clock import now_ms
from integration.store.script import script

TRIES = 50
SENDER = "sender_id"
"""The setting that names whom a text is from that names nobody."""
MINUTE, HOUR, DAY = 60, 3_600, 86_400
MONTH = 31 * DAY
"""The longest month, so that a budget holds in every calendar month."""
WINDOWS = {
    "parts_per_minute": MINUTE,
    "parts_per_hour": HOUR,
    "parts_per_day": DAY,
    "recipients_per_day": DAY,
    "recipients_per_month": MONTH,
}
"""The sliding window of each budget, in seconds; pace.lua has the same."""
PARTS = ("parts_per_minute", "parts_per_hour", "parts_per_day")
RULES = {
    "gap_seconds": "one text every {:,} s",
    "parts_per_minute": "{:,} parts a minute",
    "parts_per_hour": "{:,} parts an hour",
    "parts_per_day": "{:,} parts in 24 hours",
    "recipients_per_day": "{:,} recipients in 24 hours",
    "recipients_per_month": "{:,} recipients in 31 days",
}
APART = {
    "connection": "",
    "device": " of each phone",
    "sim": " of each SIM",
    "sender": " of each sender",
}


class PacingInput(Inputs):
    gap_seconds = Number(
        least=1,
        most=HOUR,
        label="Gap",
        help="Seconds from the end of one text to the next, at most 3600.",
        sample="5",
    )
    parts_per_minute = Number(
        least=1,
        most=100_000,
        label="Parts a Minute",
        help="Parts of texts in any minute; a long text has several.",
        sample="30",
    )
    parts_per_hour = Number(
        least=1,
        most=1_000_000,
        label="Parts an Hour",
        help="The same in any hour.",
        sample="200",
    )
    parts_per_day = Number(
        least=1,
        most=10_000_000,
        label="Parts a Day",
        help="The same in any 24 hours.",
        sample="1000",
    )
    recipients_per_day = Number(
        least=1,
        most=10_000,
        label="Recipients a Day",
        help="Different recipients in any 24 hours; who was texted in that time still is.",
        sample="200",
    )
    recipients_per_month = Number(
        least=1,
        most=100_000,
        label="Recipients a Month",
        help="The same in any 31 days.",
        sample="3000",
    )
    per = Choice(
        choices={
            "connection": "The whole connection",
            "device": "Each phone",
            "sim": "Each SIM",
            "sender": "Each sender",
        },
        label="Counted Apart",
        help="What has a budget of its own: connection (all together), device, sim or sender.",
        sample="sim",
    )


NAMES = tuple(PacingInput().fields)


@script("free_queues", "set_pacing")
def SET_PACING(*, lane: str, workspace: str, before: str, after: str, stamp: str, now: int) -> None:
    """Change the pacing of a connection."""


def pepper(services: Services) -> str:
    """What recipients are hashed with, so that a copy of the store alone names none of them."""
    return services.vault.token("pacing")


def of(connection: Connection) -> dict[str, Any]:
    """Its rules, {} without any."""
    return parsed(connection.facts.get("pacing", ""))


def parsed(stored: str) -> dict[str, Any]:
    """Rules as the store has them. A newer release may have more of them."""
    try:
        found = json.loads(stored or "{}")
    except damaged.NONSENSE:
        return {}
    return found if isinstance(found, dict) else {}


def shown(connection: Connection) -> dict[str, Any] | None:
    """What the API shows: every rule, None for those that do not hold; None without pacing."""
    found = of(connection)
    return {name: found.get(name) for name in NAMES} if found else None


def checked(given: Any) -> dict[str, Any] | None:
    """The rules that a call gives, None for those that it clears; None clears all of them.

    Raises InvalidInput, whose fields are named `pacing.…`."""
    if given is None:
        return None
    if given == "":  # a form's field that was left empty changes nothing
        return {}
    if not isinstance(given, Mapping):
        raise InvalidInput("pacing must be an object.", errors={"pacing": ["Not an object."]})
    schema = PacingInput()
    wrong = {
        f"pacing.{name}": [str(each) for each in lines]
        for name, lines in schema.validate(dict(given)).items()
    }
    if wrong:
        name, lines = next(iter(wrong.items()))
        raise InvalidInput(f"{name}: {lines[0]}", errors=wrong)
    cleared = {name: None for name, value in given.items() if value is None}
    return cleared | dict(schema.load(dict(given)))


def change(
    services: Services, connection: Connection, given: Mapping[str, Any] | None
) -> Connection:
    """The connection with what `checked` made of a call. It holds at once, also for what waits
    already, and what was counted stays.

    Raises Conflict where others change it all the time, or the connection is gone.
    """
    for _ in range(TRIES):
        stored = services.db.hget(keys.connection(connection.id), "pacing") or ""
        after = _merged(connection, parsed(stored), given)
        if after == stored:
            return connection
        call = SET_PACING(
            lane=connection.id,
            workspace=connection.workspace,
            before=stored,
            after=after,
            stamp=secrets.token_hex(8),
            now=now_ms(),
        )
        if replicas.kept(services.db, call, services.settings.store_replicas):
            return replace(connection, facts={**connection.facts, "pacing": after})
    raise Conflict("Others are changing or removing this connection right now; try again.")


def _merged(
    connection: Connection, known: Mapping[str, Any], given: Mapping[str, Any] | None
) -> str:
    """Rules as the store has them; "" for none, also where nothing but `per` is left."""
    if given is None:
        return ""
    rules = {name: value for name, value in {**known, **given}.items() if value is not None}
    rules.pop("sender", None)
    if not rules.keys() - {"per"}:
        return ""
    usual = {"sender": str(connection.settings.get(SENDER) or "")}
    return json.dumps({"per": "connection"} | rules | usual, sort_keys=True)


def never(rules: Mapping[str, Any], parts: int) -> str:
    """Why a text of so many parts never goes, "" for one that may."""
    for name in PARTS:
        most = rules.get(name)
        if isinstance(most, int) and parts > most:
            return (
                f"This text has {parts} parts, and the pacing of its connection allows"
                f" {allowed(rules, name)}. Shorten it, or change `{name}` of the connection."
            )
    return ""


def allowed(rules: Mapping[str, Any], name: str) -> str:
    """One rule in words, such as "100 parts an hour of each SIM"."""
    said = RULES[name].format(rules[name])
    if rules[name] == 1:
        said = said.replace("parts", "part").replace("recipients", "recipient")
    return said + APART.get(str(rules.get("per")), "")


def in_words(rules: Mapping[str, Any]) -> list[str]:
    """All rules in words."""
    return [allowed(rules, name) for name in RULES if rules.get(name)]
