"""Workspaces over HTTP, for the operator: made, listed, limited, erased."""

from typing import Any

from flask import Blueprint

from integration.accounts import audit, erasure, workspaces
from integration.kernel.errors import Forbidden
from integration.kernel.fields import Inputs, Number, Word
from integration.store import keys, replicas
from integration.web.core import admission, operator, paging, reading, removal, trail
from integration.web.core.answers import Reply, as_json, page
from integration.web.core.current import services

routes = Blueprint("workspaces", __name__, url_prefix="/v1/workspaces")
CLOSED = "OPERATOR_KEY is not set, so workspaces are managed by the command line alone."
OPERATORS = "Workspaces are the operator's: call with the key that OPERATOR_KEY holds."


def _count(label: str, help: str, sample: str, most: int) -> Number:
    return Number(least=1, most=most, label=label, help=help, sample=sample)


class Limits(Inputs):
    rate_limit = _count("Rate limit", "Calls a minute of all its keys together.", "600", 1_000_000)
    backlog = _count("Backlog", "Jobs that may wait at once.", "10000", 10_000_000)
    hooks = _count("Hooks", "Hooks that it may have.", "100", 10_000)


class WorkspaceInput(Limits):
    name = Word(
        required=True,
        label="Name",
        help="1 to 63 letters, digits, dots, dashes and underscores.",
        sample="acme",
    )


@routes.before_request
def admit() -> None:
    """The operator's key alone; any other is admitted as ever, and then refused."""
    if not operator.enters():
        admission.admit()
        raise Forbidden(OPERATORS if services().settings.operator_key else CLOSED)


@routes.get("")
def every() -> Reply:
    return page(*paging.cut(workspaces.listed(services().db)))


@routes.post("")
def make() -> Reply:
    """The first key is in this answer and never again."""
    wanted = reading.load(WorkspaceInput, _flat(reading.body()))
    name = wanted.pop("name")
    erasure.settle(services().db, name)
    made, record, key = workspaces.create(
        services().db, name, wanted, services().settings.store_replicas
    )
    _note("workspace.created", name)
    return as_json({**made, "key_id": record["id"], "key": key}, 201)


@routes.get("/<name>")
def look(name: str) -> Reply:
    return as_json(workspaces.get(services().db, name))


@routes.patch("/<name>")
def change(name: str) -> Reply:
    """Change limits; null gives one back to the service's settings."""
    body = _flat(reading.body())
    cleared = {each: None for each in workspaces.LIMITS if each in body and body[each] is None}
    wanted = reading.load(Limits, body)
    own = services()
    changed = workspaces.limit(own.db, name, {**cleared, **wanted})
    replicas.confirm(own.db, own.settings.store_replicas, ("SISMEMBER", keys.WORKSPACES, name))
    given = {**cleared, **wanted}.items()
    _note(
        "workspace.changed", name, ", ".join(f"{each} {value or 'none'}" for each, value in given)
    )
    return as_json(changed)


@routes.delete("/<name>")
def erase(name: str) -> Reply:
    """Everything of the workspace goes, for good."""
    with removal.confirmed("SISMEMBER", keys.WORKSPACES, name):
        gone = erasure.erase(services(), name)
        trail.note("workspace.deleted", name, workspace=audit.EVERY)
    return as_json({"name": name, "erased": gone})


def _flat(body: dict[str, Any]) -> dict[str, Any]:
    """Limits may stand in an object of their own, as answers show them."""
    nested = body.pop("limits", None)
    return {**nested, **body} if isinstance(nested, dict) else body


def _note(action: str, name: str, detail: str = "") -> None:
    """In the workspace's own list, and in the operator's."""
    for each in (name, audit.EVERY):
        trail.note(action, name, detail, each)
