"""Work that is done aside holds up no other greenlet of the process."""

from __future__ import annotations

import subprocess
import sys

from integration.runtime.aside import aside

TURNS = """
from gevent import monkey
monkey.patch_all()
import gevent
from integration.runtime.aside import aside

turns = 0

def count():
    global turns
    while True:
        turns += 1
        gevent.sleep(0)

def long_work(text, ending):
    before = turns
    while turns == before:
        ending = sum(range(1000))
    raise ValueError(text)

gevent.spawn(count)
try:
    aside(long_work, "its own words", ending=0)
except ValueError as error:
    print(error)
"""


def test_other_greenlets_have_their_turns_and_an_error_comes_back() -> None:
    """Done in the one thread, this work would never end."""
    command = [sys.executable, "-c", TURNS]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert (ran.stdout, ran.stderr) == ("its own words\n", "")


def test_without_gevent_it_is_done_here() -> None:
    assert aside(divmod, 7, 3) == (2, 1)
