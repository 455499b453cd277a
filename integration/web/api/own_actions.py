"""Our own actions and searches, which ask no account: done while the caller waits."""

from collections.abc import Mapping, Sequence
from typing import Any

from integration.jobs import accept, done, new_jobs
from integration.jobs.accept import Accepted, AcceptOptions
from integration.jobs.new_jobs import NoAccount
from integration.jobs.record import Job
from integration.kernel.specs import Action, Search, Values
from integration.opt_outs.of_workspace import WorkspaceOptOuts
from integration.web.core import admission, reading
from integration.web.core.current import services, workspace


def take(action: Action, given: Mapping[str, Any], options: AcceptOptions) -> Accepted:
    """Do it, and record its jobs. An idempotency key that came before gives the first answer."""
    values: Values = reading.load(action.inputs, given)
    admission.ensure_admitted()
    first = accept.earlier(services(), workspace(), action, options)
    return first or done.store(services(), action, _done(action, values), options)


def _done(action: Action, values: Values) -> Sequence[Job]:
    asked = new_jobs.made(NoAccount(workspace()), action, values)
    return [done.ended(each, action.run(_register(), each.input)) for each in asked]


def find(search: Search, values: Values) -> list[dict[str, Any]]:
    return search.run(_register(), values)


def _register() -> WorkspaceOptOuts:
    return WorkspaceOptOuts(services(), workspace())
