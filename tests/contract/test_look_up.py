"""A name whose look-up hangs: it ends with the call, in a plain process and under gevent."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import Any

import pytest

from integration.kernel.errors import ProviderUnavailable, TargetRefused
from integration.outbound.addresses import check_url, look_up
from tests.contract.peers import at, client, send
from tests.contract.recordings import ROOT

UNDER_GEVENT = """
from gevent import monkey; monkey.patch_all()
import json, time
import gevent
from integration.kernel.errors import ProviderUnavailable
from tests.contract.peers import client, send

turns, hanging = 0, True

def other():
    global turns
    while hanging:
        turns += 1
        gevent.sleep(0.01)

def hangs(host, port):
    # A thread of the system's, as gevent's own look-ups are.
    gevent.get_hub().threadpool.apply(monkey.get_original("time", "sleep"), (600,))

beside = gevent.spawn(other)
try:
    send(client("http://sms.example", resolve=hangs, deadline=0.5))
    said = "it answered"
except ProviderUnavailable as error:
    said = error.message
hanging = False
print(json.dumps([said, turns]), flush=True)
__import__("os")._exit(0)
"""


class Hanging:
    """A resolver that does not answer before it is let go."""

    def __init__(self) -> None:
        self.released = threading.Event()

    def __call__(self, host: str, port: int) -> list[Any]:
        assert self.released.wait(120)
        return []


@pytest.fixture
def hanging() -> Any:
    made = Hanging()
    yield made
    made.released.set()


@pytest.mark.parametrize("effect", [True, False])
def test_a_call_ends_while_its_name_is_still_being_looked_up(
    hanging: Hanging, effect: bool
) -> None:
    with pytest.raises(ProviderUnavailable, match="cannot be reached; nothing was sent"):
        send(client("http://sms.example", resolve=hanging, deadline=0.5), effect=effect)
    assert not hanging.released.is_set()


def test_a_name_is_looked_up_where_the_system_gives_no_further_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuses(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    found: list[Any] = [("an address",)]
    monkeypatch.setattr(threading.Thread, "start", refuses)
    assert look_up(lambda host, port: found, "sms.example", 443, 5.0) == found


def test_an_address_whose_name_hangs_is_refused_with_a_sentence(
    hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integration.outbound.addresses.LOOK_UP_SECONDS", 0.5)
    with pytest.raises(TargetRefused, match="cannot be found"):
        check_url("https://sms.example/", allow_private=False, resolve=hanging)
    assert not hanging.released.is_set()


def test_a_greenlet_that_waits_for_a_name_holds_up_no_other() -> None:
    done = subprocess.run(
        [sys.executable, "-c", UNDER_GEVENT], cwd=ROOT, capture_output=True, timeout=120, text=True
    )
    assert done.returncode == 0, done.stderr
    said, turns = json.loads(done.stdout)
    assert "cannot be reached; nothing was sent" in said
    assert turns > 1


@pytest.mark.parametrize("error", [OSError("no"), UnicodeError("no"), AssertionError("no")])
def test_what_a_look_up_raises_is_raised_where_it_was_asked(error: Exception) -> None:
    def failing(host: str, port: int) -> Any:
        raise error

    with pytest.raises(type(error), match="no"):
        look_up(failing, "sms.example", 443, 60)
    assert look_up(lambda host, port: at("127.0.0.1", port), "x", 7, 60) == at("127.0.0.1", 7)
