"""The sending rules of a workspace over HTTP: shown and changed."""

from typing import Any

from flask import Blueprint

from integration.accounts import sending_rules
from integration.accounts.sending_rules import SendingRules
from integration.kernel.sending_inputs import SendingRulesInput
from integration.web.core import reading, trail
from integration.web.core.answers import Reply, as_json
from integration.web.core.current import services, workspace

routes = Blueprint("sending", __name__, url_prefix="/v1/sending")


@routes.get("/rules")
def rules() -> Reply:
    return as_json(_shown(sending_rules.stored(services().db, workspace())))


@routes.patch("/rules")
def change() -> Reply:
    """What is left out stays as it is."""
    given = reading.load(SendingRulesInput, reading.body())
    changed = sending_rules.store(services().db, workspace(), given)
    trail.note("sending.rules-changed", "sending", ", ".join(f"{a} {b}" for a, b in given.items()))
    return as_json(_shown(changed))


def _shown(found: SendingRules) -> dict[str, Any]:
    return {"deduplicate_within": found.deduplicate_within}
