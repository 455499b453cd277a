"""The profile of a week: ours reads in both sizes, and a broken one is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from proofs.chaos.week.profile import KINDS, USUAL, ProfileError, read


def changed(folder: Path, old: str, new: str) -> Path:
    text = USUAL.read_text(encoding="utf-8")
    assert old in text
    path = folder / "mine.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_our_profile_has_every_kind_of_trouble_and_healthy_people() -> None:
    week = read(USUAL, short=False)
    assert {each.kind for each in week.troubles} == set(KINDS)
    assert any(each.healthy for each in week.people)
    assert week.days * week.day_seconds <= 3600


def test_a_short_week_has_all_people_and_fewer_accounts() -> None:
    week, day = read(USUAL, short=False), read(USUAL, short=True)
    assert [each.name for each in day.people] == [each.name for each in week.people]
    assert sum(each.accounts for each in day.people) < sum(each.accounts for each in week.people)
    assert day.days * day.day_seconds < 60


def test_a_trouble_without_days_comes_every_day() -> None:
    week = read(USUAL, short=False)
    stores = [[each for each in week.on(day) if each.kind == "store"] for day in (1, 2)]
    crashes = [[each for each in week.on(day) if each.kind == "crash"] for day in (1, 2)]
    assert [len(each) for each in (*stores, *crashes)] == [1, 0, 1, 1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "crash"', 'kind = "flood"', "a trouble is one of fault"),
        ('people = "abandoned"', 'people = "nobody"', "no people are named 'nobody'"),
        ('target = "redeploying"\nat', 'target = "elsewhere"\nat', "no target is named"),
        ("texts_in = 20", "texts_inn = 20", "texts_inn"),
        ("days = 7", "days = ", "Invalid value"),
    ],
)
def test_a_profile_that_does_not_hold_together_is_refused_by_name(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(ProfileError, match=said) as refused:
        read(changed(tmp_path, old, new), short=False)
    assert str(tmp_path) in str(refused.value)
