"""The list of keys: each says how long it stays, and a name in the store has one declaration."""

from __future__ import annotations

from typing import Any

import pytest

from integration.store import keys
from integration.store.key import EVERY, Key, declared

LIVES = {"expires", "cap", "permanent"}


def test_every_key_says_how_long_it_stays_and_what_it_is_for() -> None:
    assert keys.FORMAT in EVERY
    assert [each.pattern for each in EVERY.values() if not each.name] == []
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


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"cap": ""}, "say when it expires"),
        ({"kind": "text"}, "'text' is no kind; the kinds are string, hash,"),
        ({"holds": " "}, "say what it holds"),
        ({"expires": "after the call"}, "expires and seconds go together"),
        ({"seconds": 60}, "expires and seconds go together"),
        ({"pattern": "hl:hook:<other>"}, "it has the pattern of hook"),
    ],
)
def test_a_key_that_does_not_hold_together_is_refused(
    changed: dict[str, Any], sentence: str
) -> None:
    stray = {"pattern": "hl:stray", "kind": "string", "holds": "Nothing."}
    with pytest.raises(ValueError, match=sentence):
        Key(**{**stray, "owner": "tests", "cap": "one entry", **changed})
    assert "hl:stray" not in EVERY


@pytest.mark.parametrize("parts", [(), ("a", "b")])
def test_a_call_with_other_parts_names_the_key(parts: tuple[str, ...]) -> None:
    with pytest.raises(TypeError, match=rf"job\(job\) is called with {len(parts)} parts"):
        keys.job(*parts)


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
    hook, map_ = keys.hook, keys.hooks
    assert hook.knows("status")
    assert hook.knows("sealed")
    assert hook.knows("sealed12")
    assert not hook.knows("leash")
    assert map_.knows("any digest")
