"""Wish: what one person wants of the texts of one sender, and how it is shown."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from integration.accounts.connections import Connection
from integration.kernel import times
from integration.kernel.catalog import dashed

BY_WORD, BY_PROVIDER, BY_HAND = "word", "provider", "hand"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What one person wants of one sender. `connection` is an id or EVERY. `by` is `word` (of the
    person), `provider` (which refused a text) or `hand`; `note` is the word, or a reason."""

    connection: str
    phone: str
    sender: str
    out: bool
    at_ms: int
    by: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Place:
    """What a wish is about where no connection is there: all of the workspace (EVERY), or one that
    was removed. What people want of it stays known: connected again, it has the same id."""

    id: str
    workspace: str
    provider: str = ""


Home = Connection | Place
"""Whose texts a wish is about."""


def id_of(wish: Wish) -> str:
    """Names the wish; another wish of the same person has another id."""
    facts = [wish.connection, wish.sender, wish.phone, wish.at_ms, wish.out]
    return f"opt_{hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:26]}"


def shown(wish: Wish) -> dict[str, Any]:
    """The wish as the API shows it."""
    return {
        "phone": wish.phone,
        "connection": wish.connection,
        "sender": wish.sender or None,
        "opted_out": wish.out,
        "by": wish.by,
        "note": wish.note,
        "changed_at": times.from_ms(wish.at_ms),
    }


def event(home: Home, wish: Wish) -> str:
    """The event of the trigger `opt-out-changed`."""
    facts = {"id": id_of(wish), "provider": dashed(home.provider) or None, **shown(wish)}
    return json.dumps(facts, ensure_ascii=False)
