"""A workspace is erased with what its lists of the newest do not name any more."""

from __future__ import annotations

from integration.accounts import api_keys, erasure
from integration.accounts.connections import Connection
from integration.delivery import again
from integration.services import Services
from integration.store import keys
from proofs.rig.fan_out import fan_out_all
from tests.delivery.drains import WORKSPACE, receive, subscribe
from tests.jobs.history import Desk

TEXT = "the words of a person"


def records(own: Services) -> list[str]:
    found = [*own.db.scan_iter(keys.job("*")), *own.db.scan_iter(keys.delivery("*"))]
    return sorted(found)


def test_no_record_is_left_that_no_list_names(own: Services, connection: Connection) -> None:
    api_keys.create(own.db, WORKSPACE, "first")
    desk, hook = Desk(own, connection), subscribe(own)
    receive(own, connection, TEXT)
    fan_out_all(own)
    again.test(own, hook, f'{{"id": "x", "message": "{TEXT}"}}')
    ended = desk.job(TEXT)
    desk.sent(desk.claim(ended), "1")
    assert len(records(own)) == 3
    # As after 100,000 jobs and 200 deliveries more, which ended.
    own.db.delete(keys.jobs(WORKSPACE), keys.hook_log(hook.id), keys.owed(WORKSPACE))
    own.db.delete(keys.hook_due(hook.id))
    others = keys.delivery("dlv_of_another"), keys.delivery("dlv_damaged")
    own.db.hset(others[0], "workspace", "another")
    own.db.set(others[1], "something else wrote it")
    assert erasure.erase(own, WORKSPACE) > 3
    assert records(own) == sorted(others)
