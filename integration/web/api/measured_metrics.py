"""What all processes have counted and timed (store/measures.py), as Prometheus reads it."""

import re
from collections.abc import Iterator, Mapping
from itertools import product

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from integration.kernel.catalog import Catalog, dashed
from integration.store import damaged, keys, measures
from integration.store.client import TextStore
from integration.store.counters import number
from integration.store.measures import Measure

FIELD = re.compile(r"[a-z_]+(?: [a-z0-9_]+(?:,[a-z0-9_]+)*)?(?: [\w.+]+)?")
PART = re.compile(r"\d+\.\d+|\+Inf|sum")
Labels = tuple[str, ...]


class MeasuredMetrics(Collector):
    def __init__(self, db: TextStore, catalog: Catalog) -> None:
        self._db, self._catalog = db, catalog

    def collect(self) -> Iterator[Metric]:
        found = self._read()
        for each in measures.EVERY:
            yield _histogram(each, found) if each.timed else self._counter(each, found)
        help = "While no process reached the store."
        away = found.get(measures.AWAY_MS, 0) / 1000
        yield CounterMetricFamily("hookline_store_away_seconds", help, value=away)

    def _read(self) -> dict[str, int]:
        found = {}
        for field, text in self._db.hgetall(keys.MEASURES).items():
            value = number(text)
            if value is None or not FIELD.fullmatch(field):
                damaged.note(self._db, f"{keys.MEASURES} {field}", "no measure")
            else:
                found[field] = value
        return found

    def _counter(self, measure: Measure, found: Mapping[str, int]) -> Metric:
        """With a 0 for what has not happened: a counter that begins at 1 shows no increase."""
        rows = dict.fromkeys(self._expected(measure), 0) | _by_labels(measure, found)
        labels = measure.labels
        metric = CounterMetricFamily(f"hookline_{measure.name}", measure.help, labels=labels)
        for values, count in sorted(rows.items()):
            metric.add_metric([dashed(each) for each in values], count)
        return metric

    def _expected(self, measure: Measure) -> Iterator[Labels]:
        known = {"provider": self._catalog.providers, "action": self._catalog.actions}
        return product(*(known[each] for each in measure.labels))


def _by_labels(measure: Measure, found: Mapping[str, int]) -> dict[Labels, int]:
    rows = {}
    for field, count in found.items():
        name, *rest = field.split(" ")
        values = tuple(rest[0].split(",")) if rest else ()
        if name == measure.name and len(values) == len(measure.labels):
            rows[values] = count
    return rows


def _histogram(measure: Measure, found: Mapping[str, int]) -> Metric:
    parts: dict[Labels, dict[str, int]] = {} if measure.labels else {(): {}}
    for field, count in found.items():
        name, *words = field.split(" ")
        if name == measure.name and words and PART.fullmatch(words[-1]):
            values = tuple(words[0].split(",")) if words[1:] else ()
            parts.setdefault(values, {})[words[-1]] = count
    name = f"hookline_{measure.name}_seconds"
    metric = HistogramMetricFamily(name, measure.help, labels=measure.labels)
    for values, counts in sorted(parts.items()):
        if len(values) == len(measure.labels):
            seconds = counts.pop(measures.SUM, 0) / 1_000_000
            metric.add_metric([dashed(each) for each in values], _buckets(counts), seconds)
    return metric


def _buckets(counts: Mapping[str, int]) -> list[tuple[str, float]]:
    """Each with what lies below it; a bound of another release counts in the next of ours."""
    ends = [*measures.BOUNDS, float("inf")]
    known = [(float(part), count) for part, count in counts.items()]
    below = [sum(count for bound, count in known if bound <= end) for end in ends]
    names = [*map(str, measures.BOUNDS), measures.INFINITE]
    return list(zip(names, map(float, below), strict=True))
