"""One part of a Make app: its entry in makecomapp.json and the files it names."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platforms._make_words import kebab

Json = Mapping[str, Any]
FILE_NAMES: Mapping[str, str] = {
    "mappableParams": "mappable-params",
    "staticParams": "static-params",
}
"""Codes whose file names differ from the code's name."""


@dataclass(frozen=True, kw_only=True)
class Component:
    """One part; `kind` is connection, webhook, module or rpc, `codes` its contents by Make's names.

    It leaves out a code that no part here uses (scopes, which only OAuth has).
    """

    kind: str
    id: str
    facts: Json
    codes: Json

    def entry(self) -> dict[str, Any]:
        """The part's entry in makecomapp.json."""
        return {**self.facts, "codeFiles": {code: self._path(code) for code in self.codes}}

    def files(self) -> dict[str, str]:
        return {self._path(code): written(content) for code, content in self.codes.items()}

    def _path(self, code: str) -> str:
        name = kebab(self.id)
        return f"{self.kind}s/{name}/{name}.{FILE_NAMES.get(code, code)}.iml.json"


def written(content: Any) -> str:
    """Returns a value as the text of a file."""
    return json.dumps(content, ensure_ascii=False, indent=4) + "\n"
