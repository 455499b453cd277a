"""Schemathesis against a running service: what it asks, what it knows, what it found."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.openapi.checks import RejectedPositiveData

from integration import discovery
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox
from proofs.rig.stack import Stack
from sandbox import assumptions

CHECKS = {
    # The API promises to read much that no schema should invite: numbers as
    # text, "" as not given, aliases. That is the very thing this check forbids.
    "negative_data_rejection": {"enabled": False},
    # 502 is the provider's failure, reported as it is documented; 500 and 503 are ours.
    "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "502"]},
}
UNMATCHED = (b"was not filled in", b"is neither a number nor a sender")
PASSED = b"lies in the past"
UNKNOWN = b"is no connection of this workspace"
MET = b"problem:duplicate"
"""The same text was sent before, and the workspace wants no second one."""
BEYOND = (
    *(b"problem:capability-missing", b"problem:provider-rejected"),
    *(MET, *UNMATCHED, PASSED, UNKNOWN),
)
REFUSED = {"checks": {"positive_data_acceptance": {"enabled": False}}}
OPERATIONS = [
    # One of two query parameters must be there, which OpenAPI 3.1 cannot say.
    {"include-operation-id": "find_contact", **REFUSED},
    # The fields are those of one provider, which may want some of them together.
    {"include-operation-id": "create_connection", **REFUSED},
    {"include-operation-id": "update_connection", **REFUSED},
]
NUMBERS = [f"+1415555{last:04}" for last in range(100, 200)] + ["+31612345678", "+4915112345678"]
PHONE = str(assumptions.DEVICE["device_fingerprint"])
LONGEST_WAIT = 1
"""Seconds. The fuzzer would else spend its time in `wait`, which has tests of its own."""


@dataclass
class Found:
    """What one run sent and what was wrong with the answers, by operation."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{name}\n{text}" for name, text in self.failures.items()]
        return "\n\n".join([f"{self.cases} cases, {dict(self.statuses)}", *self.errors, *lines])


@contextmanager
def service(folder: Path) -> Iterator[Stack]:
    """A service whose default workspace has both providers from its environment, so that nothing
    the fuzzer removes or rotates takes the ground from under it."""
    sandbox = Sandbox(folder, folder / "providers")
    stack = Stack(
        folder,
        HOOKLINE_API_KEY=f"hk_{secrets.token_urlsafe(30)}",
        SANDBOX="1",
        SANDBOX_URL=sandbox.url,
        RATE_LIMIT="1000000",
        # Failed authentications are counted by address, and each case comes from one of its own.
        TRUSTED_PROXIES="1",
        # Many cases name hosts that nobody knows: how soon a name server says so is not our pace.
        RES_OPTIONS="timeout:1 attempts:1",
    )
    try:
        providers = discovery.load().providers
        texts = [{"phone": number, "message": f"Hello {number}"} for number in NUMBERS[:20]]
        sandbox.control("POST", providers["pairfon"].sandbox["api_key"], "inbound", texts)
        for key in (each.sandbox["api_key"] for each in providers.values() if each.demo):
            # At the usual 100 a minute most answers would be about the limit.
            sandbox.control("PUT", key, "settings", {"rate_limit": 1_000_000})
        yield stack
    finally:
        stack.stop()
        sandbox.stop()


def fuzz(stack: Stack, *, examples: int, seed: int, phases: dict[str, Any]) -> Found:
    """Run all checks with about `examples` cases an operation in each phase."""
    listener = Listener()
    guide = Guide(tokens=_tokens(stack), target=listener.url, chance=Random(seed))
    try:
        _formats(listener)
        schema = schemathesis.openapi.from_url(
            f"{stack.url}/openapi.json", config=_config(stack, examples, seed, phases)
        )
        with _guided(guide):
            return _collected(from_schema(schema).execute())
    finally:
        listener.close()


@contextmanager
def _guided(guide: Guide) -> Iterator[None]:
    @schemathesis.hook
    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        guide.adjust(case)

    @schemathesis.hook
    def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
        return not _depends(failure, response)

    try:
        yield
    finally:
        schemathesis.hooks.unregister(before_call)
        schemathesis.hooks.unregister(filter_failure)


def _depends(failure: Any, response: Any) -> bool:
    """Whether a valid request was refused for what no schema can know, as documented.

    The named connection is not there, or its provider has no such ability or said no. Or no event
    can ever match a filter, or a time has passed."""
    said = response.content or b""
    return isinstance(failure, RejectedPositiveData) and any(each in said for each in BEYOND)


def _config(stack: Stack, examples: int, seed: int, phases: dict[str, Any]) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "base-url": stack.url,
            # With more, Hypothesis meets a fault of CPython 3.11, whose AST is not thread-safe.
            "workers": 1,
            "request-timeout": 40,
            "continue-on-failure": True,
            "headers": {"Authorization": f"Bearer {stack.settings['HOOKLINE_API_KEY']}"},
            "generation": {"max-examples": examples, "database": "none", "no-shrink": True},
            "checks": CHECKS,
            "operations": OPERATIONS,
            "phases": phases,
        }
    )


def _formats(listener: Listener) -> None:
    """Addresses that resolve and numbers that exist: a schema cannot say which do."""
    paths = st.text(alphabet="abcdefghijklmnop0123456789-_", min_size=1, max_size=20)
    schemathesis.openapi.format("uri", paths.map(lambda path: f"{listener.url}/{path}"))
    schemathesis.openapi.format("phone", st.sampled_from(NUMBERS))


def _tokens(stack: Stack) -> dict[str, str]:
    """The real ingress tokens, by provider."""
    headers = {"Authorization": f"Bearer {stack.settings['HOOKLINE_API_KEY']}"}
    answer = requests.get(f"{stack.url}/v1/connections", headers=headers, timeout=90)
    found = answer.json()["data"]
    return {each["provider"]: each["ingress_url"].rsplit("/", 1)[1] for each in found}


@dataclass(frozen=True, kw_only=True)
class Guide:
    """Puts into a case what only this run can know."""

    tokens: dict[str, str]
    target: str
    chance: Random

    def adjust(self, case: Any) -> None:
        address = ".".join(str(self.chance.randint(1, 254)) for _ in range(4))
        case.headers = {**(case.headers or {}), "X-Forwarded-For": address}
        for given in (case.query, case.body):
            if isinstance(given, dict):
                self._adjust(given)
        if case.operation.path == "/v1/connections" and isinstance(case.body, dict):
            # Without one the fuzzer's calls would go to the provider's own host.
            case.body["base_url"] = case.body.get("base_url") or self.target
        if case.operation.path.endswith("/remove-device") and isinstance(case.body, dict):
            _spare(case.body)
        parts = case.path_parameters or {}
        if parts.get("provider") in self.tokens and self.chance.random() < 0.8:
            parts["token"] = self.tokens[parts["provider"]]

    def _adjust(self, given: dict[str, Any]) -> None:
        if isinstance(given.get("wait"), int | float | str) and _long(given["wait"]):
            given["wait"] = LONGEST_WAIT
        for name in ("target_url", "media_url"):
            # The examples name hosts that a machine without the internet does not know.
            if "example.com" in str(given.get(name)):
                given[name] = self.target


def _spare(body: dict[str, Any]) -> None:
    """Without its one phone the provider would refuse every text from then on, and be right."""
    if body.get("device_fingerprint") == PHONE:
        body["device_fingerprint"] = f"not-{PHONE}"


def _long(wait: float | str) -> bool:
    try:
        return LONGEST_WAIT < float(wait) <= 25
    except ValueError:
        return False


def _collected(stream: Any) -> Found:
    found = Found()
    for event in stream:
        if isinstance(event, events.ScenarioFinished):
            _count(found, event.recorder)
        elif isinstance(event, events.NonFatalError):
            found.errors.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    return found


def _count(found: Found, recorder: Any) -> None:
    for interaction in recorder.interactions.values():
        found.cases += 1
        if interaction.response is not None:
            found.statuses[interaction.response.status_code] += 1
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                name = f"{recorder.label} {check.name}: {check.failure_info.failure.title}"
                found.failures.setdefault(name, _told(recorder, case_id, check.failure_info))


def _told(recorder: Any, case_id: str, info: Any) -> str:
    answer = recorder.interactions[case_id].response
    said = f"{answer.status_code} {answer.text}" if answer is not None else "no answer"
    return f"{info.failure.message[:600]}\n{info.code_sample[:1500]}\n{said[:600]}"
