"""Every piece of prose in the checkout, with its file and line: what the language rule reads."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    *("actions", "docs", "integration", "launch", "options", "platforms", "proofs"),
    *("providers", "sandbox", "tests", "triggers", ".ci"),
)
HASH_COMMENTS = {"", ".sh", ".toml", ".yml", ".yaml", ".in"}
SLASH_COMMENTS = {".js", ".mjs", ".ts", ".css", ".c"}
PROSE = {".py", ".lua", ".html", ".md", ".patch"} | HASH_COMMENTS | SLASH_COMMENTS
NOT_OURS = {"__pycache__", "node_modules", "fixtures", "golden", "build", "released"}
NO_COMMENT = (0, 0, False, "")
DIRECTIVE = re.compile(r"^(noqa|type: ?ignore|pragma|fmt:|ruff:|mypy:|!)[^-]*-?")


@dataclass(frozen=True)
class Prose:
    """A docstring, a comment, a paragraph, a message or a test's name; `code` limits its length."""

    line: int
    text: str
    code: bool = True


def pieces(name: str, source: str) -> Iterator[Prose]:
    """What a file of this name, relative to the checkout, says."""
    kind = Path(name).suffix
    if kind == ".py":
        yield from _python(source, tests=name.startswith("tests/"))
    elif kind == ".lua":
        yield from _comments(source, r"^\s*--(?P<alone>.*)$|\s--\s(?P<beside>.*)$")
    elif kind in SLASH_COMMENTS:
        yield from _comments(source, r"^\s*(?://|/?\*)(?P<alone>.*)$|\s//\s(?P<beside>.*)$")
    elif kind == ".html":
        yield from _page(source)
    elif kind == ".md":
        yield from _markdown(source)
    elif kind == ".patch":
        yield Prose(1, source.partition("\n")[0], code=False)
    elif kind in HASH_COMMENTS:
        yield from _comments(source, r"^\s*#(?P<alone>.*)$|\s##?\s(?P<beside>.*)$")


def files() -> list[Path]:
    """What is ours and holds prose, each file once."""
    inside = [path for name in FOLDERS for path in (ROOT / name).rglob("*")]
    return sorted(
        path
        for path in [*ROOT.glob("*"), *inside]
        if path.is_file()
        and not NOT_OURS & set(path.relative_to(ROOT).parts)
        and path.suffix in PROSE
    )


def _python(source: str, *, tests: bool) -> Iterator[Prose]:
    nodes = list(ast.walk(ast.parse(source)))
    bare = {
        id(node.value)
        for node in nodes
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    if "#" in source:
        yield from _python_comments(source)
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) in bare:
                yield Prose(node.lineno, node.value)
            elif not tests and " " in node.value.strip():
                yield Prose(node.lineno, node.value, code=False)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.startswith("test_"):
            yield Prose(node.lineno, node.name.replace("_", " "), code=False)


def _python_comments(source: str) -> Iterator[Prose]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    found = [
        (each.start[0], each.start[1], not each.line[: each.start[1]].strip(), each.string[1:])
        for each in tokens
        if each.type == tokenize.COMMENT
    ]
    yield from _joined(found)


def _comments(source: str, pattern: str) -> Iterator[Prose]:
    found = []
    for number, line in enumerate(source.splitlines(), 1):
        if mark := re.search(pattern, line):
            text = mark["alone"] if mark["alone"] is not None else mark["beside"]
            found.append((number, mark.start(), mark["alone"] is not None, text.strip(" */-")))
    yield from _joined(found)


def _joined(found: list[tuple[int, int, bool, str]]) -> Iterator[Prose]:
    """Comment lines that follow each other are one text; one beside code stands by itself."""
    start, lines = 0, list[str]()
    for (number, _, alone, text), (following, _, alone_too, _) in pairwise([*found, NO_COMMENT]):
        start, lines = (start, lines) if lines else (number, [])
        lines.append(DIRECTIVE.sub("", text.strip()))
        if not (alone and alone_too and following == number + 1):
            yield Prose(start, "\n".join(lines))
            lines = []


def _page(source: str) -> Iterator[Prose]:
    """What a reader of the page sees: no script, style, tag or template expression."""
    hidden = re.compile(r"<(script|style)\b.*?</\1>|{#.*?#}|{%.*?%}|<!--.*?-->", re.DOTALL)
    seen = hidden.sub(lambda m: "\n" * m[0].count("\n") or " ", source)
    seen = re.sub(r"{{.*?}}", "X", seen, flags=re.DOTALL)
    seen = re.sub(r"</?(p|div|li|td|th|h\d|tr|dt|dd|button|label|option)\b", "\f<", seen)
    seen = re.sub(r"<[^>]*>", lambda m: "\n" * m[0].count("\n") or " ", seen)
    yield from _blocks(seen, r"\f|\n[ \t]*\n", code=False)


def _markdown(source: str) -> Iterator[Prose]:
    """Without code and without what a command writes between marks: its words are in the code."""
    written = r"<!-- (?P<by>\w+): (?P<what>.*?) -->.*?<!-- (?P=by): end of (?P=what) -->"
    blank = re.compile(rf"^```.*?^```|{written}|<!--.*?-->", re.DOTALL | re.MULTILINE)
    seen = blank.sub(lambda m: "\n" * m[0].count("\n"), source)
    yield from _blocks(seen, r"\n(?=\s*(?:[-*|#]|\d+\.)\s|\s*\n|\|)", code=False)


def _blocks(text: str, between: str, *, code: bool) -> Iterator[Prose]:
    edges = [0, *(mark.end() for mark in re.finditer(between, text)), len(text)]
    for start, end in pairwise(edges):
        block = text[start:end]
        if block.strip():
            lead = len(block) - len(block.lstrip())
            yield Prose(text.count("\n", 0, start + lead) + 1, block.strip(), code)
