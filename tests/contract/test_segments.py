"""How many parts a text takes: the cases agree with what smsutil 1.1.3 counts."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration.kernel.segments import GSM_7, UCS_2, segments

# A busy machine is slow now and then; that is no finding.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

GOLDEN = {
    "an empty text": ("", GSM_7, 0, 1),
    "the longest single GSM-7": ("a" * 160, GSM_7, 160, 1),
    "one more": ("a" * 161, GSM_7, 161, 2),
    "two full parts": ("a" * 306, GSM_7, 306, 2),
    "two full parts and one more": ("a" * 307, GSM_7, 307, 3),
    "a euro takes two": ("€" * 80, GSM_7, 160, 1),
    "an escape is not cut": ("€" * 81, GSM_7, 162, 2),
    "an escape moves whole to the next part": ("a" * 152 + "€" + "a" * 152, GSM_7, 306, 3),
    "brackets and form feed take two": ("[]{}\\^~|\f", GSM_7, 18, 1),
    "Greek capitals are GSM-7": ("ΔΦΓΛΩΠΨΣΘΞ", GSM_7, 10, 1),
    "line ends are GSM-7": ("one\r\ntwo", GSM_7, 8, 1),
    "capital C with cedilla": ("Ç", GSM_7, 1, 1),
    "small c with cedilla": ("ç", UCS_2, 1, 1),
    "a backtick": ("`", UCS_2, 1, 1),
    "a curly quote turns all": ("It’s" + "a" * 66, UCS_2, 70, 1),
    "a curly quote and one more": ("It’s" + "a" * 67, UCS_2, 71, 2),
    "an emoji takes two": ("😀" * 35, UCS_2, 70, 1),
    "a surrogate pair is not cut": ("😀" * 36, UCS_2, 72, 2),
    "33 pairs fill a part": ("😀" * 66, UCS_2, 132, 2),
    "a 34th pair moves on": ("😀" * 67, UCS_2, 134, 3),
    "two full UCS-2 parts": ("я" * 134, UCS_2, 134, 2),
    "two full UCS-2 parts and one more": ("я" * 135, UCS_2, 135, 3),
}


@pytest.mark.parametrize(("text", "encoding", "units", "parts"), GOLDEN.values(), ids=GOLDEN)
def test_a_text_takes_as_many_parts_as_the_network_bills(
    text: str, encoding: str, units: int, parts: int
) -> None:
    counted = segments(text)
    assert (counted.encoding, counted.units, counted.parts) == (encoding, units, parts)


@patient
@given(st.text(max_size=700))
def test_parts_are_never_fewer_than_the_units_need(text: str) -> None:
    counted = segments(text)
    whole, each = (160, 153) if counted.encoding == GSM_7 else (70, 67)
    least = 1 if counted.units <= whole else -(-counted.units // each)
    assert least <= counted.parts <= least + counted.units // each
