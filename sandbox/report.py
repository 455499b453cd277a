"""An account's state as the controls and the handset page show it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sandbox.accounts import Account, Push
from sandbox.pairfon_state import Message, PairfonState

MESSAGES_SHOWN = 200
PUSHES_SHOWN = 30
RECEIVED_SHOWN = 50


def settings(account: Account) -> dict[str, Any]:
    return asdict(account.settings)


def push(owed: Push) -> dict[str, Any]:
    return asdict(owed)


def state(account: Account) -> dict[str, Any]:
    """Everything about an account; long lists are cut to their newest."""
    pushes = list(account.pushes.values())
    shown = {
        "key": account.key,
        "provider": account.provider,
        "settings": settings(account),
        "faults": [asdict(each) for each in account.faults],
        "requests": dict(account.requests),
        "received_total": len(account.received),
        "received": account.received[-RECEIVED_SHOWN:],
        "pushes_total": len(pushes),
        "pushes_open": sum(not each.done for each in pushes),
        "pushes": [push(each) for each in pushes[-PUSHES_SHOWN:]],
    }
    if account.member:
        return shown | account.member.shown(account)
    return shown | (_phones(account) if account.provider == "pairfon" else _messaging(account))


def _phones(account: Account) -> dict[str, Any]:
    phones = account.pairfon
    return {
        "devices": list(phones.devices.values()),
        "webhooks": phones.webhooks,
        "messages": [_text(phones, account, each) for each in _newest(phones)],
    }


def _newest(phones: PairfonState) -> list[Message]:
    """The newest messages of all threads, oldest first; inbound ones that no list shows as well."""
    kept = {each.id: each for each in phones.inbound[-MESSAGES_SHOWN:]}
    for device in phones.known_devices():
        for thread in phones.threads(device):
            kept |= {each.id: each for each in thread[-MESSAGES_SHOWN:]}
    return sorted(kept.values(), key=lambda each: each.id)[-MESSAGES_SHOWN:]


def _text(phones: PairfonState, account: Account, message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "direction": message.direction,
        "phone": message.phone,
        "message": message.text,
        "sim_slot": message.sim_slot,
        "device_fingerprint": message.device,
        "status": phones.status(message, account.settings),
        "at": message.created_at,
    }


def _messaging(account: Account) -> dict[str, Any]:
    state, receipted = account.messaging, _receipted(account)
    last = list(state.messages.values())[-MESSAGES_SHOWN:]
    return {
        "balance": state.balance,
        "groups": list(state.groups.values()),
        "contacts_total": len(state.contacts),
        "messages": [
            {
                "id": each["message_id"],
                "direction": "outbound",
                "phone": phone,
                "message": each["text"],
                "media_url": each.get("media_url"),
                "status": receipted.get(each["message_id"], "accepted"),
                "at": each["at"],
            }
            for each in last
            for phone in each["phones"]
        ],
    }


def _receipted(account: Account) -> dict[str, str]:
    """The status of each message's last receipt that is settled."""
    bodies = [each.body for each in account.pushes.values() if each.done]
    return {each["message_id"]: str(each["status"]) for each in bodies if "message_id" in each}
