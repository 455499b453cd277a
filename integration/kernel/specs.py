"""The contracts an extension can fulfil: Trigger, Action, Search, Options, Provider, Platform."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol

from integration.kernel.capabilities import Capability
from integration.kernel.events import MESSAGE, Account, Event, Sent
from integration.kernel.fields import Inputs
from integration.kernel.signs import Signs

Values = Mapping[str, Any]
"""Input that has passed its schema."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A provider's 2xx answer: JSON already read, header names in lower case."""

    status: int
    headers: Mapping[str, str]
    data: Any


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
        effect: bool = False,
    ) -> Answer:
        """`path` follows the connection's base URL.

        `effect` marks a call that must not happen twice. Where its answer is lost, it raises
        OutcomeUnknown instead of ProviderUnavailable.
        """


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How many calls a provider allows an account: `requests` in `seconds`."""

    requests: int
    seconds: int


MOST_CALL_SECONDS = 30.0
"""The longest that a provider may set; a process that is asked to stop has no more either."""
API_KEY = "api_key"
"""The setting that every provider's schema requires: the key identifies an account."""


class Provider(ABC):
    """A connector to one SMS service. The capability classes that it inherits say what it can
    do."""

    key: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    settings: ClassVar[type[Inputs]]
    base_url: ClassVar[str]
    limit: ClassVar[Limit]
    call_seconds: ClassVar[float] = 8.5
    """How long a job may call it, from the name's look-up to the last byte. Beyond it, the outcome
    is unknown. A dead worker's job is taken over so much later, so no more than it needs."""
    region: str | None = None
    """As in Capability."""
    shown_within: ClassVar[float] = 30.0
    """How many seconds after a call it may still take effect and appear in what can be asked."""
    signs: Signs
    """What in its answers shows that a call was done or refused; each provider names its own."""
    plain_numbers: ClassVar[bool] = False
    """Whether its documentation writes international numbers without a plus."""
    sandbox: ClassVar[Mapping[str, str]] = {}
    """Settings of its demo account in the sandbox; empty where the sandbox does not serve it."""

    def __init__(self, settings: Values, http: Http) -> None:
        self.options = settings
        self.http = http

    @abstractmethod
    def probe(self) -> Account:
        """Returns the account of the key; raises ProviderRejected where the provider refuses the
        key."""

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
class Trace:
    """A row or record at the provider that an earlier, unanswered call may have left.

    `shown` is what the record shows of its call, as `Settling.shown`. A `doubtful` one is much like
    what the call would have left; it proves neither that the call had its effect nor the opposite.
    """

    sent: Sent
    status: str = "sent"
    shown: str = ""
    doubtful: bool = False


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
    """An operation with an effect: `run` makes the one upstream call.

    `destructive` says that the call takes something away. A lost answer needs a plan: `repeatable`
    (a second call does no harm), `settling`, or `unsettled`, the reason why the outcome stays
    unknown.
    """

    key: str
    noun: str
    label: str
    description: str
    inputs: type[Inputs]
    needs: type[Capability]
    run: Callable[[Any, Values], Sent]
    sample: Mapping[str, Any]
    repeatable: bool = False
    destructive: bool = False
    settling: Settling | None = None
    unsettled: str = ""
    split: str | None = None
    """The name of a list field; each of its members becomes a job."""


@dataclass(frozen=True, kw_only=True)
class Search:
    key: str
    noun: str
    label: str
    description: str
    inputs: type[Inputs]
    needs: type[Capability]
    run: Callable[[Any, Values], list[dict[str, Any]]]
    sample: Mapping[str, Any]
    rank: Callable[[Mapping[str, Any], Values], float] = lambda _row, _values: 0
    """The best match has the least; several accounts may have some."""

    def best_first(self, rows: Sequence[dict[str, Any]], values: Values) -> list[dict[str, Any]]:
        return sorted(rows, key=lambda row: self.rank(row, values))


@dataclass(frozen=True, kw_only=True)
class Linked:
    """A connection and its provider, as a dropdown sees them."""

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

    It returns the files of an importable app by path. An app may also describe what lies outside
    the catalog (hooks, jobs, connections). Its `compile_service` takes the service's other
    endpoints (`integration.schema.document.Rest`) as third argument. `scopes` are those of the API
    key that it needs.
    """

    key: str
    label: str
    description: str
    compile: Callable[[Any, str], Mapping[str, str | bytes]]
    compile_service: Callable[[Any, str, Any], Mapping[str, str | bytes]] | None = None
    scopes: Sequence[str] = ("read", "texts", "act", "hooks")
