"""Bare Flask routes that do the least that could be called the same work, for gunicorn."""

from __future__ import annotations

import json
import os
from typing import Any

import redis
from flask import Flask, Response, request
from marshmallow import Schema, fields
from rq import Queue

from proofs.bench.peers.rq_work import nothing

COUNT = 50
application = Flask("bare")
db: Any = redis.Redis.from_url(os.environ["REDIS_URL"])
queue = Queue("bare", connection=db)


class Message(Schema):
    """The fields of an inbound message, as a polled trigger would declare them."""

    id = fields.String()
    provider_id = fields.String()
    connection = fields.String()
    provider = fields.String()
    phone = fields.String()
    message = fields.String()
    sim_slot = fields.String(allow_none=True)
    device_fingerprint = fields.String(allow_none=True)
    received_at = fields.String()


schema = Message(many=True)


@application.get("/up")
def up() -> dict[str, str]:
    return {"status": "ok"}


@application.post("/xadd")
def xadd() -> tuple[dict[str, int], int]:
    db.xadd("bare", {"e": request.get_data()})
    return {"received": 1}, 202


@application.post("/enqueue")
def enqueue() -> tuple[dict[str, str], int]:
    job = queue.enqueue(nothing, request.get_json())
    return {"id": job.id}, 202


@application.get("/joined")
def joined() -> Response:
    body = b"[" + b",".join(_stored()) + b"]"
    return Response(body, content_type="application/json")


@application.get("/dumped")
def dumped() -> Any:
    rows = [json.loads(each) for each in _stored()]
    return application.json.response(schema.dump(rows))


def _stored() -> list[bytes]:
    return [row[b"e"] for _, row in db.xrange("stored", count=COUNT)]
