"""Registration plans: whether our address is to be at a provider, when to look, and what was found.

A plan is the same for a list that is written as a whole (registration_list.py) and for single
entries (registration_entries.py).
"""

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from integration.accounts import connection_facts, connections, ingress_urls
from integration.accounts.connections import Connection
from integration.kernel.capabilities import ListsInbound
from integration.kernel.errors import SettingsError
from integration.kernel.events import STATUS
from integration.kernel.registration import RegistersEntries
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms

LOOK_MS = 45_000
PAUSES_MS = (15_000, 45_000, 135_000, 405_000, 900_000)
"""After each failure in a row. The first try takes three calls, each later one two."""
REGISTERED, OFF, INACTIVE = "registered", "off", "inactive"
OCCUPIED, NOT_KEPT, FAILING = "occupied", "not-kept", "failing"
SENTENCES = {
    INACTIVE: "The provider's webhook list has our address switched off; {} until it is switched on"
    " there.",
    NOT_KEPT: "The provider's webhook list does not keep our address; {}, and we try again.",
}
POLLED, WAITED = "polling serves", "nothing comes in"
"""What becomes of received texts meanwhile: of an account that can be asked, and of another."""


FACTS = ("registered", "look_ms", "look_failed", "look_passes", "left")
"""What the record of a connection's sync keeps of it."""


class Outcome(NamedTuple):
    """What became of our address; `detail` is a sentence for a state that has none above."""

    state: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`wanted` is the address to be there, "" where none is. `before` is the one that we wrote,
    None where that is not known. `failed` counts the failures in a row. `passes` says that their
    noted cause passes by itself, `dropped` that the provider did not keep it. `left` is
    the account before this one, while nobody knows whether they differ."""

    wanted: str
    before: str | None
    failed: int = 0
    passes: bool = False
    dropped: bool = False
    due_ms: int = 0
    left: str | None = None


GONE = Plan(wanted="", before=None)
"""For an account that its connection has left."""


def planned(services: Services, connection: Connection) -> Plan:
    with services.db.pipeline(transaction=False) as pipe:
        pipe.hlen(keys.hooks(connection.workspace))
        pipe.exists(*_readers(services, connection))
        pipe.hmget(keys.sync_state(connection.id), *FACTS)
        hooks, readers, (sealed, look_ms, failed, passes, left) = pipe.execute()
    wanted = ingress_urls.url(services, connection) if hooks or readers else ""
    before, look, count = _opened(services, sealed), int(look_ms or 0), int(failed or 0)
    if not count and before != wanted:
        look = 0
    elif not count and not wanted:
        look = now_ms() + LOOK_MS
    known = connection_facts.fact(connection, "webhook") or {}
    return Plan(
        wanted=wanted,
        before=before,
        failed=count,
        passes=passes == "1",
        dropped=bool(count) and known.get("state") == NOT_KEPT,
        due_ms=look,
        left=left,
    )


def _readers(services: Services, connection: Connection) -> list[str]:
    """The keys that are there while somebody waits for what webhooks bring: who polls, and who has
    sent lately, where receipts come by them alone."""
    found = [keys.reader(connection.workspace), keys.listened(connection.workspace, STATUS)]
    kind = services.catalog.provider(connection.provider)
    if issubclass(kind, RegistersEntries) and kind.brings_receipts:
        found.append(keys.sends(connection.id))
    return found


def _opened(services: Services, sealed: str | None) -> str | None:
    # Sealed: a reader of the store could call the address in the provider's name.
    try:
        return services.vault.open(sealed) if sealed else sealed
    except SettingsError:
        return None


def note(
    services: Services,
    connection: Connection,
    plan: Plan,
    state: str,
    detail: str,
    *,
    passes: bool = False,
) -> None:
    """Record how it went, and when to look again. `detail` is a sentence, "" for the usual one of
    the state. The first cause stays; only one that `passes` by itself gives way to another."""
    bad = state in (NOT_KEPT, FAILING)
    pause = PAUSES_MS[min(plan.failed, len(PAUSES_MS) - 1)] if bad else LOOK_MS
    fields: dict[str, str | int] = {"look_ms": now_ms() + pause}
    fields["look_failed"] = plan.failed + 1 if bad else 0
    fields["look_passes"] = int(passes and (plan.passes or not plan.failed))
    if not bad:
        fields["registered"] = services.vault.seal(plan.wanted) if plan.wanted else ""
    services.db.hset(keys.sync_state(connection.id), mapping=fields)
    can_ask = connections.can(services, connection, ListsInbound)
    detail = detail or SENTENCES.get(state, "").format(POLLED if can_ask else WAITED)
    if not (bad and plan.failed and (passes or not plan.passes)):
        connection_facts.note_webhook(services, connection, state, detail)


def plain(url: str) -> str:
    """Providers may write an address a little differently. What follows a # is never sent to it:
    there it says how a provider calls."""
    return unquote(url.partition("#")[0]).strip().rstrip("/").casefold()
