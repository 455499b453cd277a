"""What the launcher starts keeps running, and ends with it."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import psutil
import pytest

from launch.signals import SAME_REQUEST
from tests.launch.conftest import Launch, gone
from tests.launch.waiting import until


def test_a_killed_process_is_started_again_and_takes_its_children_along(
    launch: Launch,
) -> None:
    running = launch().ready()
    worker, grandchild = running.child("worker"), running.child("grandchild")
    worker.send_signal(signal.SIGKILL)
    until(lambda: running.number("worker") != worker.pid, lambda: running.said)
    gone([grandchild])
    assert "worker was ended by signal 9; starting it again in 1 s" in running.said


def test_a_process_that_ends_with_status_0_is_started_again(launch: Launch, folder: Path) -> None:
    (folder / "Procfile").write_text(
        "web: python web.py\n"
        "done: echo round >> rounds; while test ! -e go; do sleep 0.1; done; sleep 0.2\n"
    )
    running = launch().ready()
    (folder / "go").touch()
    until(lambda: (folder / "rounds").read_text().count("round") >= 3, lambda: running.said)
    assert "done ended with status 0; starting it again in 1 s" in running.said
    assert "done ended with status 0; starting it again in 2 s" in running.said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_signal_stops_everything_and_leaves_no_process(
    launch: Launch, number: signal.Signals
) -> None:
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("the tests themselves were started under nohup, and so is what they start")
    running = launch().ready()
    grandchild = running.child("grandchild")
    family = running.family()
    assert grandchild in family
    running.process.send_signal(number)
    assert running.end() == 0
    gone(family)


def test_a_killed_launcher_leaves_no_process_and_no_server(launch: Launch) -> None:
    running = launch().ready()
    running.number("grandchild")
    family = running.family()
    assert any("server" in each.name() for each in family)
    running.process.kill()
    running.process.wait()
    gone(family)


def test_the_kernel_alone_ends_the_processes_when_the_guard_is_killed_too(
    launch: Launch,
) -> None:
    if not psutil.LINUX:
        pytest.skip("only Linux has PR_SET_PDEATHSIG")
    running = launch().ready()
    grandchild = running.child("grandchild")
    guard = next(each for each in running.family() if "guard.py" in " ".join(each.cmdline()))
    direct = running.process.children()
    guard.kill()
    running.process.kill()
    running.process.wait()
    gone(direct)
    grandchild.kill()  # beyond the kernel's reach: it is the guard's part


def test_processes_are_asked_in_order_those_that_accept_work_first(
    launch: Launch, folder: Path
) -> None:
    running = launch().ready()
    running.number("worker")
    assert running.stop() == 0
    assert (folder / "stopped").read_text() == "web\nworker\n"


def test_a_second_ctrl_c_ends_what_does_not_listen(launch: Launch, folder: Path) -> None:
    (folder / "worker.py").write_text(
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: open('asked', 'w').close())\n"
        "open('worker.pid', 'w').write(str(os.getpid()))\n"
        "while True: time.sleep(600)\n"
    )
    running = launch().ready()
    running.number("worker")
    family = running.family()
    running.process.send_signal(signal.SIGINT)
    until((folder / "asked").exists, lambda: running.said)
    time.sleep(SAME_REQUEST + 0.1)  # sooner, it would count as the same Ctrl-C passed on twice
    running.process.send_signal(signal.SIGINT)
    assert running.end() == 0
    assert "worker did not stop in time" in running.said
    gone(family)


def test_a_process_that_fails_during_the_start_stops_it_with_its_reason(
    launch: Launch, folder: Path
) -> None:
    (folder / "worker.py").write_text("raise SystemExit('RETENTION_DAYS must be a whole number.')")
    running = launch()
    assert running.end() == 1
    assert "worker    | RETENTION_DAYS must be a whole number." in running.said
    assert "Hookline: worker ended with status 1 during the start" in running.said


def test_the_release_command_runs_once_before_the_rest(launch: Launch, folder: Path) -> None:
    with (folder / "Procfile").open("a") as procfile:
        procfile.write("release: python -c \"import os; print('web.pid' in os.listdir())\"\n")
    running = launch().ready()
    assert running.stop() == 0
    said = next(line for line in running.said.splitlines() if " release " in line)
    assert said.endswith("False")


def test_a_failing_release_command_stops_the_start(launch: Launch, folder: Path) -> None:
    with (folder / "Procfile").open("a") as procfile:
        procfile.write("release: sh -c 'exit 7'\n")
    running = launch()
    assert running.end() == 1
    assert "Hookline: The release command ended with status 7" in running.said
    assert not (folder / "web.pid").exists()


def test_one_dyno_runs_the_procfile_without_a_server_of_its_own(launch: Launch) -> None:
    running = launch(
        "start", REDIS_URL="redis://127.0.0.1:1/0", SECRET_KEY="s" * 32, HOST="127.0.0.1"
    )
    running.number("grandchild")
    running.number("web")
    family = running.family()
    assert not any("server" in each.name() for each in family)
    assert running.stop() == 0
    gone(family)


def test_one_dyno_needs_a_server_and_a_secret(launch: Launch) -> None:
    running = launch("start", SECRET_KEY="s" * 32)
    assert running.end() == 1
    assert "REDIS_URL is not set" in running.said
