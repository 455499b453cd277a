"""The shared parts of a Make app: base, connection, webhooks and dropdowns."""

import json
from typing import Any

from integration.kernel.catalog import dashed
from integration.kernel.specs import Options, Trigger
from platforms._make_component import Component
from platforms._make_fields import dropdown, given, parameters
from platforms._make_modules import CONNECTION, webhook_id
from platforms._make_words import shown, watch
from platforms._shared_words import sentence

Json = dict[str, Any]
ALLOWED_MS = 60_000
"""Milliseconds that Make allows for one call; more than an action waits."""
DROPDOWN_PAGE = 100
"""Rows of a dropdown in one answer."""
MOST_CHOICES = 500
NOTHING_SAID = "The server URL did not answer as Hookline does; check it, and that it is reachable."
ACCEPT = "application/json, application/problem+json;q=0"
"""Make parses `application/json` and no other JSON, so it would show none of our sentences.
Source: Make's documentation of the directive `response.type`."""
KINDS_OF_ERROR = {
    "400": "DataError",
    "401": "InvalidAccessTokenError",
    "404": "DataError",
    "409": "DataError",
    "413": "DataError",
    "415": "DataError",
    "422": "DataError",
    "429": "RateLimitError",
    "503": "ConnectionError",
}
"""Make's error for each of our statuses: 401 switches the scenario off, 429 and 503 retry.

403 is missing: it may concern one number, which must not switch a scenario off. 409 is no
DuplicateDataError: Make would pass over a text that was not sent.
"""


def base() -> Json:
    """The settings of every call."""
    return {
        "baseUrl": "{{connection.baseUrl}}",
        "headers": {"accept": ACCEPT, "authorization": "Bearer {{connection.apiKey}}"},
        "timeout": ALLOWED_MS,
        "response": {"error": errors()},
        "log": {"sanitize": ["request.headers.authorization"]},
    }


def errors() -> Json:
    """Our own sentence; where something else answers, such as a proxy, a sentence that says so."""
    said = f"[{{{{statusCode}}}}] {{{{ifempty(body.message, '{NOTHING_SAID}')}}}}"
    by_status = {status: {"type": kind, "message": said} for status, kind in KINDS_OF_ERROR.items()}
    return {"type": "RuntimeError", "message": said, **by_status}


def connection(kept: str) -> Component:
    """The connection of the fixed files, with what it accepts and what an error says."""
    made = Component(**json.loads(kept))
    made.codes["communication"]["headers"]["accept"] = ACCEPT
    made.codes["communication"]["response"]["error"] = errors()
    return made


def webhook(trigger: Trigger) -> Component:
    """One hook of ours for each webhook of Make's; the end of the scenario removes it."""
    wanted = {"target_url": "{{webhook.url}}", "trigger": dashed(trigger.key), "platform": "make"}
    return Component(
        kind="webhook",
        id=webhook_id(trigger),
        facts={
            "label": shown(watch(trigger)),
            "webhookType": "web",
            "connection": CONNECTION,
        },
        codes={
            "communication": {"output": "{{body}}"},
            "params": parameters(trigger.inputs, mapped=False),
            "attach": {
                "url": "/v1/hooks",
                "method": "POST",
                "body": wanted | given(trigger.inputs),
                "response": {"data": {"externalHookId": "{{body.id}}"}},
            },
            "detach": {"url": "/v1/hooks/{{webhook.externalHookId}}", "method": "DELETE"},
        },
    )


CHOSEN: Json = {"name": "connection", "type": "text", "label": "Connection"}


def options(spec: Options) -> Component:
    response: Json = {
        "limit": MOST_CHOICES,
        "iterate": "{{body}}",
        "output": {"label": "{{item.label}}", "value": "{{item.id}}"},
    }
    # Make hands the values of the step's form to the procedure.
    chosen = {"qs": {"connection": "{{parameters.connection}}"}} if spec.needs else {}
    more = {
        # Make's second page is 2, ours is 1.
        "qs": {"page": "{{pagination.page - 1}}"},
        "condition": f"{{{{length(body) == {DROPDOWN_PAGE}}}}}",
    }
    return Component(
        kind="rpc",
        id=dropdown(spec.key),
        facts={"label": shown(sentence(f"List {spec.label}")), "connection": CONNECTION},
        codes={
            "communication": {
                "url": f"/v1/options/{dashed(spec.key)}",
                "method": "GET",
                **chosen,
                "response": response,
                "pagination": more,
            },
            "params": [CHOSEN] if spec.needs else [],
        },
    )
