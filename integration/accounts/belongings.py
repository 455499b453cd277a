"""Belongings: what accounts have of their own (phones, groups, senders), as dropdowns list it.

A call means the account that has what the call names. Several accounts are asked at once, and what
they answered is remembered. So an account that hangs holds up no call that means another one.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.accounts.provider_link import link
from integration.kernel.errors import CapabilityMissing, ProviderError
from integration.kernel.fields import Inputs
from integration.kernel.made_schemas import made
from integration.kernel.specs import Linked, Options, Provider
from integration.runtime.at_once import at_once
from integration.services import Services
from integration.store import damaged, keys, lifetimes
from integration.store.clock import wall_ms

PATIENCE = 3.0
"""Seconds that an account has to answer."""
FRESH_MS = 60_000
LACKING_MS = 5_000
"""How long an account that listed no such phone is not asked again: it may be paired meanwhile."""
SHOWN = 60
"""Characters of an unknown id that the error names."""
Rows = list[dict[str, str]]
Answer = Rows | ProviderError
"""The rows of an account, or why it lists none."""


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """The rows that an account listed last. `answered` says whether it did so when it was asked at
    `asked_ms`, or has been silent since."""

    rows: Rows
    answered: bool
    asked_ms: int

    @property
    def ids(self) -> Sequence[str]:
        return [row["id"] for row in self.rows]

    def is_fresh(self, for_ms: int = FRESH_MS) -> bool:
        return abs(wall_ms() - self.asked_ms) < for_ms


def named_by(services: Services, schema: type[Inputs]) -> dict[str, Options]:
    """The dropdowns of the fields that name something of an account, by field."""
    dropdowns = {name: services.catalog.option(key) for name, key in _dropdowns(schema)}
    return {name: each for name, each in dropdowns.items() if each.needs}


@lru_cache(maxsize=512)
def _dropdowns(schema: type[Inputs]) -> Sequence[tuple[str, str]]:
    fields = made(schema).fields.items()
    return [(name, key) for name, field in fields if (key := field.metadata["options"])]


def remembered(
    services: Services, options: Options, accounts: Sequence[Connection]
) -> dict[str, Remembered]:
    """By connection id; an account that was not asked for a week is absent."""
    names = [keys.belongings(each.id, options.key) for each in accounts]
    stored = zip(accounts, map(_read, services.db.mget(names)), strict=True)
    return {each.id: known for each, known in stored if known}


def _read(stored: str | None) -> Remembered | None:
    try:
        known = json.loads(stored or "{}")
        # A process of release 0.1.0 remembers the ids alone.
        rows = known.get("rows") or [{"id": each, "label": each} for each in known["ids"]]
        return Remembered(rows=rows, answered=known["answered"], asked_ms=known["asked_ms"])
    except damaged.NONSENSE:
        return None  # The account is asked again.


def asked(
    services: Services,
    options: Options,
    accounts: Sequence[Connection],
    *,
    within: float = PATIENCE,
    wanted: str | None = None,
) -> dict[str, Answer]:
    """What the accounts list now, by connection id. Ends early where one has the id `wanted`;
    who has not answered by then is absent."""
    found: dict[str, Answer] = {}
    steps = [partial(_ask, services, options, each, within, found) for each in accounts]
    at_once(steps, within + 1, lambda: any(has(each, wanted) for each in list(found.values())))
    return dict(found)


def shown(
    services: Services, options: Options, accounts: Sequence[Connection], within: float
) -> dict[str, Rows]:
    """What the accounts listed last, by connection id, for a person who chooses.

    An account whose rows are older than a minute is asked again, and the caller gets the old rows.
    The caller waits, `within` so many seconds, only for an account that has listed nothing yet.
    """
    known = remembered(services, options, accounts)
    old = [each for each in accounts if each.id not in known or not known[each.id].is_fresh()]
    found: dict[str, Answer] = {}
    steps = [partial(_ask, services, options, each, PATIENCE, found) for each in old]
    at_once(steps, within if any(each.id not in known for each in old) else 0)
    answered = {name: each for name, each in found.items() if isinstance(each, list)}
    return {name: each.rows for name, each in known.items()} | answered


def has(answer: Answer | None, wanted: str | None) -> bool:
    return isinstance(answer, list) and any(row["id"] == wanted for row in answer)


def _ask(
    services: Services,
    options: Options,
    account: Connection,
    within: float,
    found: dict[str, Answer],
) -> None:
    provider = link(services, account, within=within)
    try:
        found[account.id] = ask(services, options, account, provider)
    except ProviderError as error:
        found[account.id] = error


def ask(
    services: Services, options: Options, account: Connection, provider: Provider
) -> list[dict[str, str]]:
    """The rows of one account, which are remembered; raises ProviderError where it gives none."""
    try:
        rows = options.list([Linked(id=account.id, label=account.label, provider=provider)])
    except ProviderError:
        known = remembered(services, options, [account]).get(account.id)
        _remember(services, options, account, known.rows if known else [], answered=False)
        raise
    _remember(services, options, account, rows, answered=True)
    return rows


def _remember(
    services: Services, options: Options, account: Connection, rows: Rows, *, answered: bool
) -> None:
    ids = [row["id"] for row in rows]
    known = {"ids": ids, "rows": rows, "answered": answered, "asked_ms": wall_ms()}
    name = keys.belongings(account.id, options.key)
    services.db.set(name, json.dumps(known), ex=lifetimes.BELONGINGS_SECONDS)


def forget(services: Services, connection_id: str) -> None:
    """Drop what is remembered: the account changed a phone, or the key leads to a different one."""
    names = [keys.belongings(connection_id, each) for each in services.catalog.options]
    services.db.delete(*names)


def owner(
    services: Services,
    fit: Sequence[Connection],
    schema: type[Inputs],
    values: Mapping[str, Any],
    before_asking: Callable[[], None] = lambda: None,
) -> Connection:
    """The first of the `owners`."""
    return owners(services, fit, schema, values, before_asking)[0]


def owners(
    services: Services,
    fit: Sequence[Connection],
    schema: type[Inputs],
    values: Mapping[str, Any],
    before_asking: Callable[[], None] = lambda: None,
) -> list[Connection]:
    """The accounts of `fit` that have what `values` name, all where they name nothing.

    Raises CapabilityMissing where no account has it, or several that may have it do not answer.
    """
    left = list(fit)
    if len(left) > 1:
        for name, options in named_by(services, schema).items():
            if values.get(name):
                left = _having(services, options, left, (name, values[name]), before_asking)
    return left


def _having(
    services: Services,
    options: Options,
    accounts: list[Connection],
    named: tuple[str, str],
    before_asking: Callable[[], None],
) -> list[Connection]:
    name, wanted = named
    capable = [each for each in accounts if connections.can(services, each, options.needs)]
    if len(capable) < 2:
        return capable or accounts
    known = remembered(services, options, capable)
    sure = [each for each in capable if _holds(known.get(each.id), wanted)]
    if sure:
        return sure
    before_asking()
    doubtful = [each for each in capable if _is_doubtful(known.get(each.id))]
    answers = asked(services, options, doubtful, wanted=wanted)
    found = [each for each in doubtful if has(answers.get(each.id), wanted)]
    if found or options.free:
        return found or capable
    known = remembered(services, options, capable)
    silent = [each for each in capable if each.id not in known or not known[each.id].answered]
    return _silent(known, silent, name, wanted)


def _holds(known: Remembered | None, wanted: str) -> bool:
    return known is not None and known.answered and known.is_fresh() and wanted in known.ids


def _is_doubtful(known: Remembered | None) -> bool:
    if known is None or not known.is_fresh():
        return True
    return known.answered and not known.is_fresh(LACKING_MS)


def _silent(
    known: Mapping[str, Remembered],
    silent: list[Connection],
    name: str,
    wanted: str,
) -> list[Connection]:
    """The silent account that had it when it answered last, or the only one that may have it."""
    had = [each for each in silent if each.id in known and wanted in known[each.id].ids]
    if had or len(silent) == 1:
        return had or silent
    what = name.replace("_", " ")
    labels = " and ".join(sorted({each.label for each in silent}))
    sentence = (
        f"{labels} did not answer, so nobody can tell which account has this {what}; name the"
        " connection, or try again."
        if silent
        else f"No connected account has the {what} {wanted[:SHOWN]!r}; choose one from the list, or"
        " name its connection."
    )
    raise CapabilityMissing(f"{name}: {sentence}", errors={name: [sentence]})
