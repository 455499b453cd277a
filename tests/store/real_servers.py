"""Data servers of every kind at hand: the one of `make run`, and those that STORES names."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis.exceptions import RedisError

from integration.store import client
from integration.store.client import TextStore
from launch import embedded
from proofs.rig.sandbox import ROOT, until
from proofs.rig.spawn import spawn
from tests.short_folder import short_folder

EMBEDDED = embedded.find_program("")
PROGRAMS = [EMBEDDED, *filter(None, os.environ.get("STORES", "").split(os.pathsep))]
PASSWORD = "a password of the tests"  # a test's own
DOCUMENT = (ROOT / "docs/store.md").read_text(encoding="utf-8")
FEW = shlex.split(re.findall(r"ACL SETUSER ([^`]*)\n```", DOCUMENT)[0].replace("\\\n", ""))
"""The user that docs/store.md makes: its name, and its rights."""
FEW_RIGHTS = [word.replace("PASSWORD", PASSWORD) for word in FEW[1:]]
SAFE = ["on", f">{PASSWORD}", "~hl:*", "~rq:*", "+@all", "-@dangerous"]


@contextmanager
def served(program: str, folder: Path, *options: str) -> Iterator[TextStore]:
    """A client of a server that runs with these options."""
    with short_folder(folder, "s") as home:
        path = home / "s"
        command = [program, "--port", "0", "--unixsocket", str(path), "--dir", str(home), *options]
        with (folder / "server.log").open("wb") as log:
            running = spawn(command, stdout=log, stderr=log)
        db = client.connect(f"unix://{path}")
        until(lambda: _answers(db), "the data server")
        yield db
        db.close()
        running.terminate()
        running.wait(120)


@contextmanager
def as_user(db: TextStore, *rights: str) -> Iterator[TextStore]:
    """A client of a user that has these rights alone."""
    db.execute_command("ACL", "SETUSER", "few", "reset", *rights)
    path = db.connection_pool.connection_kwargs["path"]
    own = client.connect(f"unix://few:{PASSWORD.replace(' ', '%20')}@{path}")
    yield own
    own.close()


def _answers(db: TextStore) -> bool:
    try:
        return bool(db.ping())
    except RedisError:
        return False
