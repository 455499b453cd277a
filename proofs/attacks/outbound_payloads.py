"""What is put into fields to split a header, a log line, an address or a key."""

from __future__ import annotations

MARK = "hkforged"
HEADER = f"x-{MARK}"
FORGED_LINE = f"ERROR web integration.app {MARK}"
_BREAKS = (
    *("\r\n", "\n", "\r", "\x00", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1b[2J", "\u202e"),
    *("\u560d\u560a", "%0d%0a", "%0a", "\\r\\n", "é\r\n", "💥\n", "\ufeff\n", "\t\r\n "),
)
PAYLOADS = tuple(
    f"a{each}{end}"
    for each in _BREAKS
    for end in (f"{HEADER}: 1", FORGED_LINE, f"\r\nHTTP/1.1 200 OK\r\n{HEADER}: 1\r\n\r\n")
)
OVERRIDES = (
    *("Host", "Content-Length", "Transfer-Encoding", "Connection", "Authorization", "Cookie"),
    *("webhook-id", "webhook-timestamp", "webhook-signature", "User-Agent"),
)
"""Headers that nobody may set from a field."""
