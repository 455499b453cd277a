"""RQ's worker as we run it, over a store that lies at an odd place."""

from __future__ import annotations

import os
from pathlib import Path

from integration.jobs.rq_worker import Line, Worker
from integration.runtime.places import Places
from integration.store import client, keys
from launch import embedded
from proofs.rig.sandbox import until
from proofs.rig.spawn import spawn
from tests.short_folder import short_folder

ODD = "a folder"


def test_it_takes_jobs_from_a_store_whose_socket_has_a_path_with_a_space(tmp_path: Path) -> None:
    ran: list[str] = []
    with short_folder(tmp_path, f"{ODD}/redis.sock") as folder:
        server = embedded.prepare(folder / ODD, dict(os.environ))
        assert server.url.startswith("unix://")
        running = spawn(server.service.command)
        until(lambda: embedded.answers(server.url), "the data server")
        with client.connect(server.url) as db:
            db.rpush(keys.rq_waiting("odd"), "job_1")
            line = Line("odd", ran.append, Places(1))
            assert Worker(db, [line], lambda: None).turn()
            until(lambda: ran == ["job_1"], "the job")
        running.terminate()
        running.wait()
