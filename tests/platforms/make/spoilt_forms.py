"""What breaks the rules on forms, interfaces and samples."""

from __future__ import annotations

from tests.platforms.make import rules_forms as rules
from tests.platforms.make.app import GONE
from tests.platforms.make.spoilt import ANY, HOOK, LINK, POLL, SEND, WATCH, Spoilt

CASES = [
    Spoilt(rules.fields_are_of_known_types, f"{SEND}.mappable-params", (0, "type"), "string"),
    Spoilt(rules.fields_are_of_known_types, f"{WATCH}.interface", (0, "type"), GONE),
    Spoilt(rules.fields_have_known_keys, f"{SEND}.mappable-params", (0, "sample"), "x"),
    Spoilt(rules.fields_have_names_and_labels, f"{SEND}.mappable-params", (0, "label"), "x" * 257),
    Spoilt(rules.fields_have_names_and_labels, f"{SEND}.interface", (0, "name"), ""),
    Spoilt(rules.flags_are_flags, f"{SEND}.mappable-params", (0, "required"), "yes"),
    Spoilt(rules.names_are_used_once_in_a_form, f"{SEND}.mappable-params", (1, "name"), "phone"),
    Spoilt(rules.a_select_offers_something, f"{SEND}.mappable-params", (0, "type"), "select"),
    Spoilt(
        rules.a_select_offers_something,
        f"{ANY}.mappable-params",
        (1, "options", 0),
        {"label": "GET"},
    ),
    Spoilt(
        rules.a_dropdown_is_there, f"{SEND}.mappable-params", (2, "options"), "rpc://listPhones"
    ),
    Spoilt(rules.dropdowns_of_triggers_can_be_typed_into, f"{HOOK}.params", (0, "editable"), GONE),
    Spoilt(rules.text_of_several_lines_is_text, f"{SEND}.mappable-params", (1, "type"), "date"),
    Spoilt(rules.secrets_are_hidden, f"{LINK}.params", (1, "type"), "text"),
    Spoilt(rules.a_trigger_maps_nothing, f"{POLL}.mappable-params", (), [{"name": "x"}]),
    Spoilt(rules.a_trigger_maps_nothing, f"{SEND}.static-params", (), [{"name": "x"}]),
    Spoilt(rules.every_module_says_what_it_gives_back, f"{SEND}.samples", (), {}),
    Spoilt(rules.every_module_says_what_it_gives_back, f"{SEND}.interface", (), []),
    Spoilt(rules.samples_are_of_the_interface, f"{WATCH}.samples", ("colour",), "red"),
]
