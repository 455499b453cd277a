"""Webhooks of every provider, read as recorded; what lacks something is not guessed at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from integration.kernel.capabilities import ReadsWebhooks
from integration.kernel.errors import MalformedBody, WebhookUnreadable
from integration.kernel.events import RECEIPT_STATUSES
from integration.kernel.specs import Provider
from tests.contract.recordings import KINDS, connect, plain, recorded
from tests.contract.webhook_tapes import (
    calls,
    forged,
    is_genuine,
    made,
    posted,
    tape_of,
    with_strangers,
)

UNREADABLE = {"hello": "there"}
READERS = [kind for kind in KINDS if issubclass(kind, ReadsWebhooks)]
SIGNERS = [kind for kind in READERS if kind.genuine is not ReadsWebhooks.genuine]
Settings = dict[str, Any]


def recordings(case: str, of: str = "") -> list[Any]:
    """The recorded webhooks; `of` narrows them to those that have such a member."""
    found = enumerate(calls(case))
    return [
        pytest.param(kind, tape["settings"], each, id=f"{kind.key}-{number}")
        for number, (kind, tape, each) in found
        if not of or of in each
    ]


@pytest.mark.parametrize(("kind", "settings", "tape"), recordings("ok"))
class TestWebhook:
    def test_it_is_read_and_answered_as_recorded(
        self, kind: type[Provider], settings: Settings, tape: Settings
    ) -> None:
        provider, call = connect(kind, settings), made(tape)
        found = provider.read_webhook(call)
        assert plain(found) == plain(tape["expect"])
        assert all(getattr(each, "status", "unknown") in RECEIPT_STATUSES for each in found)
        assert answered(provider.webhook_reply(call, found)) == tape.get("reply")
        assert is_genuine(provider, call) is tape.get("genuine")

    def test_read_twice_it_gives_the_same(
        self, kind: type[Provider], settings: Settings, tape: Settings
    ) -> None:
        provider, call = connect(kind, settings), made(tape)
        assert provider.read_webhook(call) == provider.read_webhook(call)

    def test_what_is_new_in_it_does_no_harm(
        self, kind: type[Provider], settings: Settings, tape: Settings
    ) -> None:
        provider, call = connect(kind, settings), made(tape)
        for each in with_strangers(call):
            assert provider.read_webhook(each) == provider.read_webhook(call)

    def test_its_method_and_size_are_those_that_the_provider_names(
        self, kind: type[Any], settings: Settings, tape: Settings
    ) -> None:
        provider, call = connect(kind, settings), made(tape)
        assert call.method in provider.webhook_methods
        assert len(call.body) <= provider.webhook_bytes


@pytest.mark.parametrize(
    ("kind", "settings", "body", "expect"),
    [
        pytest.param(kind, tape["settings"], each["body"], each["expect"], id=f"{kind.key}-{n}")
        for kind in READERS
        for tape in [tape_of(kind, "ok")]
        for n, each in enumerate(tape.get("bodies", ()))
    ],
)
def test_beside_something_unreadable_it_is_still_read(
    kind: type[Provider], settings: Settings, body: Any, expect: Any
) -> None:
    with pytest.raises(WebhookUnreadable) as caught:
        connect(kind, settings).read_webhook(posted(with_unreadable(body)))
    assert plain(caught.value.read) == plain(expect)
    assert [each.shown for each in caught.value.left] == [UNREADABLE]


@pytest.mark.parametrize(("kind", "settings", "tape"), recordings("unreadable"))
def test_a_webhook_that_lacks_something_is_not_guessed_at(
    kind: type[Provider], settings: Settings, tape: Settings
) -> None:
    provider, call = connect(kind, settings), made(tape)
    with pytest.raises((WebhookUnreadable, MalformedBody)):
        provider.read_webhook(call)
    assert answered(provider.webhook_reply(call, ())) == tape.get("reply")


@pytest.mark.parametrize("kind", READERS, ids=lambda kind: kind.key)
def test_a_provider_refuses_by_401_or_403_and_is_called_by_post_or_get(kind: type[Any]) -> None:
    assert kind.webhook_refusal in (401, 403)
    assert kind.webhook_methods
    assert {*kind.webhook_methods} <= {"POST", "GET"}


@pytest.mark.parametrize("case", ["ok", "unreadable"])
@pytest.mark.parametrize("kind", READERS, ids=lambda kind: kind.key)
def test_a_provider_that_sends_webhooks_has_recordings_of_them(kind: type[Any], case: str) -> None:
    tape = recorded(kind, f"read_webhook.{case}")
    assert tape.get("bodies") or tape.get("calls")


@pytest.mark.parametrize("kind", SIGNERS, ids=lambda kind: kind.key)
def test_a_provider_that_signs_has_a_recording_with_a_right_signature(kind: type[Any]) -> None:
    tapes = [each for found, _, each in calls("ok") if found is kind]
    assert any(each.get("genuine") and each.get("signed") for each in tapes), kind.key


@pytest.mark.parametrize(("kind", "settings", "tape"), recordings("ok", of="signed"))
class TestSignature:
    """`signed` names the setting with the secret, and what `forged` takes."""

    def test_it_is_right_through_its_whole_time(
        self, kind: type[Provider], settings: Settings, tape: Settings
    ) -> None:
        provider, call = connect(kind, settings), made(tape)
        most = tape["signed"].get("seconds", 10**6)
        for late in (0, most - 2, 2 - most):
            assert is_genuine(provider, replace(call, at=call.at + timedelta(seconds=late))) is True

    def test_no_single_change_passes(
        self, kind: type[Provider], settings: Settings, tape: Settings
    ) -> None:
        provider = connect(kind, settings)
        passed = [
            what
            for what, call in forged(made(tape), tape["signed"])
            if is_genuine(provider, call) is not False
        ]
        assert passed == []

    def test_under_another_secret_it_is_false_and_without_one_nobody_can_tell(
        self, kind: type[Provider], settings: Settings, tape: Settings
    ) -> None:
        name, call = tape["signed"]["setting"], made(tape)
        other = tape["signed"].get("other", settings[name] + "x")
        assert is_genuine(connect(kind, {**settings, name: other}), call) is False
        bare = {each: settings[each] for each in settings if each != name}
        if not kind.settings().fields[name].required:
            assert is_genuine(connect(kind, bare), call) is None


def answered(reply: Any) -> Any:
    """A reply as recordings have it: status, type and text; None for our own JSON."""
    return reply and {
        "status": reply.status,
        "content_type": reply.content_type,
        "body": reply.body.decode(),
    }


def with_unreadable(body: Any) -> Any:
    """The body with one more fact beside those it holds."""
    if isinstance(body, list):
        return [*body, UNREADABLE]
    for name, inner in body.items():
        if isinstance(inner, dict | list):
            return {**body, name: with_unreadable(inner)}
    return [body, UNREADABLE]


@pytest.mark.parametrize("kind", READERS, ids=lambda kind: kind.key)
def test_a_body_full_of_nothing_is_refused_as_a_whole(kind: type[Provider]) -> None:
    """Row by row it would take seconds, and none of so many rows can be a text."""
    provider = connect(kind, recorded(kind, "read_webhook.ok")["settings"])
    with pytest.raises((MalformedBody, WebhookUnreadable)) as caught:
        provider.read_webhook(posted([{}] * 80_000))
    named = len(getattr(caught.value, "left", ()))
    assert named <= 1
