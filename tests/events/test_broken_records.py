"""A hook whose record is broken stops nobody else's deliveries."""

from __future__ import annotations

from integration import keys
from integration.events import hooks
from integration.services import Services


def test_a_record_that_cannot_be_opened_is_passed_over(own: Services) -> None:
    made = {
        name: hooks.subscribe(
            own, "w", trigger="inbound_sms", target_url=f"https://example.com/{name}", filters={}
        )[0]
        for name in ("broken", "whole")
    }
    own.db.hset(keys.hook(made["broken"].id), "sealed", "no such seal")
    assert [hook.id for hook in hooks.listed(own, "w")] == [made["whole"].id]
    assert hooks.by_id(own, made["broken"].id) is None
