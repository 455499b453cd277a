"""A Twilio account to which somebody sends pictures."""

from __future__ import annotations

from typing import Any

from proofs.rig.sandbox import until
from proofs.rig.stack import World
from sandbox import pictures
from sandbox.twilio_state import NUMBER, sid

PHONE = "+14155550123"


def twilio(world: World) -> str:
    """The key of a Twilio account whose number calls us."""
    key = f"tw_{world.name}"
    given = {"account_sid": sid("AC", key), "auth_token": key, "sender_id": NUMBER}
    base_url = f"{world.stack.sandbox.url}/twilio/2010-04-01"
    made = world.post("/v1/connections", provider="twilio", base_url=base_url, **given)
    assert made.status_code == 201, made.text
    url = world.get(f"/v1/connections/{made.json()['id']}")["ingress_url"]
    world.control("PUT", "settings", {"callback_url": url}, key)
    return key


def comes_in(world: World, key: str, **given: Any) -> list[dict[str, Any]]:
    """The media of the event of a picture."""
    world.control("POST", "inbound", {"phone": PHONE, "message": "Look", **given}, key)
    [event] = until(world.inbox, "the picture")
    media: list[dict[str, Any]] = event["media"]
    return media


def drawn(item: dict[str, Any]) -> bytes:
    """The picture that the sandbox has at this address."""
    return pictures.png(item["provider_url"].rpartition("/")[2])


def is_kept(world: World, item: dict[str, Any]) -> bool:
    name = f"hl:ws:{{{world.name}}}:media:{item['id']}"
    return bool(world.stack.db.hget(name, "state") == "kept")
