"""Whether a workspace keeps a register of opt-outs, and by which words."""

import json
import os
import time
from typing import NamedTuple

from integration.kernel import opt_out_words
from integration.services import Services
from integration.store import damaged, keys
from integration.store.client import TextStore

FIELDS = ("opt_outs", "stop_words", "confirm_opt_outs", "confirm_text", "help_text")
KEPT_SECONDS = 5.0
"""For so long a process takes what it read: every send and every text in asks."""


CONFIRMED = "You will get no more texts from this number. Reply START to get them again."
"""What an opt-out is confirmed with where the workspace has no text of its own."""


class Rules(NamedTuple):
    """`stop` are words of the workspace's own; without any, the usual ones hold. `confirm` says
    whether an opt-out by a word is confirmed, by the text `confirmed`; `help` answers HELP."""

    on: bool
    stop: tuple[str, ...] = ()
    confirm: bool = False
    confirmed: str = ""
    help: str = ""

    def answer(self, word: str) -> str:
        """The text that answers a word, "" for none."""
        if word == "stop":
            return (self.confirmed or CONFIRMED) if self.confirm else ""
        return self.help if word == "help" else ""


_read: dict[str, tuple[float, Rules]] = {}
# A forked process may start much later.
os.register_at_fork(after_in_child=_read.clear)


def rules(services: Services, workspace: str) -> Rules:
    """What holds in the workspace, as it was at most KEPT_SECONDS ago."""
    at, found = _read.get(workspace, (0.0, Rules(False)))
    if time.monotonic() - at > KEPT_SECONDS or not at:
        found = stored(services.db, workspace)
        _read[workspace] = (time.monotonic(), found)
    return found


def stored(db: TextStore, workspace: str) -> Rules:
    state, words, *more = db.hmget(keys.workspace(workspace), *FIELDS)
    try:
        own = tuple(str(each) for each in json.loads(words or "[]"))
    except damaged.NONSENSE:
        own = ()
    confirm, confirmed, help_text = more
    return Rules(state == "on", own, confirm == "on", confirmed or "", help_text or "")


def store(db: TextStore, workspace: str, rules: Rules) -> Rules:
    """Change it; other processes follow within KEPT_SECONDS."""
    words = tuple(each.strip() for each in rules.stop if opt_out_words.folded(each))
    state, confirm = ("on" if each else "off" for each in (rules.on, rules.confirm))
    facts = (state, json.dumps(words), confirm, rules.confirmed.strip(), rules.help.strip())
    db.hset(keys.workspace(workspace), mapping=dict(zip(FIELDS, facts, strict=True)))
    _read.pop(workspace, None)
    return rules._replace(stop=words, confirmed=facts[3], help=facts[4])
