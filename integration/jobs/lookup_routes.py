"""Look-ups: searches and dropdowns, asked of the provider while the caller waits."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from integration.accounts import connections
from integration.accounts.linking import link
from integration.jobs.wait import PASSED_ON
from integration.kernel.errors import (
    HooklineError,
    OutcomeUnknown,
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
    RateLimited,
)
from integration.kernel.fields import Inputs, Number, Text
from integration.kernel.specs import Linked
from integration.web import reading
from integration.web.answers import as_json
from integration.web.current import services, workspace

routes = Blueprint("lookups", __name__, url_prefix="/v1")
PAGE = 100


class OptionsQuery(Inputs):
    page = Number(least=0, most=10_000, load_default=0, label="Page", help="From 0.", sample="0")
    q = Text(label="Search", help="Part of the label.", sample="office")
    connection = Text(label="Connection", help="The id of one.", sample="conn_pairfon")


@routes.get("/searches/<key>")
def search(key: str) -> Response:
    wanted = services().catalog.search(key)
    values = reading.load(wanted.inputs, reading.query())
    fit = connections.able(services(), workspace(), wanted.needs, values.get("connection"))
    provider = link(services(), fit[0])
    try:
        return as_json(wanted.run(provider, values))
    except ProviderError as error:
        raise as_answer(error) from error


@routes.get("/options/<key>")
def options(key: str) -> Response:
    wanted = services().catalog.option(key)
    query = reading.load(OptionsQuery, reading.query())
    try:
        rows = wanted.list(_linked(wanted.needs, query.get("connection")))
    except ProviderError as error:
        raise as_answer(error) from error
    needle = query.get("q", "").casefold()
    found = [row for row in rows if needle in row["label"].casefold() or needle == row["id"]]
    first = query["page"] * PAGE
    return as_json(found[first : first + PAGE])


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
    """What a waiting caller is told: a provider's rate limit is one for the caller too."""
    if isinstance(error, ProviderRejected) and error.upstream_status in PASSED_ON:
        refused = UpstreamRefused(error.message)
        refused.status = PASSED_ON[error.upstream_status]  # type: ignore[misc]  # the provider's own
        return refused
    if isinstance(error, ProviderUnavailable) and error.retry_after:
        return RateLimited(error.message, retry_after=error.retry_after)
    if isinstance(error, ProviderUnavailable | OutcomeUnknown | ProviderRejected):
        return UpstreamRefused(error.message)
    return error
