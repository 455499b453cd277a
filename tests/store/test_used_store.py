"""A store that was used for everything: every key is declared and stays as long as declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integration.accounts import operators
from integration.delivery.retry_schedule import DELAYS
from integration.jobs.record import SETTLED
from integration.store import keys
from integration.store.key import EVERY, Key, declared
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import until
from proofs.rig.sink import Sink
from proofs.rig.stack import NEXT_YEAR, Stack, World
from tests.console.visitor import Visitor
from tests.flows.pictured import comes_in, is_kept, twilio
from tests.released.story import Story

pytestmark = pytest.mark.slow
TYPES = {"zset": "sorted set"}
GONE = -2
"""What TTL says of a key that has expired since it was found."""


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack, sink = Stack(tmp_path_factory.mktemp("used")), Sink()
    story = Story(stack.workspace(), sink)
    story.accounts()
    story.subscribe()
    story.arrive()
    story.poll()
    story.send()
    story.receipts()
    photograph(stack)
    visit(stack, story.world.key)
    refuse(story.world)
    wait_for_another(story.world)
    slow_down(stack.workspace())
    fill_up(stack.workspace())
    opt_out(story.world)
    story.die(stack)
    yield stack
    stack.start("worker")
    story.world.settled(story.jobs["queued"])
    story.world.settled(story.jobs["sending"])
    sink.close()
    stack.stop()


def refuse(world: World) -> None:
    """A delivery dies at a target that says why."""
    target = Listener()
    target.codes, target.said = [500] * 9_000, b"no"
    hook = world.post("/v1/hooks", trigger="inbound-sms", target_url=target.url).json()["id"]
    world.inject("For nobody")
    listed = f"/v1/hooks/{hook}/deliveries"
    delivery = until(lambda: world.get(listed)["data"], "the delivery")[0]["id"]
    path = f"/v1/deliveries/{delivery}"

    def dead() -> bool:
        """Asked again where the record of an attempt under way came after ours."""
        world.stack.db.hset(keys.delivery(delivery), "tries", len(DELAYS))
        world.post(f"/v1/hooks/{hook}/send-now")
        return bool(world.get(path)["status"] == "dead")

    until(dead, "the end of the delivery")
    target.close()


def photograph(stack: Stack) -> None:
    """Somebody sends a picture, which is fetched and kept."""
    world = stack.workspace()
    [item] = comes_in(world, twilio(world), media=1)
    until(lambda: is_kept(world, item), "the picture")


def wait_for_another(world: World) -> None:
    """A text waits that no equal one may follow, and that another account may take."""
    able = [each["id"] for each in world.get("/v1/connections")["data"] if _sends(each)]
    given = {"connection": able[0], "fallback_connections": able[1:]}
    later = {"schedule_at": f"{NEXT_YEAR}T09:00:00Z", "deduplicate_within": 600}
    answer = world.send(message="Later, once", **given, **later)
    assert answer.status_code == 202, answer.text


def _sends(account: dict[str, Any]) -> bool:
    return "send-sms" in account["capabilities"]


def slow_down(world: World) -> None:
    """A text waits for the pacing of its account, and must not go out late."""
    path = f"/v1/connections/{world.connect_pairfon()}"
    rules = {"gap_seconds": 3600, "recipients_per_day": 5}
    assert world.call("PATCH", path, json={"pacing": rules}).status_code == 200
    world.settled(world.send().json()["id"])
    job = world.send(valid_until=f"{NEXT_YEAR}T09:00:00Z").json()["id"]
    until(lambda: world.job(job).get("waiting"), "the second text to wait")


def fill_up(world: World) -> None:
    """A text waits for a sender that takes none for now."""
    key = twilio(world)
    said = {"code": 21611, "message": "The queue of this number is full", "status": 400}
    full = {"kind": "status", "code": 400, "body": said, "times": 0}
    world.control("POST", "faults", {"match": "POST /twilio", **full}, key)
    job = world.send(device_fingerprint=None).json()["id"]
    until(lambda: world.job(job).get("waiting"), "the text to wait for its sender")


def opt_out(world: World) -> None:
    """Somebody wants no texts, and the list is read."""
    assert world.post("/v1/actions/add-opt-out", phone="+14155550177").status_code < 300
    assert world.get("/v1/opt-outs")["data"]


def visit(stack: Stack, key: str) -> None:
    """Somebody fills in a form of the console; the operator has a password and a link."""
    visitor = Visitor(stack)
    assert visitor.sign_in(key).ok
    visitor.press("/console/keys", once="a form", name="Zapier", scopes="read")
    operators.set_password(stack.db, "four words are best")
    operators.make_link(stack.db, "default")


def found(stack: Stack) -> list[tuple[str, Key]]:
    """Each name in the store with its declaration."""
    names = [str(each) for each in stack.db.scan_iter(count=1000)]
    unknown = [each for each in names if declared(each) is None]
    assert unknown == [], "Declare these in integration/store/keys/."
    return [(each, key) for each in names if (key := declared(each))]


def test_no_key_is_there_that_the_list_does_not_know(used: Stack) -> None:
    wrong = []
    for name, key in found(used):
        kind = str(used.db.type(name))
        if kind != "none" and TYPES.get(kind, kind) != key.kind:
            wrong.append(f"{name} is a {kind}, and a {key.kind} is declared")
    assert wrong == []


def test_every_key_has_the_ttl_that_is_declared_and_no_other(used: Stack) -> None:
    wrong = []
    for name, key in found(used):
        left = used.db.ttl(name)
        if left == GONE:
            continue
        if not key.seconds and left >= 0:
            wrong.append(f"{name} expires in {left} s, and no TTL is declared")
        if key.seconds and left < 0 and not key.unless:
            wrong.append(f"{name} does not expire")
        if key.seconds and left > key.seconds:
            wrong.append(f"{name} expires in {left} s, not within {key.seconds} s")
    assert wrong == []


def test_jobs_expire_when_they_have_ended_and_not_before(used: Stack) -> None:
    wrong = []
    for name in map(str, used.db.scan_iter(keys.job("*"))):
        with used.db.pipeline(transaction=True) as pipe:  # A receipt may change both.
            status, left = pipe.hget(name, "status").ttl(name).execute()
        if (left >= 0) != (status in SETTLED):
            wrong.append(f"{name} is {status} and has a TTL of {left} s")
    assert wrong == []


def test_deliveries_expire_unless_they_are_in_flight(used: Stack) -> None:
    def lasting() -> list[str]:
        flying = list(used.db.hkeys(keys.LEASED))
        names = map(str, used.db.scan_iter(keys.delivery("*")))
        return [
            each
            for each in names
            if used.db.ttl(each) < 0 and each.removeprefix(keys.delivery.prefix) not in flying
        ]

    until(lambda: not lasting(), "a TTL on each delivery that is not in flight")


def test_each_field_of_a_hash_and_a_stream_is_declared(used: Stack) -> None:
    raw: Any = used.raw()
    wrong = set()
    for name, key in found(used):
        fields: list[bytes] = []
        if key.kind == "hash":
            fields = list(raw.hkeys(name))
        elif key.kind == "stream":
            fields = [field for _, entry in raw.xrange(name, count=50) for field in entry]
        texts = [each.decode("latin-1") for each in fields]
        wrong |= {f"{key.name}: {each}" for each in texts if not key.knows(each)}
    raw.close()
    assert sorted(wrong) == []


def test_the_story_uses_nearly_every_key(used: Stack) -> None:
    """Those that it leaves out are there for some seconds, or need a store that lost something."""
    brief = {"sync_lock", "sync_asked", "watch_lock", "registration_lock", "wake", "backfill"}
    brief |= {"deliveries_leased", "deliveries_busy", "fanout_owed", "hooks_due", "lane_asks"}
    brief |= {"left_accounts", "removed", "media_due", "media_waiting", "media_lock"}
    brief |= {"parts", "parts_due", "lane_answered"}
    apart = {"emptied", "broken", "past", "replicated", "erasures", "erased", "workspace"}
    apart |= {"first_calls", "start", "opt_outs", "opt_out_homes", "opt_out_answers", "answered"}

    def missing() -> set[str]:
        there = {key.name for _, key in found(used)}
        return {key.name for key in EVERY.values()} - there - brief - apart

    # A heartbeat ends while the scheduler stands still.
    until(lambda: not missing(), f"a key of each of these: {missing()}")
