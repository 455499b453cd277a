"""Keeps the processes running: restarts what ends, stops all of them in order, leaves none behind.

One thread does everything. The kernel ties a child's life to the thread that forked it, and a
fork beside other threads could inherit a held lock.
"""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable

from launch.errors import LaunchError
from launch.log import Log
from launch.parent_death import Guard
from launch.process import DATA_STAGE, Process, Service
from launch.restarts import Restarts
from launch.signals import Signals

GRACE = 25.0  # seconds for an orderly end; Heroku kills 30 s after its SIGTERM
DATA_GRACE = 5.0  # seconds for the data server, which only has its file to close
LOOK_AGAIN = 0.1  # seconds between two looks at a condition that nothing wakes us for


class Supervisor:
    """Runs services until a stop signal; `strict` until the start has succeeded."""

    def __init__(self, log: Log, signals: Signals, guard: Guard) -> None:
        self.log = log
        self.strict = True
        self._signals = signals
        self._guard = guard
        self._running: dict[str, Process] = {}
        self._restarts = Restarts()
        self._selector = selectors.DefaultSelector()
        self._selector.register(signals.wakeup, selectors.EVENT_READ)

    @property
    def stopping(self) -> bool:
        return self._signals.stop

    def start(self, service: Service) -> None:
        """Start it, and from then on again whenever it ends; nothing once we are to stop.

        Raises:
            LaunchError: while the start is `strict`, the system refused to run the command.
        """
        if self.stopping:
            return
        try:
            process = Process(service, self.log, self._guard)
        except OSError as error:
            self._failed(service, f"could not be started ({error})", ran=0.0)
            return
        self._running[service.name] = process
        self._selector.register(process.output, selectors.EVENT_READ, process)

    def run_to_end(self, service: Service) -> None:
        """Run a command once, before the services that need its work.

        Raises:
            LaunchError: it failed; its own words are in the log.
        """
        if self.stopping:
            return
        process = Process(service, self.log, self._guard)
        while process.ended() is None and not self.stopping:
            process.read()
            self._turn(LOOK_AGAIN)
        status = process.ended()
        process.reap()
        if status and not self.stopping:
            raise LaunchError(f"The {service.name} command {_how(status)}; its reason is above.")

    def wait_until(self, condition: Callable[[], bool], limit: float) -> bool:
        """True once `condition` holds, False after `limit` seconds or when asked to stop."""
        deadline = time.monotonic() + limit
        while not self.stopping and time.monotonic() < deadline:
            if condition():
                return True
            self._turns(lambda: False, time.monotonic() + LOOK_AGAIN)
        return False

    def run(self) -> None:
        """Look after everything until somebody asks us to stop."""
        self.strict = False
        while not self.stopping:
            self._turn(self._restarts.due_in())

    def stop(self) -> None:
        """Stop everything, the server of the data last: what others still write must land."""
        self._restarts.give_up()
        if self._running:
            self.log.line("hookline", "stopping; another Ctrl-C ends at once what takes too long")
        everything = {process.service.stage for process in self._running.values()}
        self._stop_stages(sorted(everything - {DATA_STAGE}), GRACE)
        self._stop_stages([DATA_STAGE], DATA_GRACE)

    def _stop_stages(self, stages: list[int], grace: float) -> None:
        """Ask one stage after the other, each when the one before is gone or has had its share."""
        began = time.monotonic()
        asked: list[int] = []
        for stage in stages:
            for process in self._of([stage]):
                process.ask_to_stop()
            asked.append(stage)
            self._turns(
                lambda: not self._of(asked) or self._signals.at_once,
                began + grace * len(asked) / len(stages),
            )
        for process in self._of(stages):
            self.log.line("hookline", f"{process.service.name} did not stop in time: killing it")
            process.kill()
            self._end(process)

    def _turns(self, enough: Callable[[], bool], deadline: float) -> None:
        while not enough() and (left := deadline - time.monotonic()) > 0:
            self._turn(min(left, LOOK_AGAIN))

    def _of(self, stages: list[int]) -> list[Process]:
        return [process for process in self._running.values() if process.service.stage in stages]

    def _turn(self, timeout: float | None) -> None:
        for key, _ in self._selector.select(timeout):
            if not isinstance(key.data, Process):
                self._signals.drain()
            elif not key.data.read():
                self._selector.unregister(key.fd)
        for process in list(self._running.values()):
            if process.ended() is not None:
                self._end(process)
        for service in self._restarts.due():
            self.start(service)

    def _end(self, process: Process) -> None:
        status = process.ended() or 0
        if process.output in self._selector.get_map():
            self._selector.unregister(process.output)
        process.reap()
        del self._running[process.service.name]
        self._failed(process.service, _how(status), ran=time.monotonic() - process.started)

    def _failed(self, service: Service, how: str, *, ran: float) -> None:
        if self.stopping or self._restarts.given_up:
            return
        if self.strict:
            raise LaunchError(f"{service.name} {how} during the start; see its lines above.")
        delay = self._restarts.plan(service, ran)
        self.log.line("hookline", f"{service.name} {how}; starting it again in {delay:g} s")


def _how(status: int) -> str:
    return f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
