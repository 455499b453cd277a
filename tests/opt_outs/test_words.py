"""Which whole messages opt out or in, and which mean something else."""

from __future__ import annotations

import pytest

from integration.kernel.opt_out_inputs import RulesInput
from integration.kernel.opt_out_words import STOP, word_of


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *((each, "stop") for words in STOP.values() for each in words),
        *((text, "stop") for text in ("stop", " Stop. ", "STOP!", "stop all", "Opt-out", "«Stop»")),
        *((text, "stop") for text in ("arret", "arrêt", "ARRÊT !", "iptal", "İPTAL", "стоп")),
        *((text, "stop") for text in ("çık", "Çık!", "cik", "توقـــف", "ايقاف")),
        *((text, "stop") for text in ("\u200fتوقف\u200f.", "STOP\u00a0", "🛑 Stop 🛑", "“stop”")),
        *((text, "start") for text in ("START", "start!", "UNSTOP", "Un-Stop")),
        *((text, "yes") for text in ("YES", "yes.", "Yes!")),
        *((text, "help") for text in ("HELP", "help?")),
        *((text, "") for text in ("Stop by at 5", "Please don't stop", "the end", "Yes, at 5", "")),
        *((text, "") for text in ("Stopover", "ends", "no", "👍", "STOP" * 11)),
    ],
)
def test_only_a_whole_message_is_a_word(text: str, word: str) -> None:
    assert word_of(text) == word


@pytest.mark.parametrize("text", ["RED", "Red!", "dur", "Alto", "BAJA"])
def test_an_ordinary_word_of_another_language_opts_nobody_out_where_its_own_is_not_spoken(
    text: str,
) -> None:
    for numbers in (
        ["+447700900123", "+447700900000"],
        ["+4915150405214", ""],
        ["MYBANK", "57575"],
    ):
        assert word_of(text, numbers=numbers) == ""
        assert word_of("STOP", numbers=numbers) == "stop"
    assert word_of(text, [text, "STOP"], ["+447700900123"]) == "stop"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("RED", ["+905321234567", "+908501234567"]),
        ("dur", ["+4915150405214", "+908501234567"]),
        ("ALTO", ["+14155550123", ""]),
        ("Baja.", ["+34600123456", ""]),
    ],
)
def test_it_counts_where_one_of_the_two_numbers_is_at_home(text: str, numbers: list[str]) -> None:
    assert word_of(text, numbers=numbers) == "stop"


def test_own_words_take_the_place_of_the_usual_ones() -> None:
    assert word_of("Basta!", ["basta", "stop"]) == "stop"
    assert word_of("CANCEL", ["basta", "stop"]) == ""
    assert word_of("START", ["basta"]) == "start"


@pytest.mark.parametrize(
    "given",
    [
        "STOP, No more",
        "STOP;No  more;",
        "STOP\r\n\nNo more\n",
        "STOP、No more",
        ["STOP", "No more", " "],
        ["STOP; No more"],
    ],
)
def test_a_list_of_words_is_never_taken_for_one_word(given: object) -> None:
    assert RulesInput().load({"stop_words": given}) == {"stop_words": ["STOP", "No more"]}
