"""One part of a Make app: its entry in makecomapp.json and the files it names."""

from __future__ import annotations

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
"""Codes whose files are not named as they are."""


@dataclass(frozen=True, kw_only=True)
class Component:
    """`kind` is connection, webhook, module or rpc; `codes` are its contents by Make's names.

    A code that can never say anything here (scopes, which only OAuth has) is left out.
    """

    kind: str
    id: str
    facts: Json
    codes: Json

    def entry(self) -> dict[str, Any]:
        """What makecomapp.json says of it."""
        return {**self.facts, "codeFiles": {code: self._path(code) for code in self.codes}}

    def files(self) -> dict[str, str]:
        return {self._path(code): written(content) for code, content in self.codes.items()}

    def _path(self, code: str) -> str:
        name = kebab(self.id)
        return f"{self.kind}s/{name}/{name}.{FILE_NAMES.get(code, code)}.iml.json"


def written(content: Any) -> str:
    """A value as the text of a file."""
    return json.dumps(content, ensure_ascii=False, indent=4) + "\n"
