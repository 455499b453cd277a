"""A person's number is found in any spelling, and no other is taken for it."""

from __future__ import annotations

import pytest

from integration.kernel.errors import InvalidInput
from integration.upkeep.person import Person

WHO, OTHER = "+14155550123", "+14155550199"


@pytest.mark.parametrize("text", ["+4532123456", "004532123456", "32 12 34 56", "4532123456"])
def test_a_short_number_is_found_in_any_spelling(text: str) -> None:
    assert Person("+4532123456").is_in(text)
    assert not Person("+4532123456").is_in("32 12 34 5")


@pytest.mark.parametrize(("number", "region"), [("0151 50405214", "DE"), ("4915150405214", None)])
def test_the_number_may_be_given_as_a_send_takes_it(number: str, region: str | None) -> None:
    assert Person(number, region).is_in("to +4915150405214")


SPELLED = [WHO, "+1 415 555-0123", "14155550123", "0014155550123", "0415 555 0123", "415-555-0123"]


@pytest.mark.parametrize("text", SPELLED)
def test_the_number_is_found_in_any_spelling(text: str) -> None:
    assert Person(WHO).is_in(f'{{"from":"{text}"}}')


@pytest.mark.parametrize(
    "text", [OTHER, "+44155550123", "1415555012", "141555501234", "2026-03-01T09:00:00Z"]
)
def test_another_number_is_not_taken_for_it(text: str) -> None:
    assert not Person(WHO).is_in(text)


@pytest.mark.parametrize("number", ["4155550123", "somebody", "+1415"])
def test_what_is_no_number_with_its_country_code_is_refused(number: str) -> None:
    with pytest.raises(InvalidInput):
        Person(number)
