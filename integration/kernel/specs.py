"""The contracts an extension can fulfil: Trigger, Action, Search, Options, Provider, Platform."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol

from integration.kernel.capability import Capability
from integration.kernel.events import MESSAGE, Account, Event, Sent, Trace
from integration.kernel.fields import Inputs
from integration.kernel.outgoing import Outgoing
from integration.kernel.signs import Signs
from integration.kernel.verdicts import Verdict

Values = Mapping[str, Any]  # input that has passed its schema


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer: header names in lower case, JSON in `data`, any other body in `text`."""

    status: int
    headers: Mapping[str, str]
    data: Any
    text: str = ""


class Http(Protocol):
    """Outbound HTTP as a provider sees it; every failure is a ProviderError."""

    def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Sequence[tuple[str, str]] | None = None,
        host: str = "",
        effect: bool = False,
        private: Sequence[str] = (),
    ) -> Answer:
        """`path` follows the connection's base URL, or the address that the provider declares in
        its `hosts` under the name `host`. The body is `json`, or a `form` in this order.

        No error quotes what is `private`. `effect` marks a call that must not happen twice. Where
        its answer is lost, it raises OutcomeUnknown instead of ProviderUnavailable.
        """


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How many calls a provider allows an account: `requests` in `seconds`."""

    requests: int
    seconds: int


MOST_CALL_SECONDS = 30.0
"""The longest that a provider may set; a process that is asked to stop has no more either."""


class Provider(ABC):
    """A connector to one SMS service; its capability classes say what it can do."""

    key: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    settings: ClassVar[type[Inputs]]
    base_url: ClassVar[str]
    """"" where each account has an address of its own, which its settings require."""
    hosts: ClassVar[Mapping[str, str]] = {}
    """Further addresses that the provider answers at, by the names that its calls use."""
    account_settings: ClassVar[Sequence[str]] = ("base_url", "api_key")
    """The settings that tell one account from another; never change them, or their order."""
    credentials: ClassVar[str] = "API key"
    """What it calls what its accounts sign in with, for the error where it refuses that."""
    limit: ClassVar[Limit]
    call_seconds: ClassVar[float] = 8.5
    """How long a job may call it, from the name's look-up to the last byte. Beyond it, the outcome
    is unknown. A dead worker's job is taken over so much later, so no more than it needs."""
    shown_within: ClassVar[float] = 30.0
    """How many seconds after a call it may still take effect and appear in what can be asked."""
    signs: Signs
    """What in its answers shows that a call was done or refused; each provider names its own."""
    plain_numbers: ClassVar[bool] = False
    """Whether its documentation writes international numbers without a plus."""
    ids_join: ClassVar[bool] = False
    """Whether all channels show a message under one id, which then alone tells what is new."""
    sandbox: ClassVar[Mapping[str, str]] = {}
    """Settings of its demo account in the sandbox; empty where the sandbox does not serve it."""
    sandbox_account: ClassVar[str] = "api_key"  # the setting by which it tells accounts apart
    demo: ClassVar[bool] = False
    """Whether SANDBOX connects the demo account by itself."""
    region: str | None = None
    reference: str = ""
    receipt_url: str = ""
    """These three as in Capability."""

    def __init__(self, settings: Values, http: Http) -> None:
        self.options = settings
        self.http = http

    def judge(self, answer: Answer, *, effect: bool) -> Verdict | None:  # noqa: ARG002  # the port's
        """What the answer of any status but a redirect says in the provider's own words. None
        leaves it to the status line and to `signs`. A call with an `effect` must not be said to be
        undone unless that is certain."""
        return None

    @abstractmethod
    def probe(self) -> Account:
        """Returns the account; raises ProviderRejected where the provider refuses the key."""

    @classmethod
    def required(cls) -> list[str]:
        """The settings without which no account can be connected."""
        return [name for name, field in cls.settings().fields.items() if field.required]

    @classmethod
    def capabilities(cls) -> list[str]:
        """The names of what this provider can do, in alphabetical order."""
        abilities = [base for base in cls.__mro__ if issubclass(base, Capability)]
        found = {base.name for base in abilities if "name" in vars(base)}
        return sorted(found)


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """A kind of event that platforms listen for; `wants` says which events pass the filters.

    `single` answers a poll with the newest object instead of an array. `every` says that, without
    filters, each event of the kind passes unread.
    """

    key: str
    noun: str
    label: str
    description: str
    inputs: type[Inputs]
    wants: Callable[[Event, Values], bool]
    sample: Event
    kind: str = MESSAGE
    single: bool = False
    every: bool = False

    def takes_all(self, filters: Values) -> bool:
        """Whether every event passes these filters, without a look at it."""
        return self.every and not filters


@dataclass(frozen=True, kw_only=True)
class Settling:
    """How an action finds out whether a call without an answer had its effect.

    `needs` is the capability that the question takes. `traces` looks for what the call would have
    left, not older than `since`, oldest first. `shown` is what a record shows of a call, where each
    call leaves a record of its own: two equal texts leave two rows. Without it, any trace proves
    the job: a contact is there, whichever call added it.
    """

    needs: type[Capability]
    traces: Callable[[Any, Values, datetime], Sequence[Trace]]
    shown: Callable[[Values], str] | None = None


@dataclass(frozen=True, kw_only=True)
class Action:
    """An operation with an effect: `run` makes the one upstream call. Where it `needs` None, it
    asks no account: it is done while the caller waits, and `run` gets the workspace's OptOuts.

    `destructive` says that the call takes something away. A lost answer needs a plan: `repeatable`
    (a second call does no harm), `settling`, or `unsettled`: why the outcome stays unknown.
    """

    key: str
    noun: str
    label: str
    description: str
    inputs: type[Inputs]
    needs: type[Capability] | None
    run: Callable[[Any, Values], Sent]
    sample: Mapping[str, Any]
    repeatable: bool = False
    destructive: bool = False
    settling: Settling | None = None
    outgoing: Callable[[Any, Values], Outgoing] | None = None
    """The message that `run` sends, for providers that know it by our reference."""
    unsettled: str = ""
    answers: bool = False  # a received message, its `reply_to`: the engine fills in from and to
    split: str | None = None
    """The name of a list field; each of its members becomes a job."""


@dataclass(frozen=True, kw_only=True)
class Search:
    key: str
    noun: str
    label: str
    description: str
    inputs: type[Inputs]
    needs: type[Capability] | None  # None: it asks no account; `run` gets the workspace's OptOuts
    run: Callable[[Any, Values], list[dict[str, Any]]]
    sample: Mapping[str, Any]
    rank: Callable[[Mapping[str, Any], Values], float] = lambda _row, _values: 0
    """The best match has the least; several accounts may have some."""

    def best_first(self, rows: Sequence[dict[str, Any]], values: Values) -> list[dict[str, Any]]:
        return sorted(rows, key=lambda row: self.rank(row, values))


@dataclass(frozen=True, kw_only=True)
class Linked:
    """A connection and its provider."""

    id: str
    label: str
    provider: Provider


@dataclass(frozen=True, kw_only=True)
class Options:
    """A dropdown: `list` returns `{id, label}` rows over the workspace's connections."""

    key: str
    label: str
    description: str
    list: Callable[[Sequence[Linked]], list[dict[str, str]]]
    needs: type[Capability] | None = None
    sample: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    free: bool = False
    """Whether an account may take ids that it does not list."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """An automation platform: `compile` takes the catalog and our base URL without a last slash.

    It returns the files of an importable app by path. An app may also have hooks, jobs and
    connections: its `compile_service` takes the service's other endpoints
    (`integration.schema.document.Rest`) as third argument. `scopes` are those of its API key.
    """

    key: str
    label: str
    description: str
    compile: Callable[[Any, str], Mapping[str, str | bytes]]
    compile_service: Callable[[Any, str, Any], Mapping[str, str | bytes]] | None = None
    scopes: Sequence[str] = ("read", "texts", "act", "hooks")
