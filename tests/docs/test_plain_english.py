"""The prose is plain: no banned word, no sentence in code that is too long."""

from __future__ import annotations

import pytest

from tests.docs.plain_english import MOST_WORDS, found, hits
from tests.docs.prose import Prose, pieces

HOW = "`python -m tests.docs.plain_english PATH` prints them; CONTRIBUTING says the rule."


def test_the_prose_is_plain() -> None:
    offenders = [str(hit) for some in found().values() for hit in some]
    assert not offenders, HOW


@pytest.mark.parametrize(
    "sentence",
    [
        "The reader starts anew.",
        "Nothing failed of late.",
        "The call has ended by now.",
        "The key is gone, hence the 404.",
        "Whoever asks gets it.",
        "Returns what there is, or that there is none.",
        "The owner may be another.",
        "Records what came of it.",
        "It waits for ever.",
        "The drain goes by the record.",
        "The caller is told the outcome.",
        "Nobody is left who reads it.",
        "The end of one\nby now, over two lines.",
    ],
)
def test_each_banned_word_is_found(sentence: str) -> None:
    assert list(hits("a.py", Prose(1, sentence)))


def test_a_sentence_in_code_is_limited_and_one_in_a_page_is_not() -> None:
    long = "word " * MOST_WORDS + "word."
    assert [hit.line for hit in hits("a.py", Prose(1, f"Short.\n{long}"))] == [2]
    assert not list(hits("a.md", Prose(1, long, code=False)))
    assert not list(hits("a.py", Prose(1, "word " * (MOST_WORDS - 1) + "word. Short.")))


def test_a_word_in_backticks_is_a_name_and_no_prose() -> None:
    assert not list(hits("a.py", Prose(1, "The rule bans `by now` and `whoever`.")))


@pytest.mark.parametrize(
    ("name", "source", "line"),
    [
        ("a.py", '"""Read.\n\nIt stands anew.\n"""\n', 3),
        ("a.py", "x = 1\n# Read.\n# It stands\n# anew.\n", 3),
        ("a.py", "def f():\n    raise ValueError('It stands anew.')\n", 2),
        ("tests/a.py", "def test_it_stands_anew():\n    pass\n", 1),
        ("a.lua", "local x = 1\n-- Read.\n-- It stands anew.\n", 3),
        ("a.js", "const x = 1; // It stands anew.\n", 1),
        ("a.html", "<p>Read</p>\n\n<p title='y'>It stands anew.</p>\n", 3),
        ("a.md", "# Read\n\n- One\n- It stands anew.\n", 4),
        ("a.patch", "breaks: it stands anew\n", 1),
        ("Makefile", "word: ## it stands anew\n", 1),
    ],
)
def test_each_kind_of_file_is_read_with_its_lines(name: str, source: str, line: int) -> None:
    seen = [hit for prose in pieces(name, source) for hit in hits(name, prose)]
    assert [hit.line for hit in seen if "anew" in hit.reason] == [line]


def test_what_a_test_holds_in_strings_is_no_message() -> None:
    assert not [hit for prose in pieces("tests/a.py", "x = 'it stands anew'\n") for hit in [prose]]
    assert list(pieces("integration/a.py", "x = 'it stands anew'\n"))
