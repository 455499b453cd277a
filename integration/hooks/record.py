"""The record of a hook: what it holds, and how it lies in the store."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from integration.kernel.errors import SettingsError
from integration.services import Services
from integration.store import damaged, keys

SEALED, END = "sealed", "."
WITHHOLDS = "https://withheld.invalid/?"
"""Begins the sealed target of a hook that is given no texts. A process of release 0.1.0, which
would post them, finds no such host, and tries again later."""
PIECE = 64
"""Characters; Redis' own default for `hash-max-listpack-value`."""


class OldSecret(NamedTuple):
    """A secret before a rotation; until then it signs beside the newer ones (ms)."""

    secret: str
    until_ms: int


@dataclass(frozen=True, kw_only=True)
class Hook:
    """`since` is the inbox position at its making; what lies before it is not for this hook.

    `target_url` is "" for one that another SECRET_KEY sealed. Without `texts` its deliveries do not
    say what messages say."""

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
    old_secrets: tuple[OldSecret, ...] = ()
    revision: str = ""
    texts: bool = True


def changes(services: Services, before: Hook, after: Hook) -> list[str]:
    """The fields and values that turn one record into the other, without its revision."""
    was, now = (_record(services, each) for each in (before, after))
    if _to_seal(before) == _to_seal(after):
        now = {name: value for name, value in now.items() if not name.startswith(SEALED)}
    return [part for name, value in now.items() if was.get(name) != value for part in (name, value)]


def digest_of(hook: Hook) -> str:
    facts = json.dumps([hook.trigger, hook.target_url, sorted(hook.filters.items())])
    return base64.urlsafe_b64encode(hashlib.sha256(facts.encode()).digest()[:16]).decode()[:22]


def pairs(services: Services, hook: Hook) -> list[str]:
    """Fields and values of a new record, without those that say nothing."""
    return [part for pair in _record(services, hook).items() if pair[1] for part in pair]


def pieces(sealed: str) -> dict[str, str]:
    """A seal as fields of the record.

    Redis packs a hash into half the room while no value in it is longer than PIECE. The end is
    marked, since an older, longer seal may have left more pieces."""
    marked = sealed + END
    parts = [marked[first : first + PIECE] for first in range(0, len(marked), PIECE)]
    return {f"{SEALED}{number or ''}": part for number, part in enumerate(parts)}


def joined(record: Mapping[str, str]) -> str:
    """The seal again; LookupError where a piece of it is missing."""
    parts, number = [record[SEALED]], 0
    while not parts[-1].endswith(END):
        number += 1
        parts.append(record[f"{SEALED}{number}"])
    return "".join(parts)[: -len(END)]


def _host_of(target_url: str) -> str:
    """Names the host without telling it: hooks of one host share its connections."""
    parts = urlsplit(target_url)
    return hashlib.sha256(f"{parts.scheme}://{parts.netloc}".lower().encode()).hexdigest()[:16]


def _to_seal(hook: Hook) -> list[str]:
    """Target and secrets. A release before knows the first two of these, without a time."""
    old = hook.old_secrets
    first = _packed(old[0].secret) if old else ""
    return [
        hook.target_url if hook.texts else WITHHOLDS + hook.target_url,
        _packed(hook.secret),
        first,
        *(f"{each.until_ms} {_packed(each.secret)}" for each in old),
    ]


def _record(services: Services, hook: Hook) -> dict[str, str]:
    return {
        "workspace": hook.workspace,
        "trigger": hook.trigger,
        "filters": json.dumps(dict(hook.filters)),
        # The address often carries the platform's own secret, so it is sealed as well.
        **pieces(services.vault.seal(_to_seal(hook))),
        "old_until_ms": str(max((each.until_ms for each in hook.old_secrets), default="")),
        "host": _host_of(hook.target_url),
        "status": hook.status,
        "status_detail": hook.status_detail,
        "created_ms": str(hook.created_ms),
        "platform": hook.platform,
        "description": hook.description,
        "revision": hook.revision,
    }


def _packed(secret: str) -> str:
    return base64.b64encode(bytes.fromhex(secret)).decode()


def _unpacked(secret: str) -> str:
    return base64.b64decode(secret, validate=True).hex()


def readable(services: Services, hook_id: str, record: Mapping[str, str]) -> Hook | None:
    """The hook, None where its record cannot be read, or was sealed under another SECRET_KEY.

    Such a record must not stop the deliveries of all the others."""
    try:
        return _checked(services, read(services, hook_id, record)) if record else None
    except (SettingsError, *damaged.NONSENSE) as error:
        damaged.note(services.db, keys.hook(hook_id), type(error).__name__)
        return None


def locked(services: Services, hook_id: str, record: Mapping[str, str]) -> Hook | None:
    """A hook that another SECRET_KEY sealed, without its target and secrets; None for any other.

    What it is owed waits for the right key."""
    try:
        services.vault.open(joined(record))
    except SettingsError:
        with suppress(*damaged.NONSENSE):
            return _checked(services, _hook(hook_id, record, ("", "", "")))
    except damaged.NONSENSE:
        return None
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
    return hook


def read(services: Services, hook_id: str, record: Mapping[str, str]) -> Hook:
    return _hook(hook_id, record, services.vault.open(joined(record)))


def _hook(hook_id: str, record: Mapping[str, str], opened: Sequence[str]) -> Hook:
    target_url, secret, old, *older = opened
    return Hook(
        id=hook_id,
        workspace=record["workspace"],
        trigger=record["trigger"],
        target_url=target_url.removeprefix(WITHHOLDS),
        filters=dict(json.loads(record["filters"])),
        secret=_unpacked(secret),
        status=record["status"],
        created_ms=int(record["created_ms"]),
        since=record["since"],
        platform=record.get("platform", ""),
        description=record.get("description", ""),
        status_detail=record.get("status_detail", ""),
        old_secrets=tuple(_old_secrets(int(record.get("old_until_ms") or 0), old, older)),
        revision=record.get("revision", ""),
        texts=not target_url.startswith(WITHHOLDS),
    )


def _old_secrets(until_ms: int, old: str, older: Sequence[str]) -> Iterator[OldSecret]:
    """None of them signs longer than the record says."""
    for each in older or [f"{until_ms} {old}"] * bool(old):
        own, is_ours, secret = str(each).partition(" ")
        # A newer release may put something else behind them.
        if is_ours:
            yield OldSecret(_unpacked(secret), min(int(own), until_ms))
