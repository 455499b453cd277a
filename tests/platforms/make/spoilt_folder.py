"""What breaks the rules on the folder."""

from __future__ import annotations

from tests.platforms.make import rules_folder as rules
from tests.platforms.make.app import GONE
from tests.platforms.make.spoilt import GROUPS, MANIFEST, SEND, SENT, Spoilt

CASES = [
    Spoilt(rules.the_manifest_has_its_keys, MANIFEST, ("fileVersion",), 2),
    Spoilt(rules.the_manifest_has_its_keys, MANIFEST, ("remark",), ""),
    Spoilt(rules.the_manifest_has_its_keys, MANIFEST, ("components", "endpoint"), GONE),
    Spoilt(rules.the_manifest_has_its_keys, MANIFEST, ("generalCodeFiles", "common"), GONE),
    Spoilt(rules.ids_are_of_their_form, MANIFEST, ("components", "module", "send-sms"), {}),
    Spoilt(rules.ids_are_of_their_form, MANIFEST, ("components", "module", "ab"), {}),
    Spoilt(rules.ids_are_of_their_form, MANIFEST, ("components", "module", "delete"), {}),
    Spoilt(rules.ids_are_of_their_form, MANIFEST, ("components", "rpc", "a" * 49), {}),
    Spoilt(rules.ids_are_of_their_form, MANIFEST, ("components", "webhook", "hook-"), {}),
    Spoilt(rules.ids_are_of_their_form, MANIFEST, ("components", "connection", "a" * 36), {}),
    Spoilt(rules.facts_are_known, MANIFEST, (*SENT, "colour"), "red"),
    Spoilt(rules.facts_are_known, MANIFEST, (*SENT, "label"), ""),
    Spoilt(rules.facts_are_known, MANIFEST, (*SENT, "description"), GONE),
    Spoilt(rules.facts_are_known, MANIFEST, (*SENT, "moduleType"), "converger"),
    Spoilt(rules.facts_are_known, MANIFEST, (*SENT, "actionCrud"), "send"),
    Spoilt(
        rules.facts_are_known,
        MANIFEST,
        ("components", "webhook", "inboundSmsHook", "webhookType"),
        "dedicated",
    ),
    Spoilt(rules.codes_fit_their_component, MANIFEST, (*SENT, "codeFiles", "epoch"), "x"),
    Spoilt(rules.codes_fit_their_component, MANIFEST, (*SENT, "codeFiles", "communication"), GONE),
    Spoilt(
        rules.codes_fit_their_component,
        MANIFEST,
        ("components", "module", "watchInboundSms", "codeFiles", "scope"),
        "x",
    ),
    Spoilt(
        rules.files_lie_where_the_editor_puts_them,
        MANIFEST,
        (*SENT, "codeFiles", "samples"),
        "modules/sendSms/sendSms.samples.iml.json",
    ),
    Spoilt(
        rules.files_lie_where_the_editor_puts_them,
        MANIFEST,
        ("generalCodeFiles", "base"),
        "base.iml.json",
    ),
    Spoilt(rules.every_file_is_named_once_and_there, f"{SEND}.samples", (), GONE),
    Spoilt(rules.every_file_is_named_once_and_there, "general/common.json", (), {}),
    Spoilt(
        rules.every_file_is_named_once_and_there,
        MANIFEST,
        ("generalCodeFiles", "readme"),
        "modules/groups.json",
    ),
    Spoilt(rules.files_hold_json, f"{SEND}.interface", (), {}),
    Spoilt(rules.files_hold_json, f"{SEND}.communication", (), None),
    Spoilt(rules.references_lead_somewhere, MANIFEST, (*SENT, "connection"), "oauth"),
    Spoilt(
        rules.references_lead_somewhere,
        MANIFEST,
        ("components", "module", "watchInboundSms", "webhook"),
        "smsHook",
    ),
    Spoilt(
        rules.an_instant_trigger_has_a_webhook_and_others_a_connection,
        MANIFEST,
        ("components", "module", "watchInboundSms", "webhook"),
        None,
    ),
    Spoilt(
        rules.an_instant_trigger_has_a_webhook_and_others_a_connection,
        MANIFEST,
        (*SENT, "connection"),
        None,
    ),
    Spoilt(
        rules.origins_are_whole,
        MANIFEST,
        ("origins",),
        [{"label": "-FILL-ME-", "baseUrl": "https://eu1.make.com", "appId": "hookline"}],
    ),
    Spoilt(rules.groups_list_every_module_once, GROUPS, (0, "modules", 0), "sendFax"),
    Spoilt(rules.groups_list_every_module_once, GROUPS, (0, "modules", 0), "makeApiCall"),
    Spoilt(rules.groups_list_every_module_once, GROUPS, (0, "icon"), "sms"),
]
