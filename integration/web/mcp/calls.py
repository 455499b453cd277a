"""Calls of tools: through the same code as the API's routes, so both do and refuse the same."""

import json
from collections.abc import Mapping
from typing import Any

from integration.inbound import cursors
from integration.kernel.call_options import Handling, Paging
from integration.kernel.errors import HooklineError, InvalidInput
from integration.kernel.specs import Action, Options, Search, Trigger
from integration.schema.mcp_tools import FEED_TOOL, WAIT, WAY_TOOL, JobQuery, Tool, WayQuery
from integration.web.api import actions as job_routes
from integration.web.api import activity, poll, searches_and_options
from integration.web.core import reading
from integration.web.core.current import require

Arguments = Mapping[str, Any]
Answer = Mapping[str, Any]


def call(tool: Tool, given: Arguments) -> dict[str, Any]:
    """The result of a call. An error is a result too, so that the assistant can mend its call."""
    try:
        require(tool.scope)
        answer = _run(tool, given)
    except HooklineError as error:
        return {"content": [_text(error.message)], "isError": True}
    written = json.dumps(answer, ensure_ascii=False)
    return {"content": [_text(written)], "structuredContent": answer, "isError": False}


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


def _run(tool: Tool, given: Arguments) -> Answer:
    spec = tool.spec
    if isinstance(spec, Action):
        return _act(spec, given)
    if isinstance(spec, Search):
        found, silent = searches_and_options.find(spec, given)
        return {"results": found, "unanswered": silent}
    if isinstance(spec, Trigger):
        return _poll(spec, tool, given)
    if isinstance(spec, Options):
        return {"options": searches_and_options.rows(spec, {"page": 0, **given})}
    if tool.name == FEED_TOOL:
        return activity.listed(given)
    if tool.name == WAY_TOOL:
        asked = reading.load(WayQuery, given)
        return activity.whole(asked["row_id"], asked.get("at"))
    job_id = reading.load(JobQuery, given)["job_id"]
    return job_routes.shown(job_id)


def _act(action: Action, given: Arguments) -> Answer:
    own = {name: given[name] for name in Handling().fields if name in given}
    handling = reading.load_each(Handling, own)
    seconds = handling.get("wait", WAIT)
    key = handling.get("idempotency_key")
    accepted = job_routes.take(action, dict(given), key)
    return job_routes.outcome(accepted, seconds)[0]


def _poll(trigger: Trigger, tool: Tool, given: Arguments) -> Answer:
    # `consumer` would move a cursor that is kept here, and this tool says that it only reads.
    hidden = (Paging().fields.keys() - tool.inputs["properties"].keys()) & given.keys()
    if hidden:
        sentence = f"{min(hidden)}: This tool does not take that field."
        raise InvalidInput(sentence, errors={name: [sentence] for name in hidden})
    batch = poll.polled(trigger, poll.asked(trigger, given))
    events = [json.loads(event) for event in batch.events]
    if trigger.single:
        return {"events": events}
    return {"events": events, "next_cursor": cursors.written(batch.position)}
