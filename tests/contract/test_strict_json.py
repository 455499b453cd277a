"""JSON from outside: what a refused body is called."""

from __future__ import annotations

import pytest

from integration.kernel.errors import MalformedBody
from integration.kernel.strict_json import parse


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (
            b'{"phone": NaN}',
            "NaN is no value of JSON; write null or a number",
        ),
        (b'{"phone": -Infinity}', "-Infinity is no value of JSON"),
        (b'{"phone": 1, "phone": 2}', "names one field twice"),
        (b'{"phone": ' + b"9" * 10_000 + b"}", "a number too long"),
        (b"[" * 100_000, "nested too deep"),
    ],
    ids=lambda each: each[:16],
)
def test_a_body_that_is_refused_hears_why(raw: bytes, sentence: str) -> None:
    with pytest.raises(MalformedBody, match=sentence):
        parse(raw)
