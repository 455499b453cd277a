"""The gate: scripts that check an API key and count its call in the step that serves the call."""

from __future__ import annotations

from integration.store.script import Slot, led_script, script


@script("window", "admit")
def ADMISSION(
    *,
    api_keys: Slot,
    key_calls: Slot,
    key_digest: str,
    key_record: bytes,
    key_limit: int,
    key_window: int,
) -> None:
    """What a script begins with that admits its caller. The window is in milliseconds."""


ADMITTED = ADMISSION(
    api_keys="", key_calls="", key_digest="", key_record=b"", key_limit=0, key_window=0
)
"""For a caller who was admitted before: such a call is neither checked nor counted."""


@led_script(ADMISSION, "enter")
def ENTER() -> None:
    """Admit a call, and do nothing else."""


@script("window", "refuse")
def REFUSE(*, failures: Slot, limit: int, length: int) -> None:
    """Count a failed authentication. The length is in milliseconds."""
