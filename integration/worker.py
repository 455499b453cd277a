"""The worker: long-lived processes that run actions and drain deliveries, and never fork a job."""

import threading
import time
from functools import partial

from integration.delivery import drain, drain_step
from integration.jobs import opt_out_answers, perform, rq_queue, sweep
from integration.jobs.rq_worker import Line, Worker
from integration.media import turns
from integration.runtime import fairness, file_limit, forking, stopping
from integration.runtime.forking import Duty
from integration.runtime.guarded import guarded
from integration.runtime.places import Places
from integration.services import Services
from integration.store import clock, durability, heartbeat, keys, measuring

SWEEP_SECONDS = 1.0
RESTART_SECONDS = 1.0
CALLS = 250
"""Provider calls that one process carries at once: silent accounts hold their places alone."""
FETCHES = 4
"""Accounts whose files one process fetches at once; each file takes up to 8 MB of memory."""
LAST_SECONDS = 22.0
"""How long calls in flight may go on in a process that was asked to end; platforms kill it 30 s
after they asked. What is not over then is found by its lease and looked up."""


def _drain(job_id: str) -> None:
    # A drain lasts a minute, so what a stranger put there must begin none.
    if job_id == rq_queue.DRAIN_ID:
        drain.drain()


def _lines(role: str) -> list[Line]:
    """The queues that a process of this role takes jobs from."""
    if role == keys.RQ_DELIVERIES:
        return [Line(role, _drain, Places(1))]
    media = Line(keys.RQ_MEDIA, turns.run, Places(FETCHES))
    return [Line(role, perform.run, Places(CALLS)), media]


def main() -> None:
    own = forking.prepared("worker")
    forking.keep(own, duties(own))


def duties(own: Services) -> list[Duty]:
    """One process drains deliveries, the others run actions, many at once."""
    roles = [keys.RQ_DELIVERIES] + [keys.RQ_ACTIONS] * own.settings.worker_concurrency
    rehearse = partial(_sweep, own, keys.RQ_ACTIONS)
    return [Duty(name=role, serve=partial(_serve, own, role), rehearse=rehearse) for role in roles]


def _serve(own: Services, role: str) -> None:
    file_limit.raise_it()
    fairness.switch_often()
    stopping.heed_signals()
    # Before any work: until then the time is this machine's own, which may be off.
    while not clock.agreed() and not stopping.stopping.is_set():
        guarded(lambda: clock.agree(own.db))
        if not clock.agreed():
            stopping.stopping.wait(RESTART_SECONDS)
    threading.Thread(target=_sweep_forever, args=(own, role), daemon=True).start()
    lines = _lines(role)
    worker = Worker(own.db, lines, partial(_beat, own, role, lines[0].places))
    while not stopping.stopping.is_set():
        if not guarded(worker.turn):
            stopping.stopping.wait(RESTART_SECONDS)
    guarded(worker.register_death)
    lines[0].places.wait_for_all(LAST_SECONDS)


def _beat(own: Services, role: str, places: Places) -> None:
    """A process whose every place is taken does not count as there: what is accepted would wait.
    The one that drains always has its place taken."""
    if role == keys.RQ_DELIVERIES:
        heartbeat.beat(own.db, "deliveries")
    elif places.free:
        heartbeat.beat(own.db, "worker")


def _sweep_forever(own: Services, role: str) -> None:
    """Every worker sweeps, so that no single process is needed for anything to come back."""
    while not stopping.stopping.is_set():
        ends = time.monotonic() + SWEEP_SECONDS
        guarded(lambda: clock.agree(own.db))
        guarded(lambda: durability.watch(own.db))
        guarded(lambda: measuring.flush(own.db, ticks=True))
        guarded(lambda: _sweep(own, role, SWEEP_SECONDS))
        stopping.stopping.wait(ends - time.monotonic())


def _sweep(own: Services, role: str, seconds: float = 0.0) -> None:
    # Damage in the one must not stop the other.
    guarded(lambda: drain_step.release().run(own.db))
    guarded(lambda: opt_out_answers.make(own))
    guarded(lambda: _fetch_media(own))
    guarded(lambda: _keep_draining(own, role))
    sweep.sweep(own, seconds, stopping.stopping.wait)


def _keep_draining(own: Services, role: str) -> None:
    """A drain is always waiting or running; it ends after a minute."""
    if role == keys.RQ_DELIVERIES and not own.db.llen(keys.rq_waiting(role)):
        rq_queue.add_drain(own.db)


def _fetch_media(own: Services) -> None:
    for job_id in turns.due(own):
        rq_queue.add_turn(own.db, job_id)


if __name__ == "__main__":
    main()
