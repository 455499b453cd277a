"""The secrets of a hook: which of them sign now, and what a rotation makes of them."""

import base64
import secrets
from collections.abc import Callable
from dataclasses import replace

from integration.hooks.record import Hook, OldSecret
from integration.kernel.errors import Conflict
from integration.store.clock import now_ms

BYTES = 24
"""Standard Webhooks asks for 24 to 64 random bytes."""
MOST_OLD = 150
"""Their signatures make a header of 7 KiB; servers take 8."""
ROTATED = "Too many old secrets of this hook still sign; wait, or rotate with overlap_hours 0."


def new() -> str:
    """A random secret, as hexadecimal digits."""
    return secrets.token_hex(BYTES)


def rotation(overlap_ms: int) -> Callable[[Hook], Hook]:
    """What gives a hook a new secret. The old one signs beside it for another `overlap_ms`, and
    each older one until its own time. Without an overlap none of them signs any more.

    It raises Conflict where too many old secrets sign.
    """
    secret = new()

    def rotated(hook: Hook) -> Hook:
        old = [OldSecret(hook.secret, now_ms() + overlap_ms), *_signing(hook)]
        if overlap_ms and len(old) > MOST_OLD:
            raise Conflict(ROTATED)
        return replace(hook, secret=secret, old_secrets=tuple(old) if overlap_ms else ())

    return rotated


def _signing(hook: Hook) -> list[OldSecret]:
    return [each for each in hook.old_secrets if each.until_ms > now_ms()]


def keys_of(hook: Hook) -> list[bytes]:
    """The keys that sign now, newest first."""
    return [bytes.fromhex(each) for each in (hook.secret, *(old for old, _ in _signing(hook)))]


def shown(hook: Hook) -> str:
    """The secret in the form that Standard Webhooks libraries take."""
    return "whsec_" + base64.b64encode(bytes.fromhex(hook.secret)).decode()
