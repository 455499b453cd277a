"""What breaks the rules on how the parts work together."""

from __future__ import annotations

from tests.platforms.make import rules_flow as rules
from tests.platforms.make.app import GONE
from tests.platforms.make.spoilt import FIND, HOOK, LINK, LIST, POLL, SEND, Spoilt

CASES = [
    Spoilt(
        rules.a_connection_keeps_what_calls_need,
        f"{LINK}.communication",
        ("response", "data", "apiKey"),
        GONE,
    ),
    Spoilt(rules.a_connection_has_a_name, f"{LINK}.communication", ("response", "metadata"), {}),
    Spoilt(
        rules.a_webhook_gives_its_address_and_keeps_what_detaching_needs,
        f"{HOOK}.attach",
        ("response", "data"),
        {},
    ),
    Spoilt(
        rules.a_webhook_gives_its_address_and_keeps_what_detaching_needs,
        f"{HOOK}.attach",
        ("body", "target_url"),
        "",
    ),
    Spoilt(
        rules.a_webhook_gives_its_address_and_keeps_what_detaching_needs, f"{HOOK}.detach", (), {}
    ),
    Spoilt(
        rules.a_webhook_says_only_what_a_webhook_can, f"{HOOK}.communication", ("url",), "/v1/hooks"
    ),
    Spoilt(
        rules.a_webhook_says_only_what_a_webhook_can, f"{HOOK}.communication", ("output",), GONE
    ),
    Spoilt(
        rules.a_poll_says_how_to_tell_new_from_old,
        f"{POLL}.communication",
        ("response", "trigger", "date"),
        GONE,
    ),
    Spoilt(
        rules.a_poll_says_how_to_tell_new_from_old,
        f"{POLL}.communication",
        ("response", "trigger", "order"),
        "newest",
    ),
    Spoilt(
        rules.a_poll_says_how_to_tell_new_from_old,
        f"{POLL}.communication",
        ("response", "trigger"),
        GONE,
    ),
    Spoilt(
        rules.a_poll_by_id_has_numbers_for_ids,
        f"{POLL}.communication",
        ("response", "trigger", "type"),
        "id",
    ),
    Spoilt(
        rules.a_poll_lets_its_user_choose_where_to_start,
        f"{POLL}.epoch",
        ("response", "limit"),
        3200,
    ),
    Spoilt(
        rules.a_poll_lets_its_user_choose_where_to_start,
        f"{POLL}.epoch",
        ("response", "output", "date"),
        GONE,
    ),
    Spoilt(
        rules.what_gives_many_has_a_limit_that_its_user_sets,
        f"{FIND}.communication",
        ("response", "limit"),
        GONE,
    ),
    Spoilt(
        rules.what_gives_many_has_a_limit_that_its_user_sets,
        f"{FIND}.mappable-params",
        (-1, "type"),
        "text",
    ),
    Spoilt(
        rules.what_gives_many_goes_through_it,
        f"{FIND}.communication",
        ("response", "iterate"),
        GONE,
    ),
    Spoilt(
        rules.what_gives_one_does_not,
        f"{SEND}.communication",
        ("response", "iterate"),
        "{{body.jobs}}",
    ),
    Spoilt(rules.only_a_poll_has_marks, f"{FIND}.communication", ("response", "trigger"), {}),
    Spoilt(
        rules.a_dropdown_gives_labels_and_values,
        f"{LIST}.communication",
        ("response", "output", "value"),
        GONE,
    ),
    Spoilt(
        rules.a_dropdown_gives_labels_and_values,
        f"{LIST}.communication",
        ("response", "limit"),
        501,
    ),
    Spoilt(
        rules.expressions_use_what_is_there,
        f"{SEND}.communication",
        ("body", "phone"),
        "{{parameters.to}}",
    ),
    Spoilt(
        rules.expressions_use_what_is_there,
        f"{SEND}.communication",
        ("response", "output"),
        "{{item}}",
    ),
    Spoilt(
        rules.expressions_use_what_is_there,
        f"{SEND}.communication",
        ("qs", "page"),
        "{{pagination.page}}",
    ),
]
