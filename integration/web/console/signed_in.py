"""Signed-in sessions: one record in the store for each, which sign-out deletes.

The store holds only a digest of the cookie's secret, so a copy of the store signs nobody in.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from dataclasses import asdict, dataclass, fields
from typing import Any

from integration.accounts import api_keys
from integration.kernel.errors import NotFound
from integration.store import clock, keys
from integration.store.client import TextStore
from integration.store.lifetimes import CONSOLE_IDLE_SECONDS, CONSOLE_SESSION_SECONDS

SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A session's record. `key_created_at` tells a revoked key from a later one of the same text;
    the session ends at `ends_ms` of the agreed time."""

    workspace: str
    key_id: str
    key_created_at: str
    ends_ms: int


def new_secret() -> str:
    """A cookie's secret: 43 letters that hold 256 random bits."""
    return secrets.token_urlsafe(32)


def is_secret(text: str) -> bool:
    """Whether a cookie has the form of a secret, known or not."""
    return SECRET.fullmatch(text) is not None


def begin(db: TextStore, secret: str, workspace: str, key_id: str) -> None:
    """Store the session of an API key. NotFound where the key was revoked meanwhile."""
    clock.keep(db)
    record = SignedIn(
        workspace=workspace,
        key_id=key_id,
        key_created_at=api_keys.get(db, workspace, key_id)["created_at"],
        ends_ms=clock.now_ms() + CONSOLE_SESSION_SECONDS * 1000,
    )
    db.set(_name(secret), json.dumps(asdict(record)), ex=CONSOLE_IDLE_SECONDS)


def find(db: TextStore, secret: str) -> SignedIn | None:
    """The session of a secret, which stays for another idle time; None where it has ended."""
    if not is_secret(secret):
        return None
    clock.keep(db)
    found = _read(db.get(_name(secret)))
    left_ms = found.ends_ms - clock.now_ms() if found else 0
    if left_ms <= 0:
        return None
    # Only what is still there is prolonged: a sign-out at this moment stays one.
    db.pexpire(_name(secret), min(left_ms, CONSOLE_IDLE_SECONDS * 1000))
    return found


def key_of(db: TextStore, session: SignedIn) -> dict[str, Any]:
    """The record of the session's API key. NotFound where that key was revoked."""
    record = api_keys.get(db, session.workspace, session.key_id)
    if record["created_at"] != session.key_created_at:
        raise NotFound("There is no API key with this id.")
    return record


def end(db: TextStore, secret: str) -> None:
    db.delete(_name(secret))


def _name(secret: str) -> str:
    return keys.console_session(hashlib.sha256(secret.encode()).hexdigest())


def _read(text: str | None) -> SignedIn | None:
    """None also for a record that lacks a fact; a fact that is new to us is passed over."""
    try:
        given = json.loads(text or "null")
        return SignedIn(**{each.name: given[each.name] for each in fields(SignedIn)})
    except (ValueError, TypeError, KeyError):
        return None
