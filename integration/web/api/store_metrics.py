"""Metrics of the whole service, read from the store at each scrape; no user's names.

Every process answers alike, since all count into the store. So prometheus-client needs none of
its files for several processes, and its collectors of one process stay out.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from integration.accounts import standing
from integration.kernel.catalog import Catalog
from integration.store import damaged, heartbeat, keys
from integration.store.client import TextStore
from integration.store.counters import number
from integration.web.api import waiting
from integration.web.api.measured_metrics import MeasuredMetrics

Check = Mapping[str, Any]
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
SIZES = {
    "jobs_waiting": (keys.JOBS_DUE, "Jobs that are queued or scheduled."),
    "jobs_sending": (keys.JOBS_LEASED, "Jobs that a process holds or that are being settled."),
    "hooks_due": (keys.HOOKS_DUE, "Hooks that are owed a delivery."),
    "broken_records": (keys.BROKEN, "Records that could not be read, of the last 30 days."),
}
LANES = {
    "silent": "Accounts with jobs whose provider does not answer.",
    "limited": "Accounts with jobs whose provider takes no more calls for now.",
    "paced": "Accounts all of whose jobs wait for their own pacing for now.",
}
LANES_STEP, MOST_LANES = 500, 100_000
NAME = re.compile(r"[a-z][a-z-]*")
COUNTED = "Counted since the store was new."


def scrape(db: TextStore, catalog: Catalog, checks: Mapping[str, Check]) -> bytes:
    """Every metric in Prometheus' text format. `checks` are those of /readyz."""
    registry = CollectorRegistry()
    registry.register(StoreMetrics(db, checks))
    registry.register(MeasuredMetrics(db, catalog))
    return generate_latest(registry)


class StoreMetrics(Collector):
    """A collector whose values come from the store."""

    def __init__(self, db: TextStore, checks: Mapping[str, Check]) -> None:
        self._db, self._checks = db, checks

    def collect(self) -> Iterator[Metric]:
        yield self._ready()
        yield from self._sizes()
        yield from self._ages()
        yield from self._lanes()
        yield from self._heartbeats()
        for name, count in sorted(self._db.hgetall(keys.COUNTERS).items()):
            metric, value = f"hookline_{name.replace('-', '_')}", number(count)
            if value is None or not NAME.fullmatch(name):
                damaged.note(self._db, f"{keys.COUNTERS} {name}", "no counter")
            else:
                yield CounterMetricFamily(metric, COUNTED, value=value)

    def _sizes(self) -> Iterator[Metric]:
        for name, (key, help) in SIZES.items():
            yield _gauge(name, help, self._db.zcard(key))
        in_flight = self._db.hlen(keys.LEASED)
        yield _gauge("deliveries_sending", "Deliveries under way.", in_flight)
        woken = self._db.llen(keys.rq_waiting(keys.RQ_ACTIONS))
        yield _gauge("wakeups_waiting", "RQ jobs waiting.", woken)
        yield _gauge("backfill_conversations", "Conversations still to be read.", self._unread())

    def _ready(self) -> Metric:
        metric = GaugeMetricFamily("hookline_check", "Checks of /readyz; 1 is well.", labels=["of"])
        for name, check in self._checks.items():
            metric.add_metric([name], float(bool(check["ok"])))
        return metric

    def _ages(self) -> Iterator[Metric]:
        help = "How long the oldest job that may be sent has waited."
        yield _gauge("oldest_job_seconds", help, waiting.job_ms(self._db) / 1000)
        help = "How long the oldest delivery to a hook that is not paused has been owed."
        yield _gauge("oldest_delivery_seconds", help, waiting.delivery_ms(self._db) / 1000)
        help = "How long a delivery that is due has not been taken up."
        yield _gauge("delivery_lag_seconds", help, waiting.lag_ms(self._db) / 1000)

    def _unread(self) -> int:
        with self._db.pipeline(transaction=False) as pipe:
            for each in self._db.smembers(keys.CONNECTIONS):
                pipe.llen(keys.backfill(each))
            found = pipe.execute(raise_on_error=False)
        return sum(each for each in found if isinstance(each, int))

    def _lanes(self) -> Iterator[Metric]:
        states, jobs = Counter[str](), Counter[str]()
        for first in range(0, MOST_LANES, LANES_STEP):
            ids = self._db.zrange(keys.LANES, first, first + LANES_STEP - 1)
            for each in standing.of(self._db, ids).values():
                states[each.state] += 1
                jobs[each.state] += 0 if each.state == "paced" else each.waiting
                jobs["paced"] += each.paced
            if len(ids) < LANES_STEP:
                break
        for state, help in LANES.items():
            yield _gauge(f"accounts_{state}", help, states[state])
        held = GaugeMetricFamily(
            "hookline_jobs_held", "Jobs, by what they wait for.", labels=["by"]
        )
        for state in LANES:
            held.add_metric([state], jobs[state])
        yield held

    def _heartbeats(self) -> Iterator[Metric]:
        for process in ("worker", "deliveries", "scheduler"):
            age = heartbeat.age_ms(self._db, process)
            seconds = -1 if age is None else age / 1000
            yield _gauge(f"{process}_seen_seconds", "Seconds ago; -1 for never.", seconds)


def _gauge(name: str, help: str, value: float) -> Metric:
    return GaugeMetricFamily(f"hookline_{name}", help, value=value)
