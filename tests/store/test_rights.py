"""A user with few rights: those of docs/store.md do, and one that is missing is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from integration.store import clock, past, rights
from integration.store.client import TextStore, is_unable
from proofs.rig.sandbox import ROOT
from tests.store.real_servers import FEW, FEW_RIGHTS, PROGRAMS, SAFE, as_user, served
from tests.store.test_server import refusal

ENGINE = ROOT / "integration"
LUA = re.compile(r"redis\.p?call\('(\w+)'")
PYTHON = re.compile(r"\b(?:db|pipe|store|client|connection)\.([a-z_]+)\(")
BESIDE = {"MULTI", "EXEC", "WATCH"}
"""Tried outside of the MULTI."""


@pytest.fixture(scope="module", params=PROGRAMS, ids=lambda program: Path(program).name)
def plain(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TextStore]:
    with served(request.param, tmp_path_factory.mktemp("rights"), "--appendonly", "yes") as db:
        yield db


def test_the_documented_rights_are_all_that_the_start_asks_for(plain: TextStore) -> None:
    with as_user(plain, *FEW_RIGHTS) as few:
        assert rights.missing(few) == []
        assert refusal(few) == ""
    with as_user(plain, *SAFE) as safe:
        assert rights.missing(safe) == []


@pytest.mark.parametrize("lacking", [word for word in FEW if word[0] in "+~"])
def test_each_right_that_is_missing_is_named(plain: TextStore, lacking: str) -> None:
    given = [word for word in FEW_RIGHTS if word != lacking]
    with as_user(plain, *given) as few:
        found = rights.missing(few)
    sent_by_the_library = lacking[1:].upper() in {"SELECT", "UNWATCH"}
    assert found == ([] if sent_by_the_library else [lacking])


def test_all_that_are_missing_stand_in_one_line(plain: TextStore) -> None:
    given = [word for word in FEW_RIGHTS if word not in ("+zadd", "+script|load", "~rq:*")]
    with as_user(plain, *given) as few:
        said = refusal(few)
    assert said == (
        "REDIS_URL names a user that needs more rights: give it with ACL SETUSER"
        " +script|load +zadd ~rq:* (docs/store.md)."
    )


def test_the_trial_runs_nothing(plain: TextStore) -> None:
    plain.flushall()
    for given in (FEW_RIGHTS, ["on", FEW_RIGHTS[1], "~*", "+@all", "-discard"]):
        with as_user(plain, *given) as few:
            rights.missing(few)
    assert plain.keys("*") == []


def test_a_right_that_is_taken_away_later_makes_the_store_unable(plain: TextStore) -> None:
    for lost in ("-hset", "resetkeys"):
        with as_user(plain, *FEW_RIGHTS, lost) as few:
            with pytest.raises(RedisError) as caught:
                clock.AGREE(ours=0, **past.beat(0)).run(few)
            assert is_unable(caught.value)


def test_every_command_of_the_engine_is_tried() -> None:
    tried = {words[0] for words in rights.commands()} | BESIDE
    scripts = "".join(path.read_text() for path in ENGINE.rglob("*.lua"))
    modules = "".join(path.read_text() for path in ENGINE.rglob("*.py"))
    called = {name.removesuffix("_iter").upper() for name in PYTHON.findall(modules)} & OTHERS
    untried = ({*LUA.findall(scripts)} | called) - tried
    assert untried == set(), "Add these to SAMPLES in store/rights.py and to docs/store.md."


OTHERS = {
    *("APPEND", "BITCOUNT", "BLMOVE", "BRPOP", "BZPOPMIN", "BZPOPMAX", "COPY", "DECR", "DECRBY"),
    *("DUMP", "EXPIREAT", "EXPIRETIME", "FLUSHALL", "FLUSHDB", "FCALL", "GETDEL", "GETEX"),
    *("GETSET", "HINCRBYFLOAT", "HKEYS", "HRANDFIELD", "HSCAN", "HSTRLEN", "INCR", "INCRBY"),
    *("KEYS", "LINSERT", "LREM", "MIGRATE", "MSET", "PEXPIREAT", "PSETEX", "PUBLISH", "RENAME"),
    *("RESTORE", "RPOPLPUSH", "SCARD", "SDIFF", "SETEX", "SETNX", "SINTER", "SMOVE"),
    *("SORT", "SSCAN", "STRLEN", "SUNION", "TOUCH", "UNLINK", "WAIT", "XACK", "XGROUP", "XINFO"),
    *("XREADGROUP", "ZINCRBY", "ZINTER", "ZLEXCOUNT", "ZMSCORE", "ZPOPMAX", "ZPOPMIN", "ZRANK"),
    *("ZRANGESTORE", "ZREMRANGEBYLEX", "ZREVRANGEBYSCORE", "ZREVRANK", "ZSCAN", "ZUNION"),
}
"""Commands of which each needs a right, should the engine come to use it."""
