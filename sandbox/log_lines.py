"""Log lines for texts in either direction on a phone, and the webhooks that an inbound one owes."""

from __future__ import annotations

import secrets
import time
import uuid
from typing import Any

from sandbox import clock
from sandbox.accounts import Account


def new_text(account: Account, endpoint: str, **fields: Any) -> dict[str, Any]:
    """An outbound SMS with its three ids; hold the world's lock until it is committed."""
    ids = {"id": account.pairfon.next_id, "uuid": str(uuid.uuid4()), "queue_id": new_id("msg_")}
    at = clock.now(account.settings.clock_offset)
    return {"endpoint": endpoint, "channel": "sms", "created_at": at, **ids, **fields}


def owed(url: str, body: Any, *, accepts: str, after: float = 0.0) -> dict[str, Any]:
    """A push to `url` in `after` seconds, as a log line carries it.

    `accepts` is the status that acknowledges it: "2xx" or "200".
    """
    due = time.time() + after
    return {"id": new_id("push_"), "url": url, "body": body, "accepts": accepts, "due": due}


def new_id(prefix: str) -> str:
    return prefix + secrets.token_hex(10)
