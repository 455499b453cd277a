"""The fault proxy by itself: each fault does what its name says, seen with raw sockets."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from proofs.chaos.fault_names import host
from proofs.rig.sandbox import until
from tests.proofs.chaos.bench import PATIENCE, REPLY, REQUEST, Bench, Caller

AAAA = 28


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def test_without_a_fault_all_exchanges_of_a_connection_pass(bench: Bench) -> None:
    caller = bench.call()
    for count in (1, 2, 3):
        assert caller.ask(least=count * len(REPLY)).reply == REPLY * count
    assert bench.server.got == REQUEST * 3
    assert bench.struck() == 0


def test_latency_delays_and_loses_nothing(bench: Bench) -> None:
    began = time.monotonic()
    caller = bench.call("latency").ask()
    assert caller.reply == REPLY
    assert caller.pieces[0][0] - began >= 0.1


def test_what_a_client_sent_before_it_gave_up_still_arrives(bench: Bench) -> None:
    callers = [bench.call("latency") for _ in range(8)]
    for caller in callers:
        caller.socket.sendall(REQUEST)
        caller.socket.close()
    until(lambda: bench.server.got == REQUEST * 8, "all eight requests")


def test_a_slow_link_carries_a_kilobyte_in_a_second(bench: Bench) -> None:
    began = time.monotonic()
    caller = bench.call("slow").ask()
    assert caller.reply == REPLY
    assert time.monotonic() - began >= 0.9 * (len(REQUEST) + len(REPLY)) / 1024


def test_a_slicer_gives_tiny_segments(bench: Bench) -> None:
    def pieces() -> int:
        caller = bench.call("slicer").ask()
        assert caller.reply == REPLY
        return len(caller.pieces)

    # A caller that stands still for some milliseconds reads many of them as one.
    until(lambda: pieces() > 5, "a reply in tiny segments")


def test_a_reset_before_the_request_reaches_no_server(bench: Bench) -> None:
    assert bench.call("reset-before").ask().end == "rst"
    assert bench.server.got == b""


def test_a_reset_after_the_request_comes_when_the_server_has_answered(bench: Bench) -> None:
    caller = bench.call("reset-after").ask()
    assert (caller.end, caller.reply) == ("rst", b"")
    assert bench.server.got == REQUEST


def ended(bench: Bench, count: int) -> bool:
    return bench.server.ended == count


def test_a_cut_ends_the_connection_within_a_request_or_a_reply(bench: Bench) -> None:
    for count in range(12):
        until(partial(ended, bench, count), "the end of the one before")
        before = len(bench.server.got)
        caller = bench.call("cut").ask()
        assert caller.end in ("fin", "rst")
        assert len(caller.reply) < len(REPLY)
        if caller.reply:
            assert len(bench.server.got) - before == len(REQUEST)
    assert 0 < len(bench.server.got) < 12 * len(REQUEST)


def test_a_slow_close_swallows_what_is_sent_after_the_server_has_gone(bench: Bench) -> None:
    caller = bench.call("slow-close").ask()
    assert caller.reply == REPLY
    until(lambda: bench.server.ended == 1, "the server's end")
    assert caller.ask(least=2 * len(REPLY)).end == "fin"
    assert caller.reply == REPLY
    assert bench.server.got == REQUEST


def test_a_half_open_connection_stays_and_never_answers(bench: Bench) -> None:
    caller = bench.call("half-open").ask(seconds=3)
    assert (caller.end, caller.reply) == ("", b"")
    assert bench.server.got == b""


def test_garbage_looks_like_tls_and_some_requests_were_carried_out(bench: Bench) -> None:
    for _ in range(12):
        caller = bench.call("tls-garbage").ask(least=10**6)
        assert caller.reply.startswith(b"\x16\x03\x03")
        assert REPLY not in caller.reply
        assert caller.end in ("fin", "rst")
    assert 0 < len(bench.server.got) < 12 * len(REQUEST)


def test_garbage_on_a_link_with_tls_comes_in_place_of_the_handshake(bench: Bench) -> None:
    port = bench.proxy.open("secure", bench.server.address, bench.certificate)
    trusting = ssl.create_default_context(cafile=str(bench.certificate))
    bench.callers.append(Caller(port, trusting))
    assert bench.callers[-1].ask().reply == REPLY
    bench.proxy.set("secure", "tls-garbage")
    with pytest.raises(ssl.SSLError):
        Caller(port, trusting)
    assert bench.server.got == REQUEST


def test_a_fault_strikes_its_share_and_ends_when_it_is_taken_off(bench: Bench) -> None:
    ends = [bench.call("reset-before", 0.5).ask().end for _ in range(40)]
    assert 0 < ends.count("rst") < 40
    assert bench.struck() == ends.count("rst")
    assert bench.call("").ask().reply == REPLY
    assert bench.struck() == ends.count("rst")


def test_the_name_server_knows_the_links_alone(bench: Bench) -> None:
    code, records = bench.question(host("link")) or (None, b"")
    assert (code, records[-4:]) == (0, bytes([127, 0, 0, 1]))
    assert bench.question(host("link"), AAAA) == (0, b"")
    assert bench.question(host("nobody")) == (3, b"")
    assert bench.question("example.com") == (3, b"")


@pytest.mark.parametrize(
    ("kind", "answer"), [("nxdomain", (3, b"")), ("servfail", (2, b"")), ("dns-timeout", None)]
)
def test_a_fault_of_names_strikes_the_question(
    bench: Bench, kind: str, answer: tuple[int, bytes] | None
) -> None:
    bench.proxy.set("link", kind)
    assert bench.question(host("link"), seconds=PATIENCE if answer else 2) == answer
    assert bench.struck() == 1


def test_under_a_fault_of_names_a_connection_ends_after_each_exchange(bench: Bench) -> None:
    caller = bench.call("nxdomain").ask()
    assert caller.reply == REPLY
    assert caller.listen(least=2 * len(REPLY)).end == "fin"
