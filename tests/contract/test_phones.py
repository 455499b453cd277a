"""Phone numbers: strict where we send, lenient where something reached us."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration.kernel import phones

# A busy machine is slow now and then; that is no finding.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

NUMBERS = [
    ("+14155550123", None, "+14155550123"),
    ("+1 (415) 555-0123", None, "+14155550123"),
    (" +1.415.555.0123 ", None, "+14155550123"),
    ("0014155550123", None, "+14155550123"),
    ("00 31 6 12345678", None, "+31612345678"),
    ("31612345678", None, "+31612345678"),
    ("8801721970168", None, "+8801721970168"),
    ("(415) 555-0123", "US", "+14155550123"),
    ("06 12345678", "NL", "+31612345678"),
    ("+31612345678", "US", "+31612345678"),
    ("31612345678", "US", "+31612345678"),
]
NO_NUMBERS = ["", "hello", "MyBank", "12345", "+", "+0000", "+1", "555", "+1415555012345678", "0"]
NO_NUMBERS += ["\u0664\u0665", "+14155550123,+14155550124", "null", "{{phone}}", "+-+-", "\x00"]


@pytest.mark.parametrize(("raw", "region", "expected"), NUMBERS)
def test_what_people_type_becomes_e164(raw: str, region: str | None, expected: str) -> None:
    assert phones.normalise(raw, region) == expected


@pytest.mark.parametrize("raw", NO_NUMBERS)
def test_what_is_no_number_is_refused_with_a_hint(raw: str) -> None:
    with pytest.raises(ValueError, match=r"international format, such as \+14155550123"):
        phones.normalise(raw, None)


def test_a_national_number_needs_its_region() -> None:
    with pytest.raises(ValueError):
        phones.normalise("06 12345678", None)


@pytest.mark.parametrize("sender", ["MyBank", "12345", "VM-HDFCBK", "ИНФО"])
def test_short_codes_and_names_survive_as_senders(sender: str) -> None:
    assert phones.readable(f" {sender} ", None) == sender


def test_a_sender_that_is_a_number_is_read_as_one() -> None:
    assert phones.readable("1 415 555 0123", "US") == "+14155550123"


@patient
@given(st.text(max_size=30), st.sampled_from([None, "US", "NL", "IN"]))
def test_reading_a_sender_never_fails_and_is_stable(raw: str, region: str | None) -> None:
    once = phones.readable(raw, region)
    assert phones.readable(once, region) == once


@patient
@given(st.text("+0123456789 ()-.", max_size=20), st.sampled_from([None, "US", "NL", "IN"]))
def test_a_normalised_number_is_e164_and_stays_so(raw: str, region: str | None) -> None:
    try:
        number = phones.normalise(raw, region)
    except ValueError:
        return
    assert number.startswith("+")
    assert 7 <= len(number) - 1 <= 15
    assert phones.normalise(number, region) == number
