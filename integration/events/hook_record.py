"""The record of a hook: what it holds, and how it lies in the store."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from integration import broken, keys
from integration.kernel.errors import SettingsError
from integration.services import Services


@dataclass(frozen=True, kw_only=True)
class Hook:
    """`since` is the inbox position at its making; what lies before it is not for this hook."""

    id: str
    workspace: str
    trigger: str
    target_url: str
    filters: Mapping[str, Any]
    secret: str
    status: str
    created_ms: int
    since: str
    platform: str = ""
    description: str = ""
    status_detail: str = ""
    old_secret: str = ""
    old_until_ms: int = 0
    """Until then deliveries are signed with the old secret as well."""


def digest_of(hook: Hook) -> str:
    facts = json.dumps([hook.trigger, hook.target_url, sorted(hook.filters.items())])
    return hashlib.sha256(facts.encode()).hexdigest()[:32]


def pairs(services: Services, hook: Hook) -> list[str]:
    return [part for pair in _record(services, hook).items() for part in pair]


def _host_of(target_url: str) -> str:
    """Names the host without telling it: hooks of one host share its connections."""
    parts = urlsplit(target_url)
    return hashlib.sha256(f"{parts.scheme}://{parts.netloc}".lower().encode()).hexdigest()[:16]


def _record(services: Services, hook: Hook) -> dict[str, str]:
    return {
        "id": hook.id,
        "workspace": hook.workspace,
        "trigger": hook.trigger,
        "filters": json.dumps(dict(hook.filters)),
        # The address often carries the platform's own secret, so it is sealed as well.
        "sealed": services.vault.seal([hook.target_url, hook.secret, hook.old_secret]),
        "old_until_ms": str(hook.old_until_ms),
        "host": _host_of(hook.target_url),
        "status": hook.status,
        "status_detail": hook.status_detail,
        "created_ms": str(hook.created_ms),
        "platform": hook.platform,
        "description": hook.description,
        "revision": secrets.token_hex(4),
    }


def readable(services: Services, record: Mapping[str, str]) -> Hook | None:
    """The hook, None where its record cannot be read: one broken record, or one sealed under
    another SECRET_KEY, must not stop the deliveries of all the others."""
    try:
        return _checked(services, read(services, record)) if record else None
    except (SettingsError, *broken.NONSENSE) as error:
        name = keys.hook(record.get("id", "?"))
        broken.note(services.db, name, type(error).__name__)
        return None


def _checked(services: Services, hook: Hook) -> Hook:
    """The hook, if all that a delivery will need of it is what it should be."""
    time, _, count = hook.since.partition("-")
    sound = (
        hook.trigger in services.catalog.triggers
        and hook.target_url == str(hook.target_url)
        and time.isdecimal()
        and (count or "0").isdecimal()
    )
    if not sound:
        raise ValueError("a field of another kind")
    for secret in (hook.secret, hook.old_secret):
        bytes.fromhex(secret)
    return hook


def read(services: Services, record: Mapping[str, str]) -> Hook:
    target_url, secret, old_secret = services.vault.open(record["sealed"])
    return Hook(
        id=record["id"],
        workspace=record["workspace"],
        trigger=record["trigger"],
        target_url=target_url,
        filters=dict(json.loads(record["filters"])),
        secret=secret,
        status=record["status"],
        created_ms=int(record["created_ms"]),
        since=record["since"],
        platform=record["platform"],
        description=record["description"],
        status_detail=record["status_detail"],
        old_secret=old_secret,
        old_until_ms=int(record["old_until_ms"]),
    )
