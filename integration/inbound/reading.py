"""Reading: a conversation that is to be read, as far as it is; the store keeps it as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Reading:
    """It goes on at the page `page` of `talks[at]`.

    `talks` are phone and number; `tops` the highest id that each phone's history had before, None
    where that is not known. `missing` is how many texts we cannot account for, `sent` how many of
    the counted ones we sent. `found` and `others` are the missed and the sent texts that the pages
    so far showed. `refused` says that the provider refused one of them.
    """

    name: str
    count: int
    missing: int
    sent: int
    talks: Sequence[Sequence[str]]
    tops: Sequence[int | None]
    counts_sent: bool
    at: int = 0
    page: int = 1
    found: int = 0
    others: int = 0
    refused: bool = False

    def written(self) -> str:
        return json.dumps(vars(self), ensure_ascii=False)
