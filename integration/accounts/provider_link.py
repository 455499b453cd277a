"""Provider links: a connection's provider, ready to be called under its rate limit."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from integration.accounts.connections import ENVIRONMENT, Connection
from integration.accounts.provider_limit import Permits
from integration.kernel.errors import ProviderUnavailable
from integration.kernel.specs import Answer, Http, Provider
from integration.services import Services

if TYPE_CHECKING:
    from integration.outbound.provider_http import ProviderHttp

REQUEST_SECONDS = 12.0
"""For calls made while somebody waits for an HTTP answer; platforms give up after 30."""
LEAST_SECONDS = 0.5


class MeteredHttp:
    """A provider's HTTP that takes a permit before every call and ends when its time is up."""

    def __init__(
        self, opened: Callable[[float], ProviderHttp], permits: Permits, within: float
    ) -> None:
        """`opened` gives the HTTP that ends at a time, when the first call needs it."""
        self.opened = opened
        self.permits = permits
        self.ends = time.monotonic() + within
        self.http: ProviderHttp | None = None

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
        self.permits.take()
        # A call that begins later is cut off for certain, and its outcome stays unknown.
        if self.ends - time.monotonic() < LEAST_SECONDS:
            raise ProviderUnavailable("There was no time left to make the call.")
        self.http = self.http or self.opened(self.ends)
        return self.http.call(
            method, path, headers=headers, params=params, json=json, effect=effect
        )


def link(
    services: Services, connection: Connection, *, within: float = REQUEST_SECONDS
) -> Provider:
    """The connection's provider, all of whose calls end `within` seconds from now.

    Base URLs from the environment are the operator's own and may be private. One that came
    through the API may be private only where private targets are allowed.
    """
    kind = services.catalog.provider(connection.provider)
    permits = Permits(services.db, connection.id, kind.limit)

    def opened(ends: float) -> ProviderHttp:
        # The web process reads a provider's webhooks and rarely calls one itself.
        from integration.outbound.provider_http import ProviderHttp

        http = ProviderHttp(
            base_url=connection.settings.get("base_url") or kind.base_url,
            label=kind.label,
            trusted=connection.source == ENVIRONMENT,
            allow_private=services.settings.allow_private_targets,
            on_headers=permits.learn,
        )
        http.ends = ends
        return http

    return _made(services, connection, MeteredHttp(opened, permits, within))


def _made(services: Services, connection: Connection, http: Http) -> Provider:
    made = services.catalog.provider(connection.provider)(connection.settings, http)
    made.region = services.settings.default_region or None
    return made


class _NoHttp:
    """For a provider that is only asked what it was sent."""

    def call(self, *_: Any, **__: Any) -> Answer:
        raise ProviderUnavailable("This connection is not asked anything here.")


def reader(services: Services, connection: Connection) -> Provider:
    """The connection's provider to read with; it makes no calls, so it can be kept."""
    return _made(services, connection, _NoHttp())
