"""Fetching: a file from where its provider keeps it, with the account's login."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from integration.accounts import provider_link
from integration.accounts.connections import ENVIRONMENT, Connection
from integration.accounts.provider_limit import SYNC, Permits
from integration.kernel.errors import (
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
    SettingsError,
)
from integration.kernel.media import KeepsMedia
from integration.outbound.media_places import MediaPlaces
from integration.services import Services
from integration.store import measures

if TYPE_CHECKING:
    from integration.outbound.media_http import File

REFUSALS = 4
"""Tries after which a refusal is believed."""


def places(services: Services, connection: Connection) -> MediaPlaces:
    """Where the account's files may be fetched from."""
    kind = services.catalog.provider(connection.provider)
    keeps = kind if issubclass(kind, KeepsMedia) else KeepsMedia
    return MediaPlaces(
        label=kind.label,
        base_url=connection.settings.get("base_url") or kind.base_url,
        hosts=keeps.media_hosts,
        login_hosts=keeps.media_login_hosts,
        trusted=connection.source == ENVIRONMENT,
        allow_private=services.settings.allow_private_targets,
    )


def fetch(services: Services, connection: Connection, url: str, seconds: float) -> File:
    """One call, and the redirects that it leads to; errors as of MediaHttp.fetch."""
    # The web process rarely calls out itself.
    from integration.outbound.media_http import MediaHttp

    kind, began = services.catalog.provider(connection.provider), time.monotonic()
    http = MediaHttp(places(services, connection), seconds)
    Permits(services.db, connection.id, kind.limit, share=SYNC).take()
    result = "failed"
    try:
        made = provider_link.reader(services, connection)
        found = http.fetch(url, made.media_login(url) if isinstance(made, KeepsMedia) else {})
        result = "fetched"
        return found
    except SettingsError as error:
        raise ProviderUnavailable("The credentials of the account cannot be opened.") from error
    finally:
        measures.observe(measures.MEDIA, time.monotonic() - began, kind.key, result)


def is_final(error: ProviderError, tries: int) -> bool:
    """Whether another try is of no use. A file may come later than its message, and a login may be
    mended, so a refusal is asked again a few times."""
    if not isinstance(error, ProviderRejected):
        return False
    return not error.upstream_status or tries >= REFUSALS
