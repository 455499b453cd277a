"""The sending rules of a workspace over HTTP: shown and changed."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint

from integration.accounts import connections, sending_rules
from integration.accounts.sending_rules import SendingRules
from integration.kernel.capabilities import SendsMms, SendsSms
from integration.kernel.errors import InvalidInput
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
    """What is left out stays as it is; an empty list of connections ends failover."""
    body = reading.body()
    given = reading.load(SendingRulesInput, body)
    if FALLBACKS in body and blank(body[FALLBACKS]):
        given[FALLBACKS] = []
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
    found = [connections.get(services(), workspace(), each) for each in wanted]
    lines = [
        f"{each.label} sends no texts; leave it out."
        for each in found
        if not any(connections.can(services(), each, needs) for needs in (SendsSms, SendsMms))
    ]
    if lines:
        raise InvalidInput(f"{FALLBACKS}: {lines[0]}", errors={FALLBACKS: lines})


def _shown(found: SendingRules) -> dict[str, Any]:
    return {
        "deduplicate_within": found.deduplicate_within,
        "fallback_connections": list(found.fallback_connections),
        "failover_after": found.failover_after,
    }
