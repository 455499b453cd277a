"""How many parts a text takes: the cases agree with what smsutil 1.1.3 counts."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration import discovery
from integration.kernel import plain_letters
from integration.kernel.segments import ALPHABET, EXTENSION, segments

CATALOG = discovery.load()
# A busy machine is slow now and then; that is no finding.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

GOLDEN = {
    "an empty text": ("", 1),
    "the longest single GSM-7": ("a" * 160, 1),
    "one more": ("a" * 161, 2),
    "two full parts": ("a" * 306, 2),
    "two full parts and one more": ("a" * 307, 3),
    "a euro takes two": ("€" * 80, 1),
    "an escape is not cut": ("€" * 81, 2),
    "an escape moves whole to the next part": ("a" * 152 + "€" + "a" * 152, 3),
    "brackets and form feed take two": ("[]{}\\^~|\f", 1),
    "Greek capitals are GSM-7": ("ΔΦΓΛΩΠΨΣΘΞ", 1),
    "line ends are GSM-7": ("one\r\ntwo", 1),
    "capital C with cedilla": ("Ç", 1),
    "small c with cedilla": ("ç", 1),
    "a backtick": ("`", 1),
    "a curly quote turns all": ("It’s" + "a" * 66, 1),
    "a curly quote and one more": ("It’s" + "a" * 67, 2),
    "an emoji takes two": ("😀" * 35, 1),
    "a surrogate pair is not cut": ("😀" * 36, 2),
    "33 pairs fill a part": ("😀" * 66, 2),
    "a 34th pair moves on": ("😀" * 67, 3),
    "two full UCS-2 parts": ("я" * 134, 2),
    "two full UCS-2 parts and one more": ("я" * 135, 3),
}


@pytest.mark.parametrize(("text", "parts"), GOLDEN.values(), ids=GOLDEN)
def test_a_text_takes_as_many_parts_as_the_network_bills(text: str, parts: int) -> None:
    assert segments(text) == parts


@patient
@given(st.text(max_size=700))
def test_parts_are_never_fewer_than_the_units_need(text: str) -> None:
    plain = set(text) <= ALPHABET
    units = (
        len(text) + sum(map(text.count, EXTENSION))
        if plain
        else len(text.encode("utf-16", "surrogatepass")) // 2 - 1
    )
    whole, each = (160, 153) if plain else (70, 67)
    least = 1 if units <= whole else -(-units // each)
    assert least <= segments(text) <= least + units // each


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("It’s ready – see you", "It's ready - see you"),
        ("“Ready” … at 5 p.m.", '"Ready" ... at 5 p.m.'),
        ("https://example.com/a–b’s", "https://example.com/a–b’s"),
        ("Ask amy’s@example.com", "Ask amy’s@example.com"),
        ("Code A1–B2, not 3–4", "Code A1–B2, not 3-4"),
        ("Déjà vu, żółw, 你好", "Déjà vu, żółw, 你好"),
    ],
)
def test_plain_letters_change_punctuation_alone(text: str, plain: str) -> None:
    assert plain_letters.folded(text) == plain
    assert plain_letters.folded(plain) == plain


def test_every_plain_letter_is_in_gsm_7_and_none_changes_twice() -> None:
    for letter, plain in plain_letters.PLAIN.items():
        assert len(letter) == 1
        assert set(plain) <= ALPHABET, letter
        assert not set(plain) & plain_letters.PLAIN.keys()


def test_a_text_in_plain_letters_may_need_fewer_parts() -> None:
    asked = {"phone": "+14155550123", "message": "It’s ready. " * 12}
    sent = CATALOG.action("send_sms").inputs().load({**asked, "fold": "yes", "max_parts": "1"})
    assert (sent["phone"], sent["message"]) == (["+14155550123"], "It's ready. " * 12)
    errors = CATALOG.action("send_sms").inputs().validate({**asked, "max_parts": "1"})
    assert errors == {"message": ["This text has 3 parts; Most Parts allows 1. Shorten it."]}
