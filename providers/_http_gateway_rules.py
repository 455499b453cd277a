"""Rules: how a gateway's answer shows success, a refusal or "later", and where it has the id."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from integration.kernel.specs import Answer
from providers._http_gateway_lines import lines
from providers._reading import WRITTEN

STATUS, TEXT, JSON = "status", "text", "json."
HOW = (
    "Each line is status=CODE, text=BEGINNING, or json.PATH=VALUE; lines of one name are"
    " alternatives, and each name must fit."
)
WHERE = "Give json=PATH, header=NAME, regex=EXPRESSION with one group, or none."
NO_ID = ("", "0", "-1")
LONGEST_SEARCHED = 500
"""Characters of an answer that a regular expression looks at."""
MOST_REPEATS = 2
"""Of `*`, `+`, `?` and `{}` in an expression; each one multiplies the time by LONGEST_SEARCHED."""
_ONE = r"(?:[^\\()\[\]{}*+?|^$]|\\[^A-Za-z0-9]|\\[dDsSwW]|\[\^?[^\[\]\\]+\])"
_ATOM = _ONE + r"(?:[*+?]\??|\{\d{1,3}(?:,\d{0,3})?\}\??)?"
_EXPRESSION = re.compile(rf"\^?(?:{_ATOM})*\((?:{_ATOM})+\)(?:{_ATOM})*\$?")
_REPEAT = re.compile(r"\\.|\[[^\]]*\]|([*+?]|\{[^}]*\})\??")


@dataclass(frozen=True)
class Rule:
    """Conditions on an answer. Without any, it fits nothing."""

    wanted: dict[str, list[str]]

    def __bool__(self) -> bool:
        return bool(self.wanted)

    @property
    def reads(self) -> bool:
        """Whether it looks at what the answer says, and not at its status alone."""
        return any(name != STATUS for name in self.wanted)

    def fits(self, answer: Answer) -> bool:
        if not self.wanted:
            return False
        return all(_fits(answer, name, values) for name, values in self.wanted.items())


def rule(text: str) -> Rule:
    """ValueError with a sentence for any other condition."""
    wanted: dict[str, list[str]] = {}
    for each in lines(text):
        number = each.name == STATUS and not re.fullmatch("[1-5][0-9]{2}", each.value)
        if number or not (each.name in (STATUS, TEXT) or each.name.removeprefix(JSON) != each.name):
            raise ValueError(HOW)
        wanted.setdefault(each.name, []).append(each.value)
    return Rule(wanted)


def _fits(answer: Answer, name: str, values: Sequence[str]) -> bool:
    if name == STATUS:
        return str(answer.status) in values
    if name == TEXT:
        said = plain(answer).casefold()
        # An empty value stands for an empty answer.
        return any(said.startswith(each.casefold()) if each else not said for each in values)
    found = at(answer.data, name.removeprefix(JSON))
    return found is not None and found.casefold() in [each.casefold() for each in values]


def plain(answer: Answer) -> str:
    """An answer that is no JSON object or list, as its text."""
    if isinstance(answer.data, WRITTEN) and not isinstance(answer.data, bool):
        return str(answer.data).strip()
    return answer.text.strip() or ("" if answer.data is None else "\ufffd")


def at(data: Any, path: str) -> str | None:
    """What stands at a dotted path, as text; a number in the path counts the rows of a list."""
    steps = path.split(".")
    if steps[0] == "0" and isinstance(data, dict) and "0" not in data:
        # A list of one row, which reached us as that row.
        del steps[0]
    for step in steps:
        if isinstance(data, list):
            data = data[int(step)] if step.isdecimal() and int(step) < len(data) else None
        else:
            data = data.get(step) if isinstance(data, dict) else None
    if isinstance(data, bool):
        return str(data).lower()
    return str(data) if isinstance(data, WRITTEN) else None


@dataclass(frozen=True, kw_only=True)
class IdPlace:
    """Where an answer has the id of the text; `kind` is json, header, regex or none."""

    kind: str
    what: str = ""

    def find(self, answer: Answer) -> str | None:
        """The id, None where the answer has none."""
        found = None
        if self.kind == "json":
            found = at(answer.data, self.what)
        elif self.kind == "header":
            found = answer.headers.get(self.what.lower())
        elif self.kind == "regex" and (match := re.search(self.what, _start(answer))):
            found = match[1]
        said = (found or "").strip()
        return said if said not in NO_ID else None


def id_place(text: str) -> IdPlace:
    """ValueError with a sentence for any other place."""
    kind, _, what = text.partition("=")
    if text == "none":
        return IdPlace(kind="none")
    if kind not in ("json", "header", "regex") or not what:
        raise ValueError(WHERE)
    if kind == "regex":
        _check(what)
    return IdPlace(kind=kind, what=what)


def _check(expression: str) -> None:
    """An expression that can take long would hold up every text of the worker."""
    repeats = [found for found in _REPEAT.findall(expression) if found]
    if not _EXPRESSION.fullmatch(expression) or len(repeats) > MOST_REPEATS:
        raise ValueError(
            "The expression has one group, no alternatives and no group within another, and at most"
            f" {MOST_REPEATS} of *, +, ? and {{}}."
        )
    try:
        re.compile(expression)
    except re.error as error:
        raise ValueError("The expression cannot be read.") from error


def _start(answer: Answer) -> str:
    return plain(answer)[:LONGEST_SEARCHED]
