"""Keys of the console."""

from __future__ import annotations

from integration.store import lifetimes
from integration.store.key import Key

console_session = Key(
    "hl:console:session:<digest>",
    "string",
    "The workspace and the API key that a browser is signed in with, as JSON.",
    owner="web.console",
    seconds=lifetimes.CONSOLE_IDLE_SECONDS,
    expires="after its last request, and 12 hours after the sign-in",
)
