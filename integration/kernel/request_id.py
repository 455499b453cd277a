"""The request id: one name for a call, from its caller through the job to the provider and the log.

A job keeps the id of the call that asked for it. What works for either sets `current`, which the
lines of the log and the calls to providers bear.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

GIVEN = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_-]{8,64}")
"""What is taken over from a caller. Without a letter it could be a phone number, which the log
must not have."""
HEADER = "X-Request-Id"
current: ContextVar[str] = ContextVar("request_id", default="")
""" "" outside of any call and job."""


def new() -> str:
    return f"req_{secrets.token_hex(8)}"


@contextmanager
def working_for(request_id: str) -> Iterator[None]:
    """What is done until the context ends is done for this call."""
    before = current.set(request_id)
    try:
        yield
    finally:
        current.reset(before)
