"""Webhooks of every provider, read as recorded; what lacks something is not guessed at."""

from __future__ import annotations

from typing import Any

import pytest

from integration.kernel.capabilities import ReadsWebhooks
from integration.kernel.errors import WebhookUnreadable
from integration.kernel.events import RECEIPT_STATUSES
from integration.kernel.specs import Provider
from tests.contract.recordings import KINDS, connect, plain, recorded

UNREADABLE = {"hello": "there"}


def hook_bodies(case: str) -> list[Any]:
    able = [kind for kind in KINDS if issubclass(kind, ReadsWebhooks)]
    return [
        pytest.param(kind, tape["settings"], each, id=f"{kind.key}-{number}")
        for kind in able
        for tape in [recorded(kind, f"read_webhook.{case}")]
        for number, each in enumerate(tape["bodies"])
    ]


@pytest.mark.parametrize(("kind", "settings", "tape"), hook_bodies("ok"))
class TestWebhook:
    def test_it_is_read_as_recorded(
        self, kind: type[Provider], settings: dict[str, Any], tape: dict[str, Any]
    ) -> None:
        found = connect(kind, settings).read_webhook(tape["body"])
        assert plain(found) == tape["expect"]
        assert all(getattr(each, "status", "unknown") in RECEIPT_STATUSES for each in found)

    def test_read_twice_it_gives_the_same(
        self, kind: type[Provider], settings: dict[str, Any], tape: dict[str, Any]
    ) -> None:
        provider = connect(kind, settings)
        assert provider.read_webhook(tape["body"]) == provider.read_webhook(tape["body"])

    def test_beside_something_unreadable_it_is_still_read(
        self, kind: type[Provider], settings: dict[str, Any], tape: dict[str, Any]
    ) -> None:
        with pytest.raises(WebhookUnreadable) as caught:
            connect(kind, settings).read_webhook(with_unreadable(tape["body"]))
        assert plain(caught.value.read) == tape["expect"]
        assert [each.shown for each in caught.value.left] == [UNREADABLE]

    def test_unknown_members_do_no_harm(
        self, kind: type[Provider], settings: dict[str, Any], tape: dict[str, Any]
    ) -> None:
        provider, body = connect(kind, settings), with_strangers(tape["body"])
        assert provider.read_webhook(body) == provider.read_webhook(tape["body"])


@pytest.mark.parametrize(("kind", "settings", "tape"), hook_bodies("unreadable"))
def test_a_webhook_that_lacks_something_is_not_guessed_at(
    kind: type[Provider], settings: dict[str, Any], tape: dict[str, Any]
) -> None:
    with pytest.raises(WebhookUnreadable):
        connect(kind, settings).read_webhook(tape["body"])


def with_unreadable(body: Any) -> Any:
    """The body with one more fact beside those it holds."""
    if isinstance(body, list):
        return [*body, UNREADABLE]
    for name, inner in body.items():
        if isinstance(inner, dict | list):
            return {**body, name: with_unreadable(inner)}
    return [body, UNREADABLE]


def with_strangers(body: Any) -> Any:
    if isinstance(body, list):
        return [with_strangers(each) for each in body]
    if isinstance(body, dict):
        known = {name: with_strangers(each) for name, each in body.items()}
        return {"x_new": {"deep": [1]}, **known, "x_later": None, "é": "ü"}
    return body
