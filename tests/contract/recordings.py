"""Recordings of provider traffic, replayed only to the requests they hold."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any
from urllib.parse import parse_qsl

import responses
from responses import matchers
from responses.registries import OrderedRegistry

import providers
from integration.kernel import times
from integration.kernel.capabilities import ReadsWebhooks
from integration.kernel.capability import Capability
from integration.kernel.events import UpstreamHook
from integration.kernel.fields import Secret
from integration.kernel.outgoing import Outgoing
from integration.kernel.registration import HookEntry, RegistersEntries
from integration.kernel.specs import Provider
from integration.outbound.provider_http import ProviderHttp

ROOT = Path(__file__).resolve().parents[2]
FORM = "application/x-www-form-urlencoded"
FIXTURES = ROOT / "tests" / "fixtures" / "providers"
KINDS = [
    import_module(f"providers.{each.name}").PROVIDER
    for each in iter_modules(providers.__path__)
    if not each.name.startswith("_")
]


def methods(kind: type[Provider]) -> Iterator[str]:
    """The methods of a provider's capabilities that call it, and its probe."""
    yield "probe"
    for base in kind.__mro__:
        if issubclass(base, Capability) and base is not ReadsWebhooks:
            yield from getattr(base, "__abstractmethods__", ()) if "name" in vars(base) else ()
    if getattr(kind, "change_entry", None) not in (None, RegistersEntries.change_entry):
        yield "change_entry"


def tapes(kind: type[Provider]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((FIXTURES / kind.key).glob("*.json")):
        if path.stem != "endpoints" and not path.stem.startswith("read_webhook."):
            yield path.stem, json.loads(path.read_text(encoding="utf-8"))


def recorded(kind: type[Provider], name: str) -> Any:
    path = FIXTURES / kind.key / f"{name}.json"
    assert path.exists(), f"record {path.relative_to(ROOT)}"
    return json.loads(path.read_text(encoding="utf-8"))


def connect(kind: type[Provider], settings: Mapping[str, Any]) -> Any:
    chosen = kind.settings().load(settings)
    base_url = chosen.get("base_url") or kind.base_url
    http = ProviderHttp(
        base_url,
        kind.label,
        kind.credentials,
        trusted=False,
        allow_private=False,
        hosts=kind.hosts,
        secrets=secrets(kind, chosen),
    )
    provider = kind(chosen, http)
    http.signs, http.judge = provider.signs, provider.judge
    return provider


def secrets(kind: type[Provider], settings: Mapping[str, Any]) -> list[str]:
    """What of an account's settings nobody may read."""
    named = kind.settings().fields.items()
    found = [settings.get(name) for name, each in named if isinstance(each, Secret)]
    return [each for each in found if each]


def arguments(tape: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(tape["args"])
    if given.get("since"):
        given["since"] = times.parse_strict(given["since"])
    if "message" in given or "media_urls" in given:
        beside = {"since": given.pop("since")} if "since" in given else {}
        return {"text": Outgoing(**given), **beside}
    if "hooks" in given:
        given["hooks"] = [UpstreamHook(**each) for each in given["hooks"]]
    for name in {"entry", "old", "new"} & given.keys():
        given[name] = HookEntry(**given[name] | {"events": frozenset(given[name]["events"])})
    return given


def call(kind: type[Provider], name: str, tape: Mapping[str, Any]) -> Any:
    return getattr(connect(kind, tape["settings"]), method_of(name))(**arguments(tape))


def method_of(name: str) -> str:
    """The method a recording is of: `send_sms.ok` is one of send_sms."""
    return name.partition(".")[0]


def expect(mock: responses.RequestsMock, request: Mapping[str, Any], **answer: Any) -> None:
    """Answer so, but only to the request that was recorded."""
    match = [
        matchers.header_matcher(request["headers"]),
        matchers.query_param_matcher(request.get("query", {})),
        body_of(request),
    ]
    mock.add(request["method"], request["url"], match=match, **answer)


def body_of(recorded: Mapping[str, Any]) -> Any:
    """Matches the recorded body: `json`, the pairs of a `form` in their order, or none."""
    if "form" in recorded:
        return partial(form_body, recorded["form"])
    body = recorded.get("json")
    return matchers.json_params_matcher(body) if body is not None else no_body


def form_body(pairs: list[list[str]], request: Any) -> tuple[bool, str]:
    kind = request.headers.get("Content-Type")
    sent = [list(each) for each in parse_qsl(request.body or "", keep_blank_values=True)]
    return (kind, sent) == (FORM, pairs), f"the recorded form is {pairs}, sent was {sent}"


def no_body(request: Any) -> tuple[bool, str]:
    return request.body is None, "the recorded request has no body"


def replay(mock: responses.RequestsMock, exchanges: list[dict[str, Any]]) -> None:
    for each in exchanges:
        answer = dict(each["response"])
        if answer["status"] == 204:
            answer.pop("json")
        expect(mock, each["request"], **answer)


def plain(value: Any) -> Any:
    """A result, or what a recording expects, as JSON without members that hold nothing: a record
    may get new ones."""
    if is_dataclass(value) and not isinstance(value, type):
        value = {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, datetime):
        assert value.tzinfo is not None, "a time without a zone is a guess"
        return times.rfc3339(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, frozenset):
        return sorted(plain(each) for each in value)
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        found = {key: plain(each) for key, each in value.items()}
        return {key: each for key, each in found.items() if each not in (None, "", [], {})}
    return value


SUCCESSES = [
    (kind, name, tape, number)
    for kind in KINDS
    for name, tape in tapes(kind)
    if "result" in tape["expect"]
    for number in range(len(tape["exchanges"]))
]
"""Each step of each recorded success."""


def upstream() -> responses.RequestsMock:
    return responses.RequestsMock(registry=OrderedRegistry)
