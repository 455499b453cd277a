"""Look-ups: searches and dropdowns, asked of the provider while the caller waits."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import Blueprint

from integration.accounts import belongings, connections
from integration.accounts.belongings import PATIENCE, Answer
from integration.accounts.connections import Connection
from integration.accounts.provider_link import REQUEST_SECONDS, link
from integration.jobs.wait import PASSED_ON
from integration.kernel.call_options import OptionsQuery
from integration.kernel.errors import (
    HooklineError,
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
    RateLimited,
)
from integration.kernel.specs import Linked, Options, Provider, Search, Values
from integration.runtime.at_once import at_once
from integration.web.api import own_actions
from integration.web.core import reading, rights
from integration.web.core.answers import Reply, as_json
from integration.web.core.current import services, workspace

routes = Blueprint("lookups", __name__, url_prefix="/v1")
PAGE, WHOLE = 100, 1_000
"""Rows of a page, and of a dropdown whose caller does not page: Power Automate and Pabbly ask once,
and would never show what stands on a second page."""


Rows = list[dict[str, Any]]


@routes.get("/searches/<key>")
def search(key: str) -> Reply:
    found, silent = find(services().catalog.search(key), reading.query())
    reply = as_json(found)
    if silent:
        reply.headers["X-Unanswered"] = ",".join(silent)
    return reply


def find(wanted: Search, given: Mapping[str, Any]) -> tuple[Rows, list[str]]:
    """What a search finds, best match first, and the ids of connections that gave no answer.

    It asks all accounts that the call may mean. Once one has answered, the others have PATIENCE.
    """
    values = reading.load(wanted.inputs, given)
    rights.require_for(values)
    if wanted.needs is None:
        return [rights.row(each) for each in own_actions.find(wanted, values)], []
    every = connections.listed(services(), workspace())
    fit = connections.fitting(services(), every, wanted.needs, values.get("connection"))
    accounts = belongings.owners(services(), fit, wanted.inputs, values)
    answers: dict[str, Answer] = {}
    linked = [(each.id, link(services(), each)) for each in accounts]
    steps = [partial(_search, wanted, values, answers, *each) for each in linked]
    if len(steps) == 1:
        steps[0]()
    else:
        at_once(steps, REQUEST_SECONDS + 1, lambda: _any_list(answers), PATIENCE)
    filled = _filled(accounts, dict(answers))
    rows = [row for _, some in filled for row in some]
    answered = {each.id for each, _ in filled}
    silent = [each.id for each in accounts if each.id not in answered]
    return [rights.row(each) for each in wanted.best_first(rows, values)], silent


def _any_list(answers: Mapping[str, Answer]) -> bool:
    return any(isinstance(each, list) for each in [*answers.values()])


def _search(
    wanted: Search, values: Values, answers: dict[str, Answer], name: str, provider: Provider
) -> None:
    try:
        answers[name] = wanted.run(provider, values)
    except ProviderError as error:
        answers[name] = error


@routes.get("/options/<key>")
def options(key: str) -> Reply:
    return as_json(rows(services().catalog.option(key), reading.query()))


def rows(wanted: Options, given: Mapping[str, Any]) -> list[dict[str, str]]:
    """The page of a dropdown that is asked for, else its first WHOLE rows."""
    query = reading.load(OptionsQuery, given)
    every = all_rows(wanted, query.get("connection"))
    needle = query.get("q", "").casefold()
    found = [row for row in every if needle in row["label"].casefold() or needle == row["id"]]
    first = query.get("page", 0) * PAGE
    return found[first : first + (PAGE if "page" in query else WHOLE)]


def all_rows(wanted: Options, connection: str | None = None) -> list[dict[str, str]]:
    """The whole of a dropdown, of one connection where that is named."""
    return _every(wanted, _accounts(wanted.needs, connection))


def _accounts(needs: Any, wanted: str | None) -> list[Connection]:
    """Connections that have the capability; none is an empty dropdown, not an error."""
    if wanted:
        found = [connections.get(services(), workspace(), wanted)]
    else:
        found = connections.listed(services(), workspace())
    return [each for each in found if connections.can(services(), each, needs)]


def _every(wanted: Options, accounts: Sequence[Connection]) -> list[dict[str, str]]:
    """The rows of all these accounts, each id once."""
    if wanted.needs is None:
        linked = [(each, link(services(), each)) for each in accounts]
        return wanted.list([Linked(id=a.id, label=a.label, provider=p) for a, p in linked])
    within = PATIENCE if len(accounts) > 1 else REQUEST_SECONDS
    filled = _filled(accounts, belongings.asked(services(), wanted, accounts, within=within))
    return _together([(each.label, rows) for each, rows in filled if rows])


def _filled(
    accounts: Sequence[Connection], answers: Mapping[str, Answer]
) -> list[tuple[Connection, Rows]]:
    """The accounts that answered, with their rows.

    One account that fails must not hide the rows of the others. Where no row is left, its error is
    raised: an empty list would read as "you have none".
    """
    filled = [(each, rows) for each in accounts if isinstance(rows := answers.get(each.id), list)]
    if len(filled) < len(accounts) and not any(rows for _, rows in filled):
        failed = next(each for each in accounts if not isinstance(answers.get(each.id), list))
        error = answers.get(failed.id)
        if not isinstance(error, ProviderError):
            error = ProviderUnavailable(
                "There was no answer in time; name a connection that answers, or try again."
            )
        raise as_answer(error, f"{failed.label}: " if len(accounts) > 1 else "") from error
    return filled


def _together(filled: Sequence[tuple[str, list[dict[str, str]]]]) -> list[dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for label, some in filled:
        suffix = f" · {label}" if len(filled) > 1 else ""
        for row in some:
            found.setdefault(row["id"], {**row, "label": row["label"] + suffix})
    return list(found.values())


class UpstreamRefused(HooklineError):
    """The provider's refusal, under a status that a platform shows with its sentence."""

    code, title, status = "provider-rejected", "The provider refused", 502


def as_answer(error: ProviderError, of: str) -> HooklineError:
    """The caller's error for a provider's; a provider's rate limit becomes the caller's 429."""
    if isinstance(error, ProviderUnavailable) and error.retry_after:
        return RateLimited(of + error.message, retry_after=error.retry_after)
    refused = UpstreamRefused(of + error.message)
    if isinstance(error, ProviderRejected):
        refused.status = PASSED_ON.get(error.upstream_status, refused.status)
    return refused
