"""The sending rules of a workspace over HTTP: shown and changed."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint

from integration.accounts import connections, sending_rules
from integration.accounts.sending_rules import SendingRules
from integration.kernel.capabilities import SendsMms, SendsSms
from integration.kernel.errors import InvalidInput, NotFound
from integration.kernel.fields import blank
from integration.kernel.sending_inputs import SendingRulesInput
from integration.web.core import reading, trail
from integration.web.core.answers import Reply, as_json
from integration.web.core.current import services, workspace

routes = Blueprint("sending", __name__, url_prefix="/v1/sending")
FALLBACKS = "fallback_connections"


@routes.get("/rules")
def rules() -> Reply:
    return as_json(_shown(sending_rules.stored(services().db, workspace())))


@routes.patch("/rules")
def change() -> Reply:
    """What is left out stays as it is; null, or nothing, is again what it was at first."""
    body = reading.body()
    first = _shown(SendingRules())
    given = {name: first[name] for name in first if name in body and blank(body[name])}
    given |= reading.load(SendingRulesInput, body)
    _check(given.get(FALLBACKS, ()))
    changed = sending_rules.store(services().db, workspace(), given)
    said = (f"{name} {_said(value)}" for name, value in given.items())
    trail.note("sending.rules-changed", "sending", ", ".join(said))
    return as_json(_shown(changed))


def _said(value: int | Sequence[str]) -> str:
    return str(value) if isinstance(value, int) else " ".join(value) or "none"


def _check(wanted: Sequence[str]) -> None:
    """Raises NotFound for a connection that is not there, InvalidInput for one that sends no
    texts."""
    lines = [line for each in wanted if (line := _why_not(each))]
    if lines:
        raise InvalidInput(f"{FALLBACKS}: {lines[0]}", errors={FALLBACKS: lines})


def _why_not(wanted: str) -> str:
    """A sentence about a connection that sends no texts, else ""."""
    try:
        found = connections.get(services(), workspace(), wanted)
    except NotFound as error:
        sentence = f"'{wanted}' is no connection of this workspace; choose one from the list."
        raise NotFound(f"{FALLBACKS}: {sentence}") from error
    if any(connections.can(services(), found, needs) for needs in (SendsSms, SendsMms)):
        return ""
    return f"{found.label} sends no texts; leave it out."


def _shown(found: SendingRules) -> dict[str, Any]:
    return {
        "deduplicate_within": found.deduplicate_within,
        "fallback_connections": list(found.fallback_connections),
        "failover_after": found.failover_after,
    }
