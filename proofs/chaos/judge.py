"""The judge: what was lost or sent twice, from the provider's and the hook sink's logs alone.

What the service says of itself is asked for one thing only: whether it lists a job as `unknown`.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs.chaos.lines import Tail


@dataclass(frozen=True, kw_only=True)
class Logs:
    """The evidence: the generator's own notes of 2xx answers, the provider's log, the sink's."""

    accepted: Path
    provider: Path
    sink: Path


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Texts by what became of them. `astray` are inbound ones that no hook got; `split` are
    those that hooks got under two webhook-ids, which a receiver cannot tell from two messages."""

    accepted: int
    sent: int
    lost: tuple[str, ...]
    twice: tuple[str, ...]
    unknown: tuple[str, ...]
    inbound: int = 0
    astray: tuple[str, ...] = ()
    split: tuple[str, ...] = ()
    repeats: int = 0

    @property
    def clean(self) -> bool:
        return not (self.lost or self.twice or self.astray or self.split)


def by_text(line: Mapping[str, Any]) -> str:
    return str(line["text"])


def by_recipient(line: Mapping[str, Any]) -> str:
    """One text may go to many numbers, once to each. Some providers write them without a plus."""
    return f"{line['text']} to {str(line['phone']).lstrip('+')}"


def judge(
    logs: Logs,
    label: str,
    unknown_jobs: Collection[str] = (),
    name: Callable[[Mapping[str, Any]], str] = by_text,
) -> Verdict:
    """Compare what was promised with what arrived, for texts that start with `label`.

    `unknown_jobs` are the ids that the API lists as unknown: a message that never left counts as
    lost unless it is among them. A doubled text counts whether or not it was ever accepted.
    """
    taken = [line for line in Tail(logs.provider).read() if line.get("kind") in ("send", "inbound")]
    ours = [line for line in taken if str(line["text"]).startswith(label)]
    sends = Counter(name(line) for line in ours if line["kind"] == "send")
    promised = {
        name(line): line["job"]
        for line in Tail(logs.accepted).read()
        if line["text"].startswith(label)
    }
    listed = set(unknown_jobs)
    unknown = {text for text, job in promised.items() if job in listed}
    inbound = {_folded(line["text"]) for line in ours if line["kind"] == "inbound"}
    posts = _posts(logs.sink, label)
    return Verdict(
        accepted=len(promised),
        sent=len(sends),
        lost=_sorted(text for text in promised if not sends[text] and text not in unknown),
        twice=_sorted(text for text, count in sends.items() if count > 1),
        unknown=_sorted(unknown),
        inbound=len(inbound),
        astray=_sorted(inbound - {text for text, _ in posts}),
        split=_sorted({text for (text, _), ids in posts.items() if len(set(ids)) > 1}),
        repeats=sum(len(ids) - 1 for ids in posts.values()),
    )


def _folded(text: str) -> str:
    """Channels of a provider differ in white space at the ends, line ends and Unicode form."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").strip())


def _posts(sink: Path, label: str) -> dict[tuple[str, str], list[str]]:
    """The webhook-ids under which each path took each text; what it refused does not count."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in Tail(sink).read():
        text = _folded(str(line["body"].get("message", "")))
        if text.startswith(label) and line.get("status", 200) == 200:
            found[text, str(line.get("path", ""))].append(line["webhook_id"])
    return found


def _sorted(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(texts))
