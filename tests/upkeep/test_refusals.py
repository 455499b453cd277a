"""What is refused: a damaged copy, a wrong key, a store that is full or in use."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from integration import services
from integration.kernel.errors import Conflict, HooklineError, InvalidInput, SettingsError
from integration.services import Services
from integration.store import heartbeat, keys
from integration.store.key import EVERY
from integration.upkeep import contents
from integration.upkeep.restore import restore
from proofs.rig.sandbox import ROOT
from tests.delivery.drains import WORKSPACE, receive, subscribe
from tests.flows.command_line import hookline
from tests.jobs.history import Desk
from tests.upkeep.copies import copied, gone_back, settings_of, silent

NEW = "fedcba9876543210" * 2


def test_a_cut_or_changed_file_changes_nothing(own: Services, desk: Desk) -> None:
    for number in range(3000):
        own.db.hset("hl:counters", f"{number}-{random.Random(number).randbytes(90).hex()}", number)
    text = copied(own).getvalue()
    lines = text.splitlines(keepends=True)
    assert len(lines) > 2
    swapped = [lines[0], *lines[:0:-1]]
    broken = lines[1][:50] + ("A" if lines[1][50] != "A" else "B") + lines[1][51:]
    bad = (
        "a letter\n",
        "".join(lines[:-1]),
        "".join(swapped),
        "".join([lines[0], broken, *lines[2:]]),
    )
    own.db.flushall()
    for each in bad:
        with pytest.raises(InvalidInput):
            restore(own, io.StringIO(each), None, silent)
        assert [key.name for _, key in contents.names(own.db)] == ["clock"]


def test_a_store_that_drops_what_it_holds_gets_no_copy(own: Services, desk: Desk) -> None:
    file = copied(own)
    own.db.flushall()
    own.db.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with pytest.raises(SettingsError, match="Set it to noeviction"):
            restore(own, file, None, silent)
    finally:
        own.db.config_set("maxmemory-policy", "noeviction")
    assert own.db.keys("*") == []


def test_a_small_copy_that_is_cut_off_is_not_taken_for_one_under_another_key(
    own: Services, desk: Desk
) -> None:
    text = copied(own).getvalue()
    assert len(text.splitlines()) == 2
    for cut in (text[:-2], text[: text.index("\n") + 40], text[: text.index("\n") + 1]):
        with pytest.raises(InvalidInput, match="damaged or ends early: line 2"):
            restore(own, io.StringIO(cut), None, silent)
    for other in ("hookline-backup 1 salt\n", "hookline-backup 2 " + "0" * 32, ""):
        with pytest.raises(InvalidInput, match="no backup of Hookline"):
            restore(own, io.StringIO(other), None, silent)


def test_what_was_said_beside_a_copy_and_got_into_it_is_passed_over(
    own: Services, desk: Desk
) -> None:
    """`heroku run` puts standard error into what is piped (heroku/cli#1835)."""
    said = ["Copied 5,000 of 9,000 keys.\n", "the record hl:x cannot be read: wörd\n", "\n"]
    lines = copied(own).getvalue().splitlines(keepends=True)
    mixed = [part for line in lines for part in (*said, line)] + said
    gone_back(own, io.StringIO("".join(mixed).replace("\n", "\r\n")))
    assert settings_of(own, desk) == desk.connection.settings


def test_a_copy_through_a_pipe_that_takes_all_that_is_said(own: Services, desk: Desk) -> None:
    environment = {"REDIS_URL": own.settings.redis_url, "SECRET_KEY": own.settings.secret_key}
    made = subprocess.run(
        [sys.executable, "-m", "integration.cli", "backup", "-"],
        env={**os.environ, **environment, "PYTHONUNBUFFERED": ""},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    assert "'connections': 1" in made.stdout
    gone_back(own, io.StringIO(made.stdout))
    assert settings_of(own, desk) == desk.connection.settings


def test_a_copy_takes_the_place_of_what_a_newer_release_has_written(
    own: Services, desk: Desk, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    copy.write_text(copied(own).getvalue())
    own.db.set(keys.FORMAT, 99)
    environment = {"REDIS_URL": own.settings.redis_url, "SECRET_KEY": own.settings.secret_key}
    assert "format 99" in hookline(("jobs", "list"), environment, code=1).stderr
    hookline(("restore", str(copy), "--replace"), environment, code=0)
    hookline(("jobs", "list"), environment, code=0)


def test_a_copy_is_opened_by_its_own_key_an_old_one_or_its_passphrase(
    own: Services, desk: Desk
) -> None:
    hook = subscribe(own)
    plain, sealed = copied(own), copied(own, "correct horse battery staple")
    other = services.build(replace(own.settings, secret_key=NEW))
    both = services.build(
        replace(own.settings, secret_key=NEW, old_secret_keys=(own.settings.secret_key,))
    )
    with pytest.raises(InvalidInput, match="another SECRET_KEY"):
        gone_back(other, plain)
    with pytest.raises(InvalidInput, match="passphrase"):
        gone_back(own, sealed, "wrong")
    plain.seek(0)
    gone_back(both, plain)
    assert settings_of(both, desk) == desk.connection.settings
    sealed.seek(0)
    gone_back(other, sealed, "correct horse battery staple")
    assert settings_of(other, desk) == desk.connection.settings
    assert hook.id in own.db.hvals(keys.hooks(WORKSPACE))
    for each in (other, both):
        each.db.close()


def test_no_copy_is_sealed_under_a_key_that_opens_nothing(own: Services, desk: Desk) -> None:
    other = services.build(replace(own.settings, secret_key=NEW))
    with pytest.raises(SettingsError, match="SECRET_KEY is not the one") as told:
        copied(other)
    assert "--passphrase-file" in told.value.message
    assert copied(other, "correct horse battery staple").getvalue()
    both = replace(own.settings, secret_key=NEW, old_secret_keys=(own.settings.secret_key,))
    renewed = services.build(both)
    assert copied(renewed).getvalue()
    for each in (other, renewed):
        each.db.close()


def test_no_line_of_a_copy_shows_a_number_a_text_or_a_key(own: Services, desk: Desk) -> None:
    receive(own, desk.connection, "a secret text")
    text = copied(own).getvalue()
    for each in ("secret text", "4155550123", "pf_nothing", own.settings.secret_key):
        assert each not in text


def test_a_store_that_is_not_empty_is_refused_unless_it_is_to_be_replaced(
    own: Services, desk: Desk
) -> None:
    file = copied(own)
    own.db.set(keys.sync_lock("conn_of_after"), 1)
    own.db.sadd(keys.CONNECTIONS, "conn_of_after")
    with pytest.raises(Conflict, match="--replace"):
        restore(own, file, None, silent)
    file.seek(0)
    restore(own, file, None, silent, empties=True)
    assert own.db.smembers(keys.CONNECTIONS) == {desk.connection.id}
    assert not own.db.exists(keys.sync_lock("conn_of_after"))


def test_a_store_that_a_process_works_on_is_refused(own: Services, desk: Desk) -> None:
    file = copied(own)
    own.db.flushall()
    heartbeat.beat(own.db, "worker")
    with pytest.raises(Conflict, match="Stop all"):
        restore(own, file, None, silent)


def test_a_copy_of_a_newer_format_is_refused(
    own: Services, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integration.upkeep.backup.FORMAT", 99)
    file = copied(own)
    with pytest.raises(SettingsError, match="format 99"):
        gone_back(own, file)


def test_a_user_who_may_not_read_gets_no_copy_that_lacks_something(own: Services) -> None:
    own.db.hset(keys.COUNTERS, "x", 1)
    own.db.acl_setuser(
        "half", enabled=True, nopass=True, categories=["+@all"], commands=["-hscan"], keys=["*"]
    )
    half = services.build(
        replace(own.settings, redis_url=own.settings.redis_url.replace("//", "//half:x@"))
    )
    with pytest.raises((RedisError, HooklineError)):
        copied(half)
    half.db.close()
    own.db.acl_deluser("half")


def test_the_list_of_what_stays_out_names_keys_that_there_are() -> None:
    known = {each.name for each in EVERY.values()}
    assert contents.TRANSIENT | {*contents.FIRST, *contents.LATE, *contents.LAST} <= known
