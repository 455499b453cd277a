"""Which of the Procfile's processes one machine runs."""

from __future__ import annotations

from pathlib import Path

from launch import procfile, services

ROOT = Path(__file__).parents[2]


def test_worker_and_scheduler_run_from_one_parent_on_one_machine() -> None:
    commands = procfile.read(ROOT / "Procfile")
    assert {"worker", "scheduler", "background"} < set(commands)
    assert set(services.from_procfile(commands, {}, ROOT)) == {"web", "background", "release"}


def test_a_procfile_without_such_a_parent_runs_as_it_stands() -> None:
    commands = {"web": "a", "worker": "b", "scheduler": "c"}
    assert set(services.from_procfile(commands, {}, ROOT)) == set(commands)
