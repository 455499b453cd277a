"""The gate: scripts that check an API key and count its call in the step that serves the call."""

from typing import TypedDict, Unpack

from integration.store.script import script


class Admission(TypedDict):
    """What a script is given that admits its caller (accounts/admit.lua). The window is in
    milliseconds."""

    key_calls: str
    key_digest: str
    key_record: bytes
    key_limit: int
    key_window: int


ADMITTED = Admission(key_calls="", key_digest="", key_record=b"", key_limit=0, key_window=0)
"""For a caller who was admitted before: such a call is neither checked nor counted."""


@script("window", "admit", "enter")
def ENTER(**admission: Unpack[Admission]) -> None:
    """Admit a call, and do nothing else."""


@script("window", "refuse")
def REFUSE(*, failures: str, limit: int, length: int) -> None:
    """Count a failed authentication. The length is in milliseconds."""
