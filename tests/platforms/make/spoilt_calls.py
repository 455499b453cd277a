"""What breaks the rules on single directives of a call."""

from __future__ import annotations

from tests.platforms.make import rules_calls as rules
from tests.platforms.make.app import GONE
from tests.platforms.make.spoilt import ANY, BASE, HOOK, LINK, POLL, SEND, Spoilt

CASES = [
    Spoilt(rules.directives_are_known, f"{SEND}.communication", ("baseUrl",), "x"),
    Spoilt(rules.directives_are_known, BASE, ("gzip",), True),
    Spoilt(rules.directives_are_known, f"{POLL}.epoch", ("response", "trigger"), {}),
    Spoilt(rules.directives_are_known, f"{SEND}.communication", ("response", "outputs"), ""),
    Spoilt(
        rules.a_call_that_writes_has_an_address_and_a_body,
        f"{SEND}.communication",
        ("body",),
        GONE,
    ),
    Spoilt(rules.a_call_that_writes_has_an_address_and_a_body, f"{HOOK}.attach", ("url",), GONE),
    Spoilt(
        rules.addresses_are_short_and_behind_the_server,
        f"{SEND}.communication",
        ("url",),
        "v1/actions/send-sms",
    ),
    Spoilt(
        rules.addresses_are_short_and_behind_the_server,
        f"{ANY}.communication",
        ("url",),
        "{{parameters.url}}",
    ),
    Spoilt(
        rules.addresses_are_short_and_behind_the_server,
        f"{SEND}.communication",
        ("url",),
        "/" + "x" * 512,
    ),
    Spoilt(rules.methods_are_known, f"{SEND}.communication", ("method",), "SEND"),
    Spoilt(rules.headers_and_queries_are_flat, f"{SEND}.communication", ("qs", "x"), {}),
    Spoilt(rules.body_types_are_known, f"{ANY}.communication", ("type",), "xml"),
    Spoilt(
        rules.errors_have_a_message_and_a_known_type, BASE, ("response", "error", "message"), ""
    ),
    Spoilt(
        rules.errors_have_a_message_and_a_known_type,
        BASE,
        ("response", "error", "4xx"),
        {"message": "x"},
    ),
    Spoilt(
        rules.errors_have_a_message_and_a_known_type,
        BASE,
        ("response", "error", "422", "type"),
        "ValidationError",
    ),
    Spoilt(
        rules.errors_have_a_message_and_a_known_type,
        BASE,
        ("response", "error", "422", "message"),
        "x" * 1025,
    ),
    Spoilt(
        rules.validity_is_a_condition_with_words,
        f"{LINK}.communication",
        ("response", "valid", "condition"),
        GONE,
    ),
    Spoilt(rules.only_base_has_a_timeout_and_a_bearable_one, BASE, ("timeout",), 300_001),
    Spoilt(rules.only_base_has_a_timeout_and_a_bearable_one, BASE, ("timeout",), 20_000),
    Spoilt(rules.keys_are_hidden_from_logs, BASE, ("log",), GONE),
    Spoilt(rules.keys_are_hidden_from_logs, f"{LINK}.communication", ("log", "sanitize"), []),
    Spoilt(
        rules.what_is_gone_through_is_named, f"{POLL}.communication", ("response", "iterate"), {}
    ),
    Spoilt(
        rules.expressions_are_of_the_part_that_we_know,
        f"{SEND}.communication",
        ("body", "phone"),
        "{{trim(parameters.phone)}}",
    ),
    Spoilt(
        rules.expressions_are_of_the_part_that_we_know,
        f"{SEND}.communication",
        ("body", "phone"),
        "{{if(parameters.phone, 1}}",
    ),
]
