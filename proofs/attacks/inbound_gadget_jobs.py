"""Gadgets: RQ jobs as somebody would write them who can write into the store."""

from __future__ import annotations

import json
import os
import pickle
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from integration.jobs.rq_queue import PERFORM

MARK = f"{__name__}.leave_mark"
PAST = "2020-01-01T00:00:00.000000Z"


@dataclass(frozen=True, kw_only=True)
class Gadget:
    """A job; `data` is its call as the serializer wrote it, `more` further fields of its hash."""

    PREFIX: ClassVar[str] = "gadget-"
    id: str
    queue: str
    data: bytes
    more: dict[str, str]


class Bomb:
    """Runs a shell command when it is unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (self.command,)


def touch(path: str, *_: Any, **__: Any) -> None:
    """What a foreign function would do: leave a file behind."""
    Path(path).touch()


def gadgets(folder: Path, label: str) -> Iterator[Gadget]:
    """Each leaves a file in `folder` if any of it runs. `label` ends with the queue's name."""
    queue = "hookline" + label.rpartition("hookline")[2]
    marker = str(folder / f"ran-{label}")
    calls = {
        "pickle": pickle.dumps(Bomb(f"touch {marker}-pickle")),
        "zipped": zlib.compress(pickle.dumps(Bomb(f"touch {marker}-zipped"))),
        "system": _call("os.system", f"touch {marker}-system"),
        "popen": _call("subprocess.check_call", ["touch", f"{marker}-popen"]),
        "touch": _call("proofs.attacks.inbound_gadget_jobs.touch", f"{marker}-touch"),
        "open": _call("builtins.open", f"{marker}-open", "w"),
        "eval": _call("builtins.eval", f"open({marker + '-eval'!r}, 'w')"),
        "method": _call("touch", f"{marker}-m", instance="pathlib.Path"),
        "dunder": _call("integration.jobs.perform.__builtins__.open", f"{marker}-dunder", "w"),
        "nonsense": b"\x80\x05nonsense",
    }
    for name, data in calls.items():
        yield _gadget(name, label, queue, data)
    for field in ("success_callback_name", "failure_callback_name", "stopped_callback_name"):
        hidden = {field: MARK, "meta": json.dumps(marker)}
        yield _gadget(field, label, queue, _call(PERFORM, f"nobody-{label}"), **hidden)
        yield _gadget(f"{field}-bad", label, queue, _call(PERFORM, {"no": "id"}), **hidden)


def leave_mark(job: Any, *_: Any) -> None:
    """A callback that a stranger names; RQ would give it the job."""
    Path(f"{job.meta}-{job.id}").touch()  # its meta is the path that we planted


def plant(db: Any, gadget: Gadget) -> None:
    """Write the job as RQ would and put it at its queue's front."""
    db.hset(f"rq:job:{gadget.id}", mapping=_record(gadget))
    db.lpush(f"rq:queue:{gadget.queue}", gadget.id)


def plant_abandoned(db: Any, gadget: Gadget, folder: Path) -> None:
    """The same as a job whose worker died: RQ's housekeeping calls its failure callback."""
    other = f"{gadget.id}-abandoned"
    callback = {"failure_callback_name": MARK, "meta": json.dumps(str(folder / "abandoned"))}
    record = _record(gadget) | {"status": "started"} | callback
    db.hset(f"rq:job:{other}", mapping=record)
    db.zadd(f"rq:wip:{gadget.queue}", {f"{other}:deadbeef": 1})
    db.zadd(f"rq:scheduled:{gadget.queue}", {other: 1})


def plant_debris(db: Any, queue: str) -> None:
    """Ids without a job, of another type, of another shape."""
    db.set(f"rq:job:{Gadget.PREFIX}text-{queue}", "not a hash")
    for name in ("gone", "text", "", "x" * 5_000, "a:b:c"):
        db.lpush(f"rq:queue:{queue}", f"{Gadget.PREFIX}{name}-{queue}")


def _gadget(name: str, label: str, queue: str, data: bytes, **more: str) -> Gadget:
    return Gadget(id=f"{Gadget.PREFIX}{name}-{label}", queue=queue, data=data, more=more)


def _call(function: str, *args: Any, instance: str | None = None) -> bytes:
    return json.dumps([function, instance, args, {}]).encode()


def _record(gadget: Gadget) -> dict[str, Any]:
    return {
        "created_at": PAST,
        "enqueued_at": PAST,
        "origin": gadget.queue,
        "status": "queued",
        "description": "gadget",
        "timeout": "120",
        "data": gadget.data,
        **gadget.more,
    }
