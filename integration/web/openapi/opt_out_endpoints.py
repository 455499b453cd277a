"""The endpoints of the register of opt-outs, and the objects that they answer with."""

from typing import Any

from integration.kernel.opt_out_inputs import (
    MOST_WORDS,
    EntryInput,
    ImportInput,
    LiftInput,
    RulesInput,
)
from integration.opt_outs.wanted import CONFIRMED
from integration.schema import json_schema as schema
from integration.schema.components import COUNT, MAYBE, TEXT, answered, like
from integration.schema.endpoint import Endpoint, Reply, array, ref
from integration.web.api.opt_out_rows import CSV, MOST_ROWS
from integration.web.api.opt_outs import ListInput
from integration.web.openapi.resources import CONNECTION_ID, section

OPT_OUT: dict[str, Any] = {
    "phone": "+14155550123",
    "connection": CONNECTION_ID,
    "sender": "+14155550100",
    "opted_out": True,
    "by": "word",
    "note": "STOP",
    "changed_at": "2026-01-31T09:00:00Z",
}
CHANGED: dict[str, Any] = {"numbers": 1, "changed": 1, "skipped": 0, "refused": 0, "reasons": []}
RULES: dict[str, Any] = {
    "enabled": True,
    "stop_words": [],
    "usual_words": {"English": ["STOP", "END"], "German": ["ABMELDEN"]},
    "start_words": ["START", "UNSTOP", "YES"],
    "confirm": False,
    "confirm_text": CONFIRMED,
    "help_text": None,
}
_YES_OR_NO: dict[str, Any] = {"type": "boolean"}
SCHEMAS: dict[str, Any] = {
    "OptOut": like(
        OPT_OUT,
        connection=TEXT | {"description": "An id; `every` where it holds for every account."},
        sender=MAYBE | {"description": "Your number or name; null where all of them are meant."},
        opted_out=_YES_OR_NO | {"description": "false for somebody who opted in again."},
        by=TEXT | {"enum": ["word", "provider", "hand"]},
        note=TEXT | {"description": "The word, the provider's code, or the reason."},
    ),
    "OptOutsChanged": answered(
        {
            "numbers": COUNT | {"description": "Numbers in the call."},
            "changed": COUNT | {"description": "Entries that are other than before."},
            "skipped": COUNT | {"description": "Rows of people who opted in again."},
            "refused": COUNT | {"description": "Wrong rows that were left out."},
            "reasons": array(TEXT) | {"description": "Why, for the first of these rows."},
        }
    ),
    "OptOutRules": like(
        RULES,
        enabled=_YES_OR_NO,
        stop_words=array(TEXT) | {"description": "Your own words; empty where the usual hold."},
        usual_words={"type": "object", "additionalProperties": array(TEXT)},
        start_words=array(TEXT),
        confirm=_YES_OR_NO | {"description": "Whether an opt-out by a word is confirmed."},
        help_text=MAYBE | {"description": "What HELP is answered with; null for nothing."},
    ),
}
_ENTRY = schema.of_inputs(EntryInput)
_SKIP = schema.properties(ImportInput)
_ROWS = array(_ENTRY) | {"minItems": 1, "maxItems": MOST_ROWS}
_WORD = TEXT | {"pattern": r"^[^\W_]{1,40}$"}
_WORDS = {"type": ["array", "null"], "items": _WORD, "maxItems": MOST_WORDS}
_RULES = schema.of_inputs(RulesInput)
_RULES["properties"]["stop_words"] |= _WORDS | {"examples": [["STOP", "BASTA"]]}
_CHANGED = Reply(description="What changed.", schema=ref("OptOutsChanged"), example=CHANGED)
_RULES_NOW = Reply(description="The rules.", schema=ref("OptOutRules"), example=RULES)
_PAGE = Reply(
    description="One page of them.",
    schema=answered({"data": array(ref("OptOut")), "next_cursor": MAYBE}),
    example={"data": [OPT_OUT], "next_cursor": None},
    also=(CSV,),
)
OPT_OUTS = section(
    "Opt-outs",
    Endpoint(
        "GET /v1/opt-outs",
        "list_opt_outs",
        "List who wants no texts of yours, and who wants them again, the latest first.",
        [_PAGE],
        description=f"Takes a key with the scope `texts`. With `format=csv` the answer is the whole"
        f" list as `{CSV}`, which an import reads again.",
        parameters=schema.parameters(
            ListInput, cursor={"pattern": "^p[0-9]{1,9}([.][0-9]{1,6})?$"}
        ),
        problems=(422,),
    ),
    Endpoint(
        "POST /v1/opt-outs",
        "add_opt_outs",
        "Add people who want no texts, one or many.",
        [_CHANGED],
        description="One person or several under one `phone`, or `rows` with an object for each. A"
        f" table is read as well (`Content-Type: {CSV}`; its first line names the columns). Nothing"
        " is taken of a list with a row that is refused, unless `skip_wrong` (in the query of a"
        " table, or beside `rows`) leaves such rows out.",
        parameters=schema.parameters(ImportInput),
        body={"anyOf": [_ENTRY, schema.shut({"rows": _ROWS} | _SKIP, ["rows"])]},
        body_example={"phone": OPT_OUT["phone"], "reason": "Asked on the phone"},
        problems=(404,),
    ),
    Endpoint(
        "DELETE /v1/opt-outs",
        "lift_opt_out",
        "Text somebody again who has agreed to it; says why.",
        [_CHANGED],
        parameters=schema.parameters(LiftInput),
        description="The fields are read from the body as well, which no proxy notes.",
        problems=(404, 422),
    ),
    Endpoint(
        "GET /v1/opt-outs/rules",
        "get_opt_out_rules",
        "Show whether the register is kept, and which words opt out.",
        [_RULES_NOW],
    ),
    Endpoint(
        "PATCH /v1/opt-outs/rules",
        "update_opt_out_rules",
        "Switch the register on or off, or choose the words.",
        [_RULES_NOW],
        body=_RULES,
        body_example={"enabled": True},
    ),
)
