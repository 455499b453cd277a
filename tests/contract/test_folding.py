"""Folding: the spellings that gateways make of one text, and the texts that stay apart."""

from __future__ import annotations

import pytest

from integration.kernel.folding import BLANK, alike, folded

ONE_TEXT = [
    ("Your code is 1234\n", "Your code is 1234"),
    (" Hi ", "Hi"),
    ("one\r\ntwo", "one\ntwo"),
    ("one\rtwo", "one\ntwo"),
    ("one \ntwo", "one\ntwo"),
    ("one\u2028two", "one\ntwo"),
    ("caf\u0065\u0301", "caf\u00e9"),
    ("\ufeffHi", "Hi"),
    ("10\u00a0000", "10 000"),
    ("10\u202f000", "10 000"),
    ("\u1112\u1161\u11ab", "\ud55c"),
    ("\t", ""),
]
APART = [
    ("Your code is 1234", "Your code is 1235"),
    ("Hi", "hi"),
    ("Hi Amy", "HiAmy"),
    ("\u2013", "-"),
    ("\u201cHi\u201d", '"Hi"'),
    ("\uff11", "1"),
    ("\u2026", "..."),
    ("caf\u00e9", "cafe"),
]


MADE_OF_IT = [
    ("Your code is 1234", "Your code is 12"),
    ("Your code is 1234 and lasts an hour", "Your code is"),
    ("Caf\u00e9 \u00e0 midi", "Cafe a midi"),
    ("Gr\u00fc\u00dfe aus K\u00f6ln", "Gr??e aus K?ln"),
    ("\u201cSee you\u201d \u2013 Amy", '"See you" - Amy'),
    ("See you at 5 \U0001f600", "See you at 5 "),
    ("\U0001f600\U0001f600", "????"),
    ("Your table is ready", "[Hookline] Your table is ready"),
    ("Your table is ready", ""),
]
ANOTHER = [
    ("Your code is 1234", "Your code is 5678"),
    ("Your code is 1234", "Your code is 1243"),
    ("Ok", "Okay, see you at five"),
    ("Your table is ready", "Your car has been towed away"),
]


@pytest.mark.parametrize(("one", "other"), MADE_OF_IT + ONE_TEXT)
def test_what_a_gateway_may_have_made_of_a_text_is_alike(one: str, other: str) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(("one", "other"), ANOTHER)
def test_another_text_is_not_alike(one: str, other: str) -> None:
    assert not alike(one, other)
    assert not alike(other, one)


@pytest.mark.parametrize(("one", "other"), ONE_TEXT)
def test_two_spellings_of_one_text_fold_alike(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_two_texts_stay_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize("text", [*(each for pair in ONE_TEXT for each in pair), "\ud800 half"])
def test_a_folded_text_folds_to_itself(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_all_white_space_of_this_python_is_named() -> None:
    """A character that only a later Python takes for white space changes no fold of today."""
    spaces = {chr(each) for each in range(0x110000) if chr(each).isspace()}
    assert [each for each in sorted(spaces) if not BLANK.fullmatch(each)] == []
