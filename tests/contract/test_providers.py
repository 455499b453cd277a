"""What every provider owes, capability by capability.

A new file in providers/ is tested here without asking. It brings only recorded traffic, in
tests/fixtures/providers/<key>/; docs/providers.md says what a recording holds. A missing one
fails; there is no opting out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from integration.kernel import errors
from integration.kernel.capabilities import SendsSms
from integration.kernel.errors import (
    OutcomeUnknown,
    ProviderRejected,
    ProviderUnavailable,
)
from integration.kernel.fields import Choice, Password, Word
from integration.kernel.specs import Provider
from tests.contract.recordings import (
    KINDS,
    ROOT,
    SUCCESSES,
    call,
    expect,
    method_of,
    methods,
    plain,
    recorded,
    replay,
    secrets,
    tapes,
    upstream,
)

EFFECTS = {"send_sms", "send_mms", "add_contact", "create_group", "remove_device"}
BUSY = "busy"
"""Whether an effect is unknown behind it is for the provider's signs to say."""
FAULTS: list[tuple[str, dict[str, Any], bool | str]] = [
    # name, what happens instead of the recorded answer, whether the effect is then unknown
    ("asked to slow down", {"status": 429, "headers": {"Retry-After": "7"}}, False),
    ("asked to come back", {"status": 503, "headers": {"Retry-After": "7"}}, BUSY),
    ("no connection in time", {"body": requests.ConnectTimeout()}, False),
    ("server error", {"status": 500, "json": {"message": "Server error"}}, True),
    ("bad gateway", {"status": 502, "body": "<html>"}, True),
    ("busy without a time", {"status": 503}, True),
    ("no answer in time", {"body": requests.ReadTimeout()}, True),
    ("reset", {"body": requests.ConnectionError(ConnectionResetError(104))}, True),
    ("garbage", {"status": 200, "body": "<html>Welcome</html>"}, True),
    ("half an answer", {"status": 200, "body": '{"message": "SM'}, True),
]


each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
each_tape = pytest.mark.parametrize(
    ("kind", "name", "tape"),
    [
        pytest.param(kind, *tape, id=f"{kind.key}-{tape[0]}")
        for kind in KINDS
        for tape in tapes(kind)
    ],
)
each_step = pytest.mark.parametrize(
    ("kind", "name", "tape", "step"),
    [pytest.param(*each, id=f"{each[0].key}-{each[1]}-{each[3] + 1}") for each in SUCCESSES],
)


@each_kind
def test_what_is_pasted_around_a_setting_is_no_part_of_it(kind: type[Provider]) -> None:
    for name, field in kind.settings().fields.items():
        pasted = "\r\n{}\n" if isinstance(field, Password) else " \t{} \r\n"
        if isinstance(field, Word | Choice):
            sample = str(field.metadata["sample"])
            assert field.deserialize(pasted.format(sample)) == field.deserialize(sample), name


@each_kind
def test_every_method_is_recorded_once_taken_and_once_refused(kind: type[Provider]) -> None:
    for method in methods(kind):
        taken = recorded(kind, f"{method}.ok")
        assert "result" in taken["expect"]
        if taken["exchanges"] or method != "wanted_entries":
            assert recorded(kind, f"{method}.refused")["expect"]["error"] == "ProviderRejected"


@each_kind
def test_every_recording_is_of_a_method_the_provider_has(kind: type[Provider]) -> None:
    known = set(methods(kind))
    assert [name for name, _ in tapes(kind) if method_of(name) not in known] == []


@each_kind
def test_every_documented_endpoint_is_used(kind: type[Provider]) -> None:
    requests_made = [each["request"] for _, tape in tapes(kind) for each in tape["exchanges"]]
    used = {f"{each['method']} {urlsplit(each['url']).path}" for each in requests_made}
    documented = recorded(kind, "endpoints")
    assert documented
    assert [each for each in documented if each not in used] == []


@each_tape
def test_a_call_is_made_and_read_as_recorded(
    kind: type[Provider], name: str, tape: dict[str, Any]
) -> None:
    wanted = tape["expect"]
    with upstream() as mock:
        replay(mock, tape["exchanges"])
        if "result" in wanted:
            assert plain(call(kind, name, tape)) == plain(wanted["result"])
            return
        with pytest.raises(getattr(errors, wanted["error"])) as caught:
            call(kind, name, tape)
    assert caught.value.message == wanted["says"]
    assert caught.value.upstream_status == wanted["upstream_status"]


@each_tape
def test_a_call_has_an_effect_only_where_it_must(
    kind: type[Provider], name: str, tape: dict[str, Any]
) -> None:
    effects = [each for each in tape["exchanges"] if each.get("effect")]
    most = 1 if name.split(".", maxsplit=1)[0] in EFFECTS else 0
    assert len(effects) <= most
    if name.endswith(".ok"):
        assert len(effects) == most


@each_step
def test_a_fault_is_named_for_what_it_leaves_behind(
    kind: type[Provider], name: str, tape: dict[str, Any], step: int
) -> None:
    has_effect = bool(tape["exchanges"][step].get("effect"))
    wanted = {}
    for title, fault, leaves_open in FAULTS:
        if leaves_open == BUSY:
            leaves_open = not kind.signs.busy_is_undone
        error = OutcomeUnknown if leaves_open and has_effect else ProviderUnavailable
        wanted[title] = (error, 7 if fault.get("headers") else None)
    assert {title: struck(kind, name, tape, step, fault) for title, fault, _ in FAULTS} == wanted


def struck(
    kind: type[Provider], name: str, tape: dict[str, Any], step: int, fault: dict[str, Any]
) -> tuple[type[Exception], float | None]:
    """The error, and the wait that it names, where this happens instead of a recorded answer."""
    with upstream() as mock:
        replay(mock, tape["exchanges"][:step])
        expect(mock, tape["exchanges"][step]["request"], **fault)
        with pytest.raises(errors.HooklineError) as caught:
            call(kind, name, tape)
    return type(caught.value), getattr(caught.value, "retry_after", None)


@each_step
def test_what_nobody_should_read_stays_out_of_errors(
    kind: type[Provider], name: str, tape: dict[str, Any], step: int
) -> None:
    request = tape["exchanges"][step]["request"]
    carried = json.dumps([request.get(each) for each in ("json", "form", "query")])
    texts = [each for each in private_values(tape["args"]) if each in carried]
    private = [*secrets(kind, tape["settings"]), *texts]
    assert private
    told = {"status": "error", "message": "We do not like: " + " | ".join(private)}
    with upstream() as mock:
        replay(mock, tape["exchanges"][:step])
        expect(mock, request, status=402, json=told)
        with pytest.raises(ProviderRejected) as caught:
            call(kind, name, tape)
    assert "We do not like: ***" in caught.value.message
    assert [each for each in private if each in caught.value.message] == []


def private_values(args: Mapping[str, Any]) -> list[str]:
    names = ("phone", "message", "first_name", "last_name", "media_url")
    entries = [
        args[name]["secret"] for name in ("entry", "new") if args.get(name, {}).get("secret")
    ]
    return [*(args[name] for name in names if args.get(name)), *entries]


@each_kind
def test_the_samples_of_the_settings_are_accepted(kind: type[Provider]) -> None:
    samples = {name: each.metadata["sample"] for name, each in kind.settings().fields.items()}
    read = kind.settings().load(samples)
    assert [name for name in kind.required() if read[name] != samples[name]] == []


@each_kind
def test_settings_may_be_missing_where_no_account_is_named(kind: type[Provider]) -> None:
    assert kind.settings().load({}, partial=True) == {}


@each_kind
def test_every_provider_can_send(kind: type[Provider]) -> None:
    assert issubclass(kind, SendsSms)
    assert "send-sms" in kind.capabilities()


@each_kind
def test_it_has_a_row_in_the_documents(kind: type[Provider]) -> None:
    text = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith(f"| `{kind.key}` |")]
    assert rows, f"docs/providers.md lacks a row for {kind.key}."
    wanted = f"`{kind.base_url}`" if kind.base_url else "each account's own"
    assert wanted in rows[0], f"The row of {kind.key} lacks its base URL."


def test_the_engine_and_the_launcher_hold_no_list_of_providers() -> None:
    sources = [*(ROOT / "integration").rglob("*.py"), *(ROOT / "launch").rglob("*.py")]
    lists = [
        path.relative_to(ROOT).as_posix()
        for path in sources
        if len({kind.key for kind in KINDS if kind.key in _words(path)}) > 1
    ]
    assert lists == []


def _words(source: Path) -> str:
    return source.read_text(encoding="utf-8").lower().replace("-", "_").replace(" ", "_")


def test_every_named_assumption_is_documented() -> None:
    code = "".join(path.read_text() for path in (ROOT / "providers").glob("*.py"))
    named = set(re.findall(r"ASSUMED_[A-Z_]+", code))
    documented = set(re.findall(r"ASSUMED_[A-Z_]+", (ROOT / "docs" / "providers.md").read_text()))
    assert len(named) > 10
    assert named == documented
