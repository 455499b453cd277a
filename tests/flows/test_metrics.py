"""Metrics: what Prometheus reads at `/metrics`, under the names that dashboards know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from integration.store import clock, keys
from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World

ROOT = Path(__file__).resolve().parents[2]
GAUGES = {
    "hookline_check": "Checks of /readyz; 1 is well.",
    "hookline_jobs_held": "Jobs, by what they wait for.",
    "hookline_oldest_job_seconds": "How long the oldest job that may be sent has waited.",
    "hookline_oldest_delivery_seconds": "How long the oldest delivery to a hook that is not"
    " paused has been owed.",
    "hookline_delivery_lag_seconds": "How long a delivery that is due has not been taken up.",
    "hookline_jobs_waiting": "Jobs that are queued or scheduled.",
    "hookline_jobs_sending": "Jobs that a process holds or that are being settled.",
    "hookline_hooks_due": "Hooks that are owed a delivery.",
    "hookline_broken_records": "Records that could not be read, of the last 30 days.",
    "hookline_deliveries_sending": "Deliveries under way.",
    "hookline_wakeups_waiting": "RQ jobs waiting.",
    "hookline_accounts_silent": "Accounts with jobs whose provider does not answer.",
    "hookline_accounts_limited": "Accounts with jobs whose provider takes no more calls for now.",
    "hookline_accounts_paced": "Accounts all of whose jobs wait for their own pacing for now.",
    "hookline_backfill_conversations": "Conversations still to be read.",
    "hookline_worker_seen_seconds": "Seconds ago; -1 for never.",
    "hookline_deliveries_seen_seconds": "Seconds ago; -1 for never.",
    "hookline_scheduler_seen_seconds": "Seconds ago; -1 for never.",
}


def scraped(stack: Stack) -> dict[str, Metric]:
    answer = requests.get(f"{stack.url}/metrics", timeout=90)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {each.name: each for each in text_string_to_metric_families(answer.text)}


def value_of(metric: Metric) -> float:
    [sample] = metric.samples
    assert sample.labels == {}
    return float(sample.value)


def value_of_counter(metric: Metric) -> float:
    [total] = [each.value for each in metric.samples if each.name.endswith("_total")]
    return float(total)


def test_every_gauge_keeps_its_name_type_and_help(stack: Stack) -> None:
    gauges = {name: each for name, each in scraped(stack).items() if each.type == "gauge"}
    assert {name: each.documentation for name, each in gauges.items()} == GAUGES


def test_a_gauge_shows_what_the_store_holds(world: World) -> None:
    before = value_of(scraped(world.stack)["hookline_broken_records"])
    world.stack.db.zadd(keys.BROKEN, {f"of {world.name}": clock.wall_ms()})
    assert value_of(scraped(world.stack)["hookline_broken_records"]) == before + 1
    world.stack.db.zrem(keys.BROKEN, f"of {world.name}")
    assert value_of(scraped(world.stack)["hookline_broken_records"]) == before


def test_a_counter_of_the_store_is_a_total(world: World) -> None:
    world.stack.db.hincrby(keys.COUNTERS, "unreadable-webhooks", 3)
    found = scraped(world.stack)["hookline_unreadable_webhooks"]
    [sample] = found.samples
    assert (found.type, found.documentation) == ("counter", "Counted since the store was new.")
    assert sample.name == "hookline_unreadable_webhooks_total"
    assert sample.value >= 3


@pytest.mark.parametrize(
    ("name", "value"), [("inbound-gaps", "abc"), ("inbound-gaps", "9" * 400), ("no name {", "7")]
)
def test_a_counter_that_is_nonsense_is_left_out_and_noted(
    world: World, name: str, value: str
) -> None:
    db, noted = world.stack.db, f"{keys.COUNTERS} {name}"
    db.hincrby(keys.COUNTERS, "unreadable-webhooks", 1)
    before = db.hget(keys.COUNTERS, name)
    db.hset(keys.COUNTERS, name, value)
    found = scraped(world.stack)
    assert "hookline_inbound_gaps" not in found or name != "inbound-gaps"
    assert value_of_counter(found["hookline_unreadable_webhooks"]) >= 1
    assert db.zscore(keys.BROKEN, noted) is not None
    db.zrem(keys.BROKEN, noted)
    db.hdel(keys.COUNTERS, name)
    if before is not None:
        db.hset(keys.COUNTERS, name, before)


def test_a_live_process_was_seen_less_than_its_heartbeat_lasts_ago(stack: Stack) -> None:
    names = [f"hookline_{each}_seen_seconds" for each in ("worker", "deliveries", "scheduler")]

    def seen() -> bool:
        found = scraped(stack)
        return all(0 <= value_of(found[each]) < 15 for each in names)

    until(seen, "all three, also on a machine that has just stood still")


@pytest.mark.parametrize(
    "page", ["docs/monitoring/alerts.yml", "docs/monitoring/grafana.json", "docs/operations.md"]
)
def test_every_metric_that_a_page_names_is_shown(stack: Stack, page: str) -> None:
    stack.db.hsetnx(keys.COUNTERS, "inbound-gaps", 0)
    stack.db.hsetnx(keys.COUNTERS, "unreadable-webhooks", 0)
    stack.db.hsetnx(keys.COUNTERS, "unreadable-rows", 0)
    text = requests.get(f"{stack.url}/metrics", timeout=90).text
    shown = set(re.findall(r"\bhookline_[a-z_]+", text))
    named = set(re.findall(r"\bhookline_[a-z_]+", (ROOT / page).read_text()))
    assert named
    # A histogram shows its help alone until there is a first call.
    assert sorted({re.sub("_(bucket|count)$", "", each) for each in named} - shown) == []
