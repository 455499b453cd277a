"""What breaks the rules on what reviewers ask."""

from __future__ import annotations

from tests.platforms.make import rules_review as rules
from tests.platforms.make.app import GONE
from tests.platforms.make.spoilt import ANY, BASE, MANIFEST, SEND, SENT, WATCH, Spoilt

CASES = [
    Spoilt(
        rules.triggers_watch,
        MANIFEST,
        ("components", "module", "watchInboundSms", "label"),
        "New inbound SMS",
    ),
    Spoilt(rules.triggers_watch, MANIFEST, (*SENT, "label"), "Watch SMS"),
    Spoilt(rules.others_say_first_what_they_do, MANIFEST, (*SENT, "label"), "New SMS"),
    Spoilt(rules.labels_are_in_sentence_case, MANIFEST, (*SENT, "label"), "Send a Message"),
    Spoilt(rules.labels_are_in_sentence_case, f"{WATCH}.interface", (0, "label"), "received at"),
    Spoilt(
        rules.labels_are_in_sentence_case, f"{SEND}.mappable-params", (0, "label"), "Phone Number"
    ),
    Spoilt(rules.no_two_modules_are_called_alike, MANIFEST, (*SENT, "label"), "Send an MMS"),
    Spoilt(rules.descriptions_are_sentences, MANIFEST, (*SENT, "description"), "sends a text"),
    Spoilt(rules.fields_to_fill_in_are_explained, f"{SEND}.mappable-params", (0, "help"), GONE),
    Spoilt(rules.actions_say_what_they_do_to_things, MANIFEST, (*SENT, "actionCrud"), GONE),
    Spoilt(
        rules.one_module_makes_any_call_and_only_to_the_server,
        MANIFEST,
        ("components", "module", "makeApiCall", "label"),
        "Call the API",
    ),
    Spoilt(
        rules.one_module_makes_any_call_and_only_to_the_server,
        f"{ANY}.communication",
        ("url",),
        "{{connection.baseUrl}}{{parameters.url}}",
    ),
    Spoilt(
        rules.one_module_makes_any_call_and_only_to_the_server,
        MANIFEST,
        (*SENT, "moduleType"),
        "universal",
    ),
    Spoilt(
        rules.errors_bear_their_status,
        BASE,
        ("response", "error", "422", "message"),
        "{{body.message}}",
    ),
    Spoilt(rules.errors_bear_their_status, BASE, ("response", "error", "429"), GONE),
    Spoilt(
        rules.braces_in_texts_are_no_expressions,
        f"{SEND}.mappable-params",
        (0, "help"),
        "Such as {{phone}}.",
    ),
    Spoilt(
        rules.braces_in_texts_are_no_expressions, MANIFEST, (*SENT, "description"), "Sends {{x}}."
    ),
]
