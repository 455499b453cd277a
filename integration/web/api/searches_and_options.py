"""Look-ups: searches and dropdowns, asked of the provider while the caller waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from integration.accounts import connections
from integration.accounts.provider_link import link
from integration.jobs.wait import PASSED_ON
from integration.kernel.call_options import OptionsQuery
from integration.kernel.errors import (
    HooklineError,
    OutcomeUnknown,
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
    RateLimited,
)
from integration.kernel.specs import Linked, Options, Search
from integration.web.core import reading
from integration.web.core.answers import Reply, as_json
from integration.web.core.current import services, workspace

routes = Blueprint("lookups", __name__, url_prefix="/v1")
PAGE = 100


@routes.get("/searches/<key>")
def search(key: str) -> Reply:
    return as_json(find(services().catalog.search(key), reading.query()))


def find(wanted: Search, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a search finds, best match first."""
    values = reading.load(wanted.inputs, given)
    fit = connections.able(services(), workspace(), wanted.needs, values.get("connection"))
    provider = link(services(), fit[0])
    try:
        return wanted.run(provider, values)
    except ProviderError as error:
        raise as_answer(error) from error


@routes.get("/options/<key>")
def options(key: str) -> Reply:
    return as_json(rows(services().catalog.option(key), reading.query()))


def rows(wanted: Options, given: Mapping[str, Any]) -> list[dict[str, str]]:
    """One page of a dropdown."""
    query = reading.load(OptionsQuery, given)
    try:
        every = wanted.list(_linked(wanted.needs, query.get("connection")))
    except ProviderError as error:
        raise as_answer(error) from error
    needle = query.get("q", "").casefold()
    found = [row for row in every if needle in row["label"].casefold() or needle == row["id"]]
    first = query["page"] * PAGE
    return found[first : first + PAGE]


def _linked(needs: Any, wanted: str | None) -> list[Linked]:
    """Connections that have the capability; none is an empty dropdown, not an error."""
    if not wanted and not connections.listed(services(), workspace()):
        return []
    found = (
        [connections.get(services(), workspace(), wanted)]
        if wanted
        else connections.listed(services(), workspace())
    )
    return [
        Linked(id=each.id, label=each.label, provider=link(services(), each))
        for each in found
        if connections.can(services(), each, needs)
    ]


class UpstreamRefused(HooklineError):
    """The provider's refusal, under a status that a platform shows with its sentence."""

    code, title, status = "provider-rejected", "The provider refused", 502


def as_answer(error: ProviderError) -> HooklineError:
    """The caller's error for a provider's; a provider's rate limit becomes the caller's 429."""
    if isinstance(error, ProviderRejected) and error.upstream_status in PASSED_ON:
        refused = UpstreamRefused(error.message)
        refused.status = PASSED_ON[error.upstream_status]
        return refused
    if isinstance(error, ProviderUnavailable) and error.retry_after:
        return RateLimited(error.message, retry_after=error.retry_after)
    if isinstance(error, ProviderUnavailable | OutcomeUnknown | ProviderRejected):
        return UpstreamRefused(error.message)
    return error
