"""An account whose webhooks are single entries, in memory, and the turns of our registration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar

from integration.accounts import connection_facts, connections, ingress_urls
from integration.accounts.connections import Connection
from integration.inbound import registration_leave, webhook_registration
from integration.kernel.capabilities import ReadsWebhooks
from integration.kernel.events import Account
from integration.kernel.fields import Flag, Inputs, Secret
from integration.kernel.registration import HookEntry, RegistersEntries
from integration.kernel.signs import Signs
from integration.kernel.specs import Limit, Provider
from integration.services import Services
from integration.store import clock, keys
from tests.delivery.drains import WORKSPACE
from tests.slow_clock import agreed_clock

RECEIVED, SENT, FAILED = "sms:received", "sms:sent", "sms:failed"
FOREIGN = HookEntry(id="theirs", url="https://crm.example/hook", events=frozenset({RECEIVED}))
PUBLIC_URL = "https://us.example"


class EntrySettings(Inputs):
    api_key = Secret(required=True, label="API Key", help="A key.", sample="key")
    replace_webhook = Flag(label="Replace Webhook", help="Whether we may.", sample="true")


class Upstream:
    """What stands at the provider. `call` comes before each call, and may raise."""

    def __init__(self) -> None:
        self.entries = [FOREIGN]
        self.calls: list[str] = []
        self.call: Callable[[str, HookEntry | None], None] = lambda *_: None
        self.drops = False

    def called(self, name: str, entry: HookEntry | None = None) -> None:
        self.calls.append(name)
        self.call(name, entry)

    def put(self, entry: HookEntry) -> HookEntry:
        made = replace(entry, id=entry.id or f"entry-{len(self.calls)}", overwrites="", secret=None)
        if not self.drops:
            self.entries = [each for each in self.entries if each.id != made.id] + [made]
        return made

    def ours(self) -> list[HookEntry]:
        return [each for each in self.entries if "/ingress/" in each.url]

    def of(self, place: str) -> str:
        """The address at a place of its own, "" where none stands there."""
        return next((each.url for each in self.entries if each.id == place), "")


class EntryProvider(Provider, ReadsWebhooks, RegistersEntries):
    """One entry takes many events."""

    key, label, help = "entries", "Entries", "Keeps webhooks one by one."
    settings, base_url = EntrySettings, "https://entries.example"
    limit = Limit(requests=1000, seconds=1)
    signs = Signs(ids=("id",))
    takes_secret = True
    upstream: ClassVar[Upstream]

    def probe(self) -> Account:
        return Account(label=self.label)

    def read_webhook(self, *_: Any) -> Any:
        raise NotImplementedError

    def entries(self) -> list[HookEntry]:
        self.upstream.called("list")
        return list(self.upstream.entries)

    def wanted_entries(self, url: str, secret: str) -> Sequence[HookEntry]:
        events = frozenset({RECEIVED, SENT, FAILED})
        return [HookEntry(id="", url=url, events=events, secret=secret)]

    def add_entry(self, entry: HookEntry) -> HookEntry:
        self.upstream.called("add", entry)
        return self.upstream.put(entry)

    def remove_entry(self, entry: HookEntry) -> None:
        self.upstream.called("remove", entry)
        self.upstream.entries = [each for each in self.upstream.entries if each.id != entry.id]


class EachEvent(EntryProvider):
    """One entry takes one event, under an id that we choose."""

    def wanted_entries(self, url: str, secret: str) -> Sequence[HookEntry]:
        return [
            HookEntry(id=f"{hash(url)}-{word}", url=url, events=frozenset({word}))
            for word in (RECEIVED, SENT, FAILED)
        ]


class Places(EntryProvider):
    """Two phone numbers, each with a place for one address."""

    numbers = ("PN1", "PN2")

    def wanted_entries(self, url: str, secret: str) -> Sequence[HookEntry]:
        return [
            HookEntry(
                id=each, url=url, events=frozenset({RECEIVED}), overwrites=self.upstream.of(each)
            )
            for each in self.numbers
        ]

    def remove_entry(self, entry: HookEntry) -> None:
        super().remove_entry(entry)
        if entry.overwrites:
            self.upstream.put(replace(entry, url=entry.overwrites))


class Registering:
    """A connection to such an account, and the turns that the scheduler makes for it."""

    def __init__(self, own: Services, kind: type[Any]) -> None:
        self.kind, self.upstream = kind, Upstream()
        kind.upstream = self.upstream
        catalog = replace(own.catalog, providers={**own.catalog.providers, kind.key: kind})
        self.own = replace(
            own, catalog=catalog, settings=replace(own.settings, public_url=PUBLIC_URL)
        )
        self.connect()

    def connect(self, **settings: Any) -> None:
        given = {"api_key": "key_of_the_account", **settings}
        made = connections.make(
            workspace=WORKSPACE, provider=self.kind.key, label="Entries", settings=given
        )
        connections.save(self.own, made)
        self.id = made.id

    def connection(self) -> Connection:
        return connections.get(self.own, WORKSPACE, self.id)

    def url(self) -> str:
        return ingress_urls.url(self.own, self.connection())

    def listen(self, *, stop: bool = False) -> None:
        """Somebody polls, or nobody does any more."""
        reader = keys.reader(WORKSPACE)
        _ = self.own.db.delete(reader) if stop else self.own.db.set(reader, 1)
        self.turn()

    def turn(self, seconds: int = 0) -> None:
        for _ in range(0, max(seconds, 1), 5):
            if seconds:
                self.own.db.hincrby(keys.CLOCK, "steady", 5_000)
                clock.agree(self.own.db)
            webhook_registration.turn(self.own, self.connection())

    def leave(self) -> None:
        connections.forget(self.own, self.connection())
        registration_leave.leave(self.own, "")

    def said(self) -> tuple[str, str]:
        """The state of the webhook that the connection shows, and its sentence."""
        fact = self.fact()
        return fact["state"], fact["detail"]

    def fact(self) -> dict[str, str]:
        found: dict[str, str] = connection_facts.fact(self.connection(), "webhook")
        return found


@contextmanager
def registering(own: Services, kind: type[Any]) -> Iterator[Registering]:
    with agreed_clock(own.db):
        yield Registering(own, kind)
