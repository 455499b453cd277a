"""Rules on how the parts work together: connection, webhook, poll, search, dropdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.platforms.make import iml
from tests.platforms.make.app import App

Json = dict[str, Any]
MOST_STARTS, MOST_CHOICES = 300, 500
EVERYWHERE = {"parameters", "connection", "body", "headers", "statusCode"}
HOOKS = {"communication", "attach", "detach"}


def modules(app: App, *kinds: str) -> Iterator[tuple[str, Json]]:
    """The codes of the modules of these types, by id."""
    for name, entry in app.of("module").items():
        if entry.get("moduleType") in kinds:
            yield name, app.codes("module", name)


def a_connection_keeps_what_calls_need(app: App) -> Iterator[str]:
    kept = {
        key
        for name in app.of("connection")
        for key in app.codes("connection", name)["communication"]["response"].get("data", {})
    }
    every = [app.base, *(call for _, _, call in app.every("communication", "attach", "detach"))]
    for call in every:
        for expression in iml.expressions(call):
            for used in iml.names(expression):
                if used.startswith("connection.") and used.split(".")[1] not in kept:
                    yield used


def a_connection_has_a_name(app: App) -> Iterator[str]:
    for name in app.of("connection"):
        response = app.codes("connection", name)["communication"]["response"]
        metadata = response.get("metadata", {})
        if metadata.get("type") not in ("text", "email") or not metadata.get("value"):
            yield name


def a_webhook_gives_its_address_and_keeps_what_detaching_needs(app: App) -> Iterator[str]:
    for name in app.of("webhook"):
        codes = app.codes("webhook", name)
        attach, detach = codes.get("attach") or {}, codes.get("detach") or {}
        kept = {f"webhook.{key}" for key in attach.get("response", {}).get("data", {})}
        needed = {each for one in iml.expressions(detach) for each in iml.names(one)}
        given = {each for one in iml.expressions(attach) for each in iml.names(one)}
        if not needed or not needed <= kept or "webhook.url" not in given:
            yield name


def a_webhook_says_only_what_a_webhook_can(app: App) -> Iterator[str]:
    allowed = {"respond", "verification", "iterate", "output", "condition", "uid"}
    for name in app.of("webhook"):
        communication = app.codes("webhook", name)["communication"]
        if not set(communication) <= allowed or "output" not in communication:
            yield name


def a_poll_says_how_to_tell_new_from_old(app: App) -> Iterator[str]:
    for name, codes in modules(app, "trigger"):
        marks = codes["communication"].get("response", {}).get("trigger", {})
        dated = marks.get("type") == "date" and "date" in marks
        ordered = marks.get("order") in ("asc", "desc", "unordered")
        if not ordered or "id" not in marks or not (dated or marks.get("type") == "id"):
            yield name


def a_poll_by_id_has_numbers_for_ids(app: App) -> Iterator[str]:
    for name, codes in modules(app, "trigger"):
        marks = codes["communication"].get("response", {}).get("trigger", {})
        if marks.get("type") == "id" and not isinstance(codes["samples"].get("id"), int):
            yield name


def a_poll_lets_its_user_choose_where_to_start(app: App) -> Iterator[str]:
    for name, codes in modules(app, "trigger"):
        response = (codes.get("epoch") or {}).get("response", {})
        limit = response.get("limit", MOST_STARTS + 1)
        if set(response.get("output", {})) != {"label", "date"} or limit > MOST_STARTS:
            yield name


def what_gives_many_has_a_limit_that_its_user_sets(app: App) -> Iterator[str]:
    for form, kind in (("staticParams", "trigger"), ("mappableParams", "search")):
        for name, codes in modules(app, kind):
            limits = [field for field in codes[form] if field["name"] == "limit"]
            used = codes["communication"].get("response", {}).get("limit")
            right = [f for f in limits if f["type"] == "uinteger" and f.get("default")]
            if len(right) != 1 or used != "{{parameters.limit}}":
                yield name


def what_gives_many_goes_through_it(app: App) -> Iterator[str]:
    for name, codes in modules(app, "trigger", "search"):
        response = codes["communication"].get("response", {})
        if "iterate" not in response or response.get("output") != "{{item}}":
            yield name


def what_gives_one_does_not(app: App) -> Iterator[str]:
    for name, codes in modules(app, "action", "universal"):
        response = codes["communication"].get("response", {})
        if {"iterate", "trigger", "limit"} & set(response) or "output" not in response:
            yield name


def only_a_poll_has_marks(app: App) -> Iterator[str]:
    polls = {name for name, _ in modules(app, "trigger")}
    for name in app.of("module"):
        response = app.codes("module", name)["communication"].get("response", {})
        if "trigger" in response and name not in polls:
            yield name


def a_dropdown_gives_labels_and_values(app: App) -> Iterator[str]:
    for name in app.of("rpc"):
        response = app.codes("rpc", name)["communication"].get("response", {})
        limit = response.get("limit", MOST_CHOICES + 1)
        if set(response.get("output", {})) != {"label", "value"} or limit > MOST_CHOICES:
            yield name


def expressions_use_what_is_there(app: App) -> Iterator[str]:
    """Of a form only its own fields, of a page or an item only where there is one."""
    for kind in ("connection", "webhook", "module", "rpc"):
        for name in app.of(kind):
            codes = app.codes(kind, name)
            fields = {f["name"] for form in _forms(codes) for f in form}
            for code in HOOKS | {"epoch"}:
                call = codes.get(code) or {}
                known = _known(kind, call)
                for expression in iml.expressions(call):
                    for used in iml.names(expression):
                        root, _, rest = used.partition(".")
                        stranger = root == "parameters" and rest not in fields
                        if root not in known or stranger:
                            yield f"{kind} {name}: {used}"


def _forms(codes: Json) -> list[list[Json]]:
    return [codes.get(form) or [] for form in ("params", "staticParams", "mappableParams")]


def _known(kind: str, call: Json) -> set[str]:
    known = EVERYWHERE | ({"webhook"} if kind == "webhook" else set())
    response = call.get("response", {})
    # An epoch goes through what its module's communication goes through.
    if "iterate" in response or ("output" in response and "url" not in call):
        known = known | {"item"}
    return known | ({"pagination"} if "pagination" in call else set())


RULES = (
    a_connection_keeps_what_calls_need,
    a_connection_has_a_name,
    a_webhook_gives_its_address_and_keeps_what_detaching_needs,
    a_webhook_says_only_what_a_webhook_can,
    a_poll_says_how_to_tell_new_from_old,
    a_poll_by_id_has_numbers_for_ids,
    a_poll_lets_its_user_choose_where_to_start,
    what_gives_many_has_a_limit_that_its_user_sets,
    what_gives_many_goes_through_it,
    what_gives_one_does_not,
    only_a_poll_has_marks,
    a_dropdown_gives_labels_and_values,
    expressions_use_what_is_there,
)
