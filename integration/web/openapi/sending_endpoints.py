"""The endpoints of a workspace's sending rules, and the object that they answer with."""

from typing import Any

from integration.kernel.sending_inputs import SendingRulesInput
from integration.schema import json_schema as schema
from integration.schema.components import COUNT, TEXT, like
from integration.schema.endpoint import Endpoint, Reply, array, ref
from integration.web.openapi.resources import CONNECTION_ID, section

RULES: dict[str, Any] = {
    "deduplicate_within": 600,
    "fallback_connections": [CONNECTION_ID],
    "failover_after": 300,
}
SCHEMAS: dict[str, Any] = {
    "SendingRules": like(
        RULES,
        deduplicate_within=COUNT
        | {"description": "Seconds in which a duplicate is refused; 0 for never."},
        fallback_connections=array(TEXT)
        | {"description": "In their order; empty for no failover."},
        failover_after=COUNT | {"description": "Seconds without an answer."},
    ),
}
_RULES_NOW = Reply(description="The rules.", schema=ref("SendingRules"), example=RULES)
SENDING = section(
    "Sending",
    Endpoint(
        "GET /v1/sending/rules",
        "get_sending_rules",
        "Show what holds for texts whose call does not say otherwise.",
        [_RULES_NOW],
    ),
    Endpoint(
        "PATCH /v1/sending/rules",
        "update_sending_rules",
        "Change what holds for texts whose call does not say otherwise.",
        [_RULES_NOW],
        body=schema.of_inputs(SendingRulesInput),
        body_example={"deduplicate_within": 600},
        problems=(404,),
    ),
)
