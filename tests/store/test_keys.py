"""The list of keys: each says how long it stays, and a name in the store has one declaration."""

from __future__ import annotations

import pytest

from integration.store import keys
from integration.store.key import EVERY, Key, declared

LIVES = {"expires", "cap", "permanent"}


def test_every_key_says_how_long_it_stays_and_what_it_is_for() -> None:
    assert keys.FORMAT in {each.pattern for each in EVERY.values()}
    wrong = [
        each.name
        for each in EVERY.values()
        if bool(each.seconds) != bool(each.expires) or (each.unless and not each.seconds)
    ]
    assert wrong == [], "An expiry has its seconds and the event that they count from."
    assert [each.name for each in EVERY.values() if not each.holds.endswith(".")] == []


def test_what_is_permanent_gives_its_reason() -> None:
    lasting = [each for each in EVERY.values() if each.permanent]
    assert {"hook", "api_keys", "connection"} <= {each.name for each in lasting}
    assert [each.name for each in lasting if not each.permanent.endswith(".")] == []
    assert [each.name for each in lasting if each.seconds or each.cap] == []


def test_every_hash_and_stream_declares_its_fields() -> None:
    bare = [each for each in EVERY.values() if each.kind in ("hash", "stream") and not each.fields]
    assert [each.name for each in bare] == []


def test_a_key_without_a_life_time_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="Say when stray expires"):
        Key("stray", "hl:stray", "string", "Nothing.", "tests")
    with pytest.raises(ValueError, match="declared twice"):
        Key("hook", "hl:other", "string", "Nothing.", "tests", cap="one entry")
    assert "stray" not in EVERY


@pytest.mark.parametrize(
    ("name", "key"),
    {
        "hl:hook:h": "hook",
        "hl:hook:h:due": "hook_due",
        "hl:ws:{a:b}:hooks": "hooks",
        "hl:ws:{a:b}:hooks:revision": "hooks_revision",
        "hl:watched:c:device:flight": "watch_lock",
        "hl:seen:c:20260301": "seen",
        "rq:queue:hookline-actions": "rq_waiting",
    }.items(),
)
def test_a_name_belongs_to_the_closest_pattern(name: str, key: str) -> None:
    found = declared(name)
    assert found
    assert found.name == key


@pytest.mark.parametrize("name", ["hl:nothing", "other:hl:hook:h", "rq:results:x", ""])
def test_a_name_that_nobody_declared_belongs_to_none(name: str) -> None:
    assert declared(name) is None


def test_a_field_is_known_by_its_name_or_its_pattern() -> None:
    hook, map_ = EVERY["hook"], EVERY["hooks"]
    assert hook.knows("status")
    assert hook.knows("sealed")
    assert hook.knows("sealed12")
    assert not hook.knows("leash")
    assert map_.knows("any digest")
