"""The command line in processes of its own, which need not import everything again.

`hookline` spends most of a second on its imports. A server of this process has made them once. Each
command is a fork of it, with its own environment, folder and standard streams.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

from integration import discovery
from integration.cli.main import main
from proofs.rig.sandbox import ROOT

STREAMS = ("stdin", "stdout", "stderr")


def hookline(
    words: Sequence[str],
    env: Mapping[str, str],
    *,
    cwd: Path = ROOT,
    typed: str = "",
    code: int | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run one command and take what it printed. It must end with `code`, where that is given."""
    with tempfile.TemporaryDirectory() as folder:
        streams = {name: str(Path(folder, name)) for name in STREAMS}
        Path(streams["stdin"]).write_text(typed, encoding="utf-8")
        told = {"words": list(words), "env": dict(env), "cwd": str(cwd), **streams}
        ended = _ask(told)
        out, err = (Path(streams[name]).read_text(encoding="utf-8") for name in STREAMS[1:])
    found = subprocess.CompletedProcess(list(words), ended, out, err)
    assert code in (None, ended), found
    assert "Traceback" not in err, err
    return found


@cache
def _server() -> subprocess.Popen[str]:
    """It ends with this process, whose end closes its standard input."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.flows.command_line"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _ask(told: Mapping[str, Any]) -> int:
    server = _server()
    assert server.stdin
    assert server.stdout
    server.stdin.write(json.dumps(told) + "\n")
    server.stdin.flush()
    return int(server.stdout.readline())


def _serve(asked: IO[str], answers: IO[str]) -> None:
    discovery.load()
    for line in asked:
        child = os.fork()
        if child == 0:
            told = json.loads(line)
            _become(told)
            sys.exit(main(told["words"]))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


def _become(told: Mapping[str, Any]) -> None:
    """Take the streams, the environment and the folder of one command."""
    for number, name in enumerate(STREAMS):
        kind = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT
        opened = os.open(told[name], kind, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
    os.environ.clear()
    os.environ.update(told["env"])
    os.chdir(told["cwd"])


if __name__ == "__main__":
    _serve(sys.stdin, sys.stdout)
