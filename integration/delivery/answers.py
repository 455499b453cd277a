"""Answers: what a hook's target said, as keep_answers.lua keeps it; attempts name their answer."""

import json
from collections.abc import Mapping, Sequence

from integration.delivery import attempt
from integration.store import damaged, keys
from integration.store.client import TextStore


def named_in(attempts: str) -> list[str]:
    """The names in a delivery's attempts as stored, one for each, "" where no answer is kept."""
    return [attempt.answer_of(each) for each in json.loads(f"[{attempts}]")]


def read(db: TextStore, hook_id: str, names: Sequence[str]) -> Mapping[str, str | None]:
    """These answers by name; None for one that is kept no longer, as others came since."""
    wanted = sorted({*names} - {""})
    found = db.hmget(keys.hook_bodies(hook_id), wanted) if wanted else []
    return dict(zip(wanted, found, strict=True))


def every(db: TextStore, hook_id: str) -> dict[str, str]:
    [found] = damaged.hashes(db, [keys.hook_bodies(hook_id)])
    return found


def forget(db: TextStore, hook_id: str, names: Sequence[str]) -> None:
    if names:
        db.zrem(keys.hook_answers(hook_id), *names)
        db.hdel(keys.hook_bodies(hook_id), *names)
