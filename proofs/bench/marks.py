"""Marks: the number and the moment that a payload carries, which identify its arrival."""

from __future__ import annotations

import re
import time

MARK = b"#00000000.00000000000000000#"
"""Where a payload is to be marked; a mark is as long as this, so no length ever changes."""
FOUND = re.compile(rb"#(\d{8})\.(\d{17})#")


def mark(number: int) -> bytes:
    """`number` and now, on the clock that all processes of one machine share, in nanoseconds."""
    return b"#%08d.%017d#" % (number, time.monotonic_ns())


def marked(template: bytes, number: int) -> bytes:
    return template.replace(MARK, mark(number), 1)
