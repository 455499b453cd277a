"""The language rule: `python -m tests.docs.plain_english [PATH…]` prints each hit."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.docs.prose import ROOT, Prose, files, pieces

MOST_WORDS = 25
BANNED = {
    r"\banew\b": "again, or a new one",
    r"\bof\s+late\b": "recently, since …",
    r"\bby\s+now\b": "already, or when",
    r"\bhence\b": "so, later",
    r"\bwho(?:so)?ever\b|\bwhomever\b|\bwhosever\b": "the one that …, anyone who",
    r"\b(?:is|are|was|were|be|been)\s+none\b": "there is no …",
    r"\b(?:is|are|was|were|be|been|being)\s+another\b": "differs, or name the other",
    r"\bwhat\s+(?:has\s+|had\s+)?(?:came|comes|come)\s+of\b": "the result",
    r"\bfor\s+ever\b": "permanently, always",
    r"\b(?:go|goes|going|gone|went)\s+by\b": "follows, uses, passes",
    r"\btold\b": "returned, reported, recorded",
    r"\bnobody\b[^.;:]*\bwho\b|\bno\s+one\b[^.;:]*\bwho\b": "no process that …",
}


@dataclass(frozen=True)
class Hit:
    file: str
    line: int
    reason: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}: {self.sentence}"


def hits(file: str, prose: Prose) -> Iterator[Hit]:
    """Each banned word in a piece of prose, and in code each sentence that is too long."""
    text = re.sub(r"``?[^`]+``?", "`…`", prose.text)
    for offset, sentence in sentences(text):
        line = prose.line + text.count("\n", 0, offset)
        shown = " ".join(sentence.split())
        for pattern, instead in BANNED.items():
            if word := re.search(pattern, sentence, re.IGNORECASE):
                yield Hit(file, line, f"“{' '.join(word[0].split())}” (say {instead})", shown)
        if prose.code and (count := words(sentence)) > MOST_WORDS:
            yield Hit(file, line, f"{count} words, {MOST_WORDS} at most", shown)


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Split at full stops, blank lines and items of a list; with the place of each."""
    end = r"(?<=[.!?:])[\"')”»]*\s+(?=[^a-z\s])|(?<=[.!?])\s*\n|\n\s*(?=[-*•|├└│\n])|\s\|\s"
    start = 0
    for mark in [*re.finditer(end, text), None]:
        stop = mark.start() if mark else len(text)
        if sentence := text[start:stop].strip():
            yield start + text[start:stop].index(sentence[0]), sentence
        start = mark.end() if mark else stop


def words(sentence: str) -> int:
    return len([each for each in sentence.split() if re.search(r"[\w…]", each)])


@cache
def found() -> dict[str, list[Hit]]:
    """The hits of every file that has one."""
    names = {str(path.relative_to(ROOT)): path for path in files()}
    every = {
        name: [hit for prose in pieces(name, path.read_text()) for hit in hits(name, prose)]
        for name, path in names.items()
    }
    return {name: some for name, some in every.items() if some}


def main(arguments: list[str]) -> int:
    wanted = arguments or [""]
    shown = [
        hit for name, some in found().items() if name.startswith(tuple(wanted)) for hit in some
    ]
    print(*shown, f"{len(shown)} hits in {len({hit.file for hit in shown})} files", sep="\n")
    return bool(shown)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
