"""The log is of whole lines, whatever pieces they come in."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from launch.log import MAX_LINE, Lines, Log
from tests.launch.conftest import Launch
from tests.launch.waiting import until


def _texts(out: io.StringIO) -> list[str]:
    return [line.split("| ", 1)[1] for line in out.getvalue().splitlines()]


def test_a_line_that_comes_in_pieces_is_shown_whole() -> None:
    out = io.StringIO()
    web, worker = Lines(Log(out), "web"), Lines(Log(out), "worker")
    web.feed(b"half a ")
    worker.feed("grüße\r\nof mine\n".encode())
    web.feed(b"line\n")
    assert _texts(out) == ["grüße", "of mine", "half a line"]


def test_the_last_unfinished_line_is_shown_at_the_end() -> None:
    out = io.StringIO()
    lines = Lines(Log(out), "web")
    lines.feed(b"whole\nbegun")
    lines.end()
    lines.end()
    assert _texts(out) == ["whole", "begun"]


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    out = io.StringIO()
    lines = Lines(Log(out), "web")
    for _ in range(3):
        lines.feed(b"x" * MAX_LINE)
    lines.end()
    assert len(_texts(out)) == 2
    assert sum(map(len, _texts(out))) == 3 * MAX_LINE


def test_every_line_bears_the_time_and_the_name_of_its_process(
    launch: Launch, folder: Path
) -> None:
    (folder / "chatty.py").write_text(
        "import os, signal\n"
        "for number in range(2000): print(f'line {number} ' + 'x' * 300)\n"
        "print('the end', end='', flush=True)\n"
        "open(f'{os.getpid()}.over', 'w').close()\n"
        "signal.pause()\n"
    )
    with (folder / "Procfile").open("a") as procfile:
        procfile.write("chatty: python chatty.py\nnoisy: python chatty.py\n")
    running = launch().ready()
    until(lambda: len([*folder.glob("*.over")]) == 2)
    running.stop()
    for name in ("chatty", "noisy"):
        own = [line for line in running.said.splitlines() if f" {name} " in line]
        heads, texts = zip(*(line.split("| ", 1) for line in own), strict=True)
        assert all(re.fullmatch(rf"\d\d:\d\d:\d\d {name} +", head) for head in heads)
        assert list(texts) == [f"line {n} " + "x" * 300 for n in range(2000)] + ["the end"]


def test_under_log_format_json_every_line_is_an_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "json")
    out = io.StringIO()
    log = Log(out)
    log.line("web", '{"process":"web","message":"request"}')
    log.line("redis", "# WARNING: memory")
    said = [json.loads(line) for line in out.getvalue().splitlines()]
    assert said[0] == {"process": "web", "message": "request"}
    assert (said[1]["process"], said[1]["message"]) == ("redis", "# WARNING: memory")
