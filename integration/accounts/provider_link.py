"""Provider links: a connection's provider, ready to be called under its rate limit."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from integration.accounts.connections import ENVIRONMENT, Connection
from integration.accounts.provider_limit import DEFAULT_WAIT, WHOLE, Permits
from integration.kernel.capabilities import ReadsWebhooks
from integration.kernel.capability import Capability
from integration.kernel.errors import (
    LimitUsedUp,
    NoRoom,
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
)
from integration.kernel.fields import Secret
from integration.kernel.specs import Answer, Http, Provider, Values
from integration.outbound.provider_errors import duration
from integration.services import Services
from integration.store import measures

if TYPE_CHECKING:
    from integration.outbound.provider_http import ProviderHttp

REQUEST_SECONDS = 12.0
"""For calls made while somebody waits for an HTTP answer; platforms give up after 30."""
LEAST_SECONDS = 0.5
TOO_MANY = 429
MOST_BEHIND = 86_400.0


@dataclass
class Reach:
    """What the last call showed of the provider, whatever the call asked for.

    `word` is `answered`, `silent` for no clear answer, or `busy` for a provider that lets us wait
    for `seconds`; "" before any call. With 0 seconds its permits say how long. `closed` is an
    account whose credentials we cannot open. `behind` is by how many seconds its clock is behind
    ours, as far as its answer shows.
    """

    word: Literal["", "answered", "silent", "busy", "closed"] = ""
    seconds: float = 0.0
    behind: float = 0.0

    def note(self, error: ProviderError) -> None:
        waits = not isinstance(error, ProviderRejected) and (
            error.retry_after or error.upstream_status == TOO_MANY
        )
        if isinstance(error, LimitUsedUp):
            # Our own reckoning, which the answer to a call under way may correct.
            self.word, self.seconds = "busy", 0.0
        elif isinstance(error, NoRoom):
            self.word = "answered"
        elif waits:
            self.word, self.seconds = "busy", error.retry_after or DEFAULT_WAIT
        elif not isinstance(error, ProviderRejected):
            self.word = "silent"
        elif error.upstream_status:
            self.word = "answered"


class MeteredHttp:
    """A provider's HTTP that takes a permit before every call and ends when its time is up."""

    def __init__(
        self,
        opened: Callable[[float], ProviderHttp],
        permits: Permits,
        within: float,
        reach: Reach,
        provider: str = "",
    ) -> None:
        """`opened` gives the HTTP that ends at a time, when the first call needs it. `provider` is
        what its calls are counted under."""
        self.opened = opened
        self.provider = provider
        self.permits = permits
        self.reach = reach
        self.ends = time.monotonic() + within
        self.http: ProviderHttp | None = None

    def call(self, method: str, path: str, **given: Any) -> Answer:
        # A call that begins later is cut off for certain, and its outcome stays unknown.
        if self.ends - time.monotonic() < LEAST_SECONDS:
            raise ProviderUnavailable("There was no time left to make the call.")
        began = time.monotonic()
        try:
            self.permits.take()
            self.http = self.http or self.opened(self.ends)
            answer = self.http.call(method, path, **given)
        except LimitUsedUp as error:
            measures.count(measures.LIMIT_WAITS, self.provider)
            self.reach.note(error)
            raise
        except ProviderError as error:
            self._measure(began, _result(error))
            self.reach.note(error)
            raise
        self._measure(began, "answered")
        self.reach.word, self.reach.behind = "answered", _behind(answer)
        return answer

    def _measure(self, began: float, result: str) -> None:
        measures.observe(measures.CALLS, time.monotonic() - began, self.provider, result)


def _behind(answer: Answer) -> float:
    """0 where the answer does not tell its time, or one that no clock is wrong by."""
    behind = -(duration(answer.headers.get("date", "")) or 0.0)
    return behind if 0 < behind < MOST_BEHIND else 0.0


def _result(error: ProviderError) -> str:
    """How a call failed, in a word."""
    if isinstance(error, ProviderRejected):
        return "refused"
    if error.upstream_status == TOO_MANY or error.retry_after or isinstance(error, NoRoom):
        return "limited"
    return "failed" if error.upstream_status else "silent"


def link(
    services: Services,
    connection: Connection,
    *,
    within: float = REQUEST_SECONDS,
    reach: Reach | None = None,
    share: int = WHOLE,
) -> Provider:
    """The connection's provider, all of whose calls end `within` seconds from now. They note in
    `reach` what they showed of it.

    They leave others what is beyond their `share` of the calls that the provider allows.

    Base URLs from the environment are the operator's own and may be private. One that came
    through the API may be private only where private targets are allowed.
    """
    kind = services.catalog.provider(connection.provider)
    permits = Permits(services.db, connection.id, kind.limit, share=share)

    def opened(ends: float) -> ProviderHttp:
        http = _opened(services, connection, made)
        http.on_headers = permits.learn
        http.ends = ends
        return http

    http = MeteredHttp(opened, permits, within, reach or Reach(), kind.key)
    made = _made(services, connection, http)
    return made


def _opened(services: Services, connection: Connection, made: Provider) -> ProviderHttp:
    """The HTTP of an account. Its signs are its own: a setting may say where an answer has its
    id."""
    # The web process reads a provider's webhooks and rarely calls one itself.
    from integration.outbound.provider_http import ProviderHttp

    kind, settings = type(made), connection.settings
    return ProviderHttp(
        base_url=settings.get("base_url") or kind.base_url,
        label=kind.label,
        credentials=kind.credentials,
        trusted=connection.source == ENVIRONMENT,
        allow_private=services.settings.allow_private_targets,
        signs=made.signs,
        judge=made.judge,
        hosts=_hosts(kind, settings),
        secrets=_secrets(kind, settings),
    )


def _hosts(kind: type[Provider], settings: Values) -> dict[str, str]:
    """The provider's further addresses. An account that answers elsewhere has them there too."""
    chosen = settings.get("base_url")
    if not chosen:
        return dict(kind.hosts)
    root = chosen.rstrip("/").removesuffix(urlsplit(kind.base_url).path)
    return {name: root + urlsplit(each).path for name, each in kind.hosts.items()}


def _secrets(kind: type[Provider], settings: Values) -> list[str]:
    fields = kind.settings().fields.items()
    return [
        settings[name] for name, each in fields if isinstance(each, Secret) and settings.get(name)
    ]


def _made(services: Services, connection: Connection, http: Http) -> Provider:
    made = services.catalog.provider(connection.provider)(connection.settings, http)
    made.region = services.settings.default_region or None
    if isinstance(made, ReadsWebhooks):
        made.webhook_secrets = webhook_secrets(services, connection)
    return made


def webhook_secrets(services: Services, connection: Connection) -> Sequence[str]:
    """What the provider may sign its webhooks with; as the ingress address, derived and not stored.
    The first is that of SECRET_KEY, the others are those of OLD_SECRET_KEYS."""
    return services.vault.tokens(f"webhook secret {connection.id}")


class _NoHttp:
    """For a provider that is only asked what it was sent."""

    def call(self, *_: Any, **__: Any) -> Answer:
        raise ProviderUnavailable("This connection is not asked anything here.")


def reader(services: Services, connection: Connection) -> Provider:
    """The connection's provider to read with; it makes no calls, so it can be kept."""
    return _made(services, connection, _NoHttp())


def as_is(services: Services, connection: Connection) -> Collection[str]:
    """Which recipients the account texts beside full numbers: `code`, `name`."""
    made = reader(services, connection)
    return made.as_is if isinstance(made, Capability) else ()
