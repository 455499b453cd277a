"""Numbers to send to are proved, senders are named only where they are certain: two tables."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration.kernel import recipients, senders

# A busy machine is slow now and then; that is no finding.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
REGIONS = st.sampled_from([None, "US", "NL", "IN", "DE", "IT"])


def table(name: str) -> list[tuple[str, str | None, bool, str, str]]:
    """Invisible characters are written as Python writes them."""
    file = Path(__file__).parent / "tables" / f"{name}.csv"
    rows = csv.DictReader(file.read_text("utf-8").splitlines())
    return [
        (
            row["text"].encode("latin-1").decode("unicode-escape"),
            row["region"] or None,
            bool(row["plain"]),
            row["expected"].encode("latin-1").decode("unicode-escape"),
            row["kind"],
        )
        for row in rows
    ]


TO_SEND, SENDERS = table("numbers_to_send"), table("senders")


def sent_to(text: str, region: str | None, *, plain: bool) -> str:
    """E.164, or "" where the number is refused."""
    try:
        number = recipients.read(text, region)
    except ValueError:
        return ""
    return "" if isinstance(number, recipients.PlainNumber) and not plain else number


@pytest.mark.parametrize(("text", "region", "plain", "expected", "kind"), TO_SEND)
def test_a_number_is_sent_to_only_where_it_is_certain(
    text: str, region: str | None, plain: bool, expected: str, kind: str
) -> None:
    assert sent_to(text, region, plain=plain) == expected, kind


def test_the_table_is_as_wide_as_promised() -> None:
    assert len(TO_SEND) >= 200
    assert len({region for _, region, *_ in TO_SEND if region}) >= 25


AS_WRITTEN = [(text, *more, found or text.strip(), kind) for text, *more, found, kind in TO_SEND]
"""What may be sent to is a certain sender, and what is refused stays as it came."""


@pytest.mark.parametrize(("text", "region", "plain", "expected", "kind"), [*SENDERS, *AS_WRITTEN])
def test_a_sender_is_renamed_only_where_it_is_certain(
    text: str, region: str | None, plain: bool, expected: str, kind: str
) -> None:
    assert senders.named(text, region, plain=plain) == expected, kind


@pytest.mark.parametrize(
    ("text", "region", "said"),
    [
        ("(646) 555-0123", None, r'^"\(646\) 555-0123" .* with a \+ .* or set DEFAULT_REGION\.$'),
        ("12345", "US", r'^"12345" is neither a number of US nor an international one; .* \+'),
        ("+1415555", None, r'^"\+1415555" has 7 digits; .* 8 to 15\.$'),
        ("4.479E+11", "GB", r"shortened by a spreadsheet; format its column as text"),
        ("1-800-FLOWERS", "US", r"has letters in it; write the number in digits"),
        ("\u202ahello" + "o" * 90, None, r'^"hello{20}…" has letters'),
    ],
)
def test_a_refusal_names_the_number_and_the_mend(text: str, region: str | None, said: str) -> None:
    with pytest.raises(ValueError, match=said) as refused:
        recipients.read(text, region)
    assert len(str(refused.value)) <= 200


def test_a_number_that_two_countries_have_is_refused_with_both() -> None:
    # A German without the zero, and a Greek with the country code.
    with pytest.raises(ValueError, match=r"may be \+493\d+ or \+3\d+; write the one"):
        recipients.read("306912345678", "DE")


@patient
@given(st.text(max_size=30), REGIONS)
def test_naming_a_sender_never_fails_and_is_stable(raw: str, region: str | None) -> None:
    once = senders.named(raw, region)
    assert senders.named(once, region) == once


@patient
@given(st.text("+0123456789 ()-.", max_size=20), REGIONS)
def test_a_number_that_was_read_is_e164_and_stays_so(raw: str, region: str | None) -> None:
    try:
        number = recipients.read(raw, region)
    except ValueError:
        return
    assert number.startswith("+")
    assert 8 <= len(number) - 1 <= 15
    assert recipients.read(number, region) == number


@pytest.mark.parametrize(
    "spelled",
    ["+14155550123", "\u202a+1 (415) 555-0123\u202c", "0014155550123", "tel:+1-415-555-0123"],
)
def test_spellings_of_one_sender_are_the_same(spelled: str) -> None:
    assert senders.same(senders.named(spelled, "US"), "+14155550123")
    assert senders.same(senders.named("(415) 555-0123", "US"), senders.named(spelled, "US"))
    assert not senders.same(spelled, "+14155550124")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("MyBank", " mybank\u200e"),
        ("31612345678", "+31612345678"),
        ("60777", "60 777"),
        ("(415) 555-0123", "+14155550123"),
        ("07911 123456", "+447911123456"),
        ("+5215512345678", "+525512345678"),
        ("5215512345678", "+525512345678"),
        ("+5491123456789", "+541123456789"),
    ],
)
def test_names_are_compared_without_what_nobody_sees(one: str, other: str) -> None:
    assert senders.same(one, other)


@pytest.mark.parametrize("other", ["+15512345678", "15512345678", "+525512345679", "+5255123456"])
def test_only_a_whole_mexican_number_is_compared_without_its_one(other: str) -> None:
    assert not senders.same("+525512345678", other)
    assert not senders.could_be(other, "+525512345678")
    assert senders.could_be("+5215512345678", "+525512345678")


def test_a_short_code_is_not_a_number_that_ends_alike() -> None:
    assert not senders.same("60777", "+4460777")
    assert not senders.same("+4155550123", "+14155550123")
    assert not senders.same("0049 155 550123", "+1 49 155 550123")
    assert not senders.could_be("60777", "+4420760777")


@pytest.mark.parametrize("written", ["+14155550123", "(415) 555-0123", "14155550123", "5550123"])
def test_a_row_of_the_history_may_be_written_nationally(written: str) -> None:
    assert senders.could_be(written, "+14155550123")


COULD = ["+14155550123", "(415) 555-0123", "60777", "MyBank", "AD-650001", "Info 24", "ИНФО"]
COULD += ["amy@example.com", "H&M", "106901234567890123", "\u202a+14155550123\u202c", "24/7"]
COULD_NOT = ["{{phone}}", "${phone}", "{{ 1.phone", "undefined", "null", "[object Object]", "", "7"]
COULD_NOT += ["+1 (abc)", "<phone>", "this is a whole sentence", "4.479E+11+", "?", "+"]


@pytest.mark.parametrize("raw", COULD)
def test_a_filter_takes_what_a_sender_may_be_called(raw: str) -> None:
    assert senders.could_match(raw)


@pytest.mark.parametrize("raw", COULD_NOT)
def test_a_filter_that_no_sender_can_match_is_known(raw: str) -> None:
    assert not senders.could_match(raw)
