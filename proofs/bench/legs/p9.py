"""P9: how soon the web process answers, and what the whole service takes while nothing happens."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from integration.store import keys
from proofs.bench.ground import Ground
from proofs.bench.leg import Contestants, Goal, Leg, Measures
from proofs.bench.peers import environments, nodered
from proofs.bench.service import Service
from proofs.rig.sandbox import ROOT, until

SETTLING = 6.0
"""Seconds before memory is looked at, so that nothing of the start is still going on."""
PATIENCE = 60.0
IMPORT = "import time; t = time.perf_counter(); import wsgi; print(time.perf_counter() - t)"
GOALS = (
    Goal(
        text="process start to first answer over Node-RED's",
        of=("web", "start s"),
        over=("Node-RED", "start s"),
        most=0.5,
    ),
    Goal(text="import of the web app", of=("web", "import s"), most=0.6, unit="s"),
    Goal(
        text="idle memory (PSS) of web, worker, scheduler and server over Node-RED's",
        of=("all processes", "MB"),
        over=("Node-RED", "MB"),
        most=1.0,
    ),
)


@contextmanager
def opened(ground: Ground) -> Iterator[Contestants]:
    found = {
        "web": lambda: _web(ground),
        "all processes": lambda: _idle(ground, "web", "background"),
        "each apart": lambda: _idle(ground, "web", "worker", "scheduler"),
    }
    _compile()
    _own(ground).stop()
    try:
        environments.node("nodered")
        found["Node-RED"] = lambda: _nodered(ground)
    except environments.AbsentError as error:
        ground.leave_out("Node-RED", str(error))
    yield found


def _compile() -> None:
    """As `make run` does where writing .pyc files is switched off."""
    command = [sys.executable, "-m", "compileall", "-q", "integration", "triggers", "actions"]
    command += ["options", "providers", "platforms", "wsgi.py"]
    subprocess.run(command, cwd=ROOT, check=True)


def _own(ground: Ground) -> Service:
    """A service on the packages that `make run` installs, on the tests' where there is no index."""
    ours = Service(ground)
    try:
        ours.python = str(environments.ours())
    except environments.AbsentError as error:
        ground.leave_out("an environment without the tests' packages", str(error))
    return ours


def _web(ground: Ground) -> Measures:
    ours = _own(ground)
    began = time.perf_counter()
    program = ours.launch("web")
    started = _answered(ours.answers) - began
    program.stop()
    environment = ground.environment(ours.settings)
    ended = subprocess.run(
        [ours.python, "-c", IMPORT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    ours.stop()
    return {"start s": started, "import s": float(ended.stdout)}


def _answered(asked: Callable[[], bool]) -> float:
    """The moment of the first answer."""
    end = time.perf_counter() + PATIENCE
    while not asked():
        if time.perf_counter() > end:
            raise TimeoutError(f"No answer within {PATIENCE:.0f} s of a start.")
        time.sleep(0.005)
    return time.perf_counter()


def _idle(ground: Ground, *names: str) -> Measures:
    """A server of its own is not needed: this one holds nothing but what a start writes."""
    ours = _own(ground)
    programs = {name: ours.start(name) for name in names}
    beats = [keys.heartbeat(name) for name in ("worker", "scheduler")]
    until(lambda: ours.db.exists(*beats) == len(beats), "the heartbeats")
    time.sleep(SETTLING)
    parts = {name: program.pss() for name, program in programs.items()}
    parts["server"] = ground.server.program.pss()
    for program in programs.values():
        program.stop()
    ours.db.delete(*beats)
    ours.stop()
    return {"MB": sum(parts.values()), **{f"{name} MB": value for name, value in parts.items()}}


def _nodered(ground: Ground) -> Measures:
    began = time.perf_counter()
    running = nodered.launch(ground, [])
    started = _answered(running.answers) - began
    time.sleep(SETTLING)
    memory = running.program.pss()
    running.program.stop()
    return {"start s": started, "MB": memory}


LEG = Leg(key="p9", title="Starting, and doing nothing", goals=GOALS, open=opened)
