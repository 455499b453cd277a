"""Rules on single directives of a call: what may stand in it and what it may hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.platforms.make import iml
from tests.platforms.make.app import App

Json = dict[str, Any]
Found = tuple[str, Json]
HTTP = {"url", "encodeUrl", "method", "headers", "qs", "ca", "body", "type", "temp", "condition"}
HTTP |= {"aws", "followRedirects", "followAllRedirects", "log", "oauth", "pagination", "response"}
API = HTTP | {"gzip", "output", "iterate", "respond", "verification", "repeat"}
KEYS = {"base": HTTP | {"baseUrl", "timeout"}, "epoch": HTTP | {"repeat"}, "api": API}
READ = {"type", "valid", "limit", "error", "iterate", "temp", "output", "oauth"}
SAVED = {"data", "metadata", "uid", "wrapper"}
RESPONSE = {"base": READ | SAVED, "epoch": READ, "api": READ | SAVED | {"trigger", "expires"}}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
ERRORS = {"RuntimeError", "DataError", "RateLimitError", "OutOfSpaceError", "ConnectionError"}
ERRORS |= {"InvalidConfigurationError", "InvalidAccessTokenError", "IncompleteDataError"}
ERRORS |= {"DuplicateDataError"}
BODIES = {"json", "urlencoded", "multipart/form-data", "text", "string", "raw", "binary"}
FLAT = (str, int, float, bool, list, type(None))
LONGEST, LONGEST_MESSAGE = 512, 1024
MOST_MS = 300_000


def calls(app: App) -> Iterator[tuple[str, str, Json]]:
    """Of every call: which schema it is under, where it lies, what it holds."""
    yield "base", app.manifest["generalCodeFiles"]["base"], app.base
    for _, path, call in app.every("communication", "attach", "detach"):
        yield "api", path, call
    for _, path, call in app.every("epoch"):
        yield "epoch", path, call


def directives_are_known(app: App) -> Iterator[str]:
    for schema, path, call in calls(app):
        strange = set(call) - KEYS[schema] | set(call.get("response", {})) - RESPONSE[schema]
        if strange:
            yield f"{path}: {sorted(strange)}"


def a_call_that_writes_has_an_address_and_a_body(app: App) -> Iterator[str]:
    for schema, path, call in calls(app):
        writes = {"POST", "PUT", "PATCH"} | ({"DELETE"} if schema != "api" else set())
        needed = {"body"} | ({"url"} if schema != "epoch" else set())
        if call.get("method") in writes and not needed <= set(call):
            yield path


def addresses_are_short_and_behind_the_server(app: App) -> Iterator[str]:
    for _, path, call in calls(app):
        url = call.get("url", "/")
        own = url.startswith(("/", "{{connection.baseUrl}}/", "{{parameters.baseUrl}}/"))
        if not own or not 1 <= len(url) <= LONGEST:
            yield f"{path}: {url[:60]}"


def methods_are_known(app: App) -> Iterator[str]:
    for _, path, call in calls(app):
        method = call.get("method", "GET")
        if method not in METHODS and not re.search(r"\{\{.*\}\}", method):
            yield f"{path}: {method}"


def headers_and_queries_are_flat(app: App) -> Iterator[str]:
    for _, path, call in calls(app):
        for part in (call.get("headers", {}), call.get("qs", {})):
            if not all(isinstance(value, FLAT) for value in part.values()):
                yield path


def body_types_are_known(app: App) -> Iterator[str]:
    for _, path, call in calls(app):
        if call.get("type", "json") not in BODIES:
            yield f"{path}: {call['type']}"


def errors_have_a_message_and_a_known_type(app: App) -> Iterator[str]:
    for _, path, call in calls(app):
        error = call.get("response", {}).get("error")
        if error is not None:
            yield from (f"{path}: {fault}" for fault in _error(error))


def _error(error: Json) -> Iterator[str]:
    codes = {key: value for key, value in error.items() if key not in ("message", "type")}
    yield from (f"{key} is no status" for key in codes if not re.fullmatch(r"[0-9]{3}", key))
    for each in (error, *codes.values()):
        message = each.get("message", "")
        if not message or len(message) > LONGEST_MESSAGE:
            yield "a message is missing or too long"
        if each.get("type", "RuntimeError") not in ERRORS:
            yield f"{each['type']} is no type"


def validity_is_a_condition_with_words(app: App) -> Iterator[str]:
    for _, path, call in calls(app):
        valid = call.get("response", {}).get("valid", True)
        if isinstance(valid, dict) and not {"condition"} <= set(valid) <= {
            "condition",
            "message",
            "type",
        }:
            yield path


def only_base_has_a_timeout_and_a_bearable_one(app: App) -> Iterator[str]:
    timeout = app.base.get("timeout", 1)
    if not isinstance(timeout, int) or not 1 <= timeout <= MOST_MS:
        yield f"{timeout} ms"
    step = [call.get("qs", {}).get("wait", 0) for _, _, call in calls(app)]
    if max(step) * 1000 >= timeout:
        yield f"a step waits {max(step)} s, which is longer than Make does"


def keys_are_hidden_from_logs(app: App) -> Iterator[str]:
    for _, path, call in calls(app):
        hidden = call.get("log", {}).get("sanitize", [])
        if "authorization" in call.get("headers", {}) and (
            "request.headers.authorization" not in hidden
        ):
            yield path


def what_is_gone_through_is_named(app: App) -> Iterator[str]:
    for _, path, call in calls(app):
        for iterate in (call.get("iterate"), call.get("response", {}).get("iterate")):
            container = iterate.get("container") if isinstance(iterate, dict) else iterate
            keys = set(iterate) - {"container", "condition"} if isinstance(iterate, dict) else ()
            if iterate is not None and (not container or len(container) > LONGEST or keys):
                yield path


def expressions_are_of_the_part_that_we_know(app: App) -> Iterator[str]:
    for _, path, call in calls(app):
        for expression in iml.expressions(call):
            try:
                iml.parse(expression)
            except iml.Refused as error:
                yield f"{path}: {error}"


RULES = (
    directives_are_known,
    a_call_that_writes_has_an_address_and_a_body,
    addresses_are_short_and_behind_the_server,
    methods_are_known,
    headers_and_queries_are_flat,
    body_types_are_known,
    errors_have_a_message_and_a_known_type,
    validity_is_a_condition_with_words,
    only_base_has_a_timeout_and_a_bearable_one,
    keys_are_hidden_from_logs,
    what_is_gone_through_is_named,
    expressions_are_of_the_part_that_we_know,
)
