"""Opt-out answers: owed answers to STOP and HELP become jobs.

The job's id follows from what is owed, so two workers that take the same one make one job.
"""

import hashlib
import json
from dataclasses import replace
from typing import Any

from integration.accounts import connection_cache, connections, gate, pacing
from integration.accounts.connections import Connection
from integration.jobs import accept, new_jobs
from integration.jobs.accept import AcceptOptions
from integration.jobs.opted_out import ANSWERS
from integration.opt_outs import wanted
from integration.services import Services
from integration.store import damaged, keys, replicas
from integration.store.clock import wall_ms
from integration.store.lifetimes import WORD_ANSWERED_SECONDS

MOST = 100
"""Answers that one round makes."""
SAME = ("phone", "sender_id", "device_fingerprint", "sim_slot")


def make(services: Services) -> None:
    """Make a job of each answer that is owed."""
    for owed in services.db.zrange(keys.OPT_OUT_ANSWERS, 0, MOST - 1):
        if _made(services, owed):
            services.db.zrem(keys.OPT_OUT_ANSWERS, owed)
        else:
            # Behind the others: a workspace whose backlog is full holds up no other.
            services.db.zadd(keys.OPT_OUT_ANSWERS, {owed: wall_ms()}, xx=True)


def _made(services: Services, owed: str) -> bool:
    """Whether nothing is left to be done: a job was made, or nobody wants the answer any more."""
    try:
        facts = json.loads(owed)
        connection = connections.by_id(services, facts["connection"])
        answer = wanted.stored(services.db, facts["workspace"]).answer(facts["word"])
        late = wall_ms() - int(facts["at_ms"]) > WORD_ANSWERED_SECONDS * 1000
        values = {name: facts[name] for name in SAME if facts.get(name)}
        phone = str(values["phone"])
    except damaged.NONSENSE:
        damaged.note(services.db, keys.OPT_OUT_ANSWERS, "An answer that is owed cannot be read.")
        return True
    if connection is None or not answer or late:
        return True
    said = {"phone": [phone], "message": answer, ANSWERS: facts["word"]}
    return _accepted(services, connection, {**values, **said}, owed)


def _accepted(
    services: Services, connection: Connection, values: dict[str, Any], owed: str
) -> bool:
    """Whether the job is there now; else the next round tries again."""
    action, workspace = services.catalog.action("send_sms"), connection.workspace
    [job] = new_jobs.made(connection, action, values)
    job = replace(job, id=f"job_{hashlib.sha256(owed.encode()).hexdigest()[:20]}")
    stamp = connection_cache.of(services, workspace).stamp
    backlog, pepper = services.settings.backlog, pacing.pepper(services)
    options = AcceptOptions(stamp=stamp, backlog=backlog, pepper=pepper)
    call = accept.of_jobs(connection, action, [job], options).call(gate.ADMITTED)
    outcome = replicas.kept(services.db, call, services.settings.store_replicas)[3]
    if outcome == "changed":
        connection_cache.forget(services, workspace)
    return bool(outcome == "made")
