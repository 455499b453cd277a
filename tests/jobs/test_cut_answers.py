"""A provider's sentence that quotes half of an emoji ends its job as any other."""

from __future__ import annotations

import pytest

from integration.accounts import connection_facts, connections
from integration.accounts.connections import Connection
from integration.jobs import finish, ledger
from integration.jobs.finish import Ending
from integration.kernel.errors import ProviderRejected
from integration.kernel.signs import Signs
from integration.outbound.provider_answers import AnswerReader
from integration.services import Services
from tests.delivery.drains import WORKSPACE
from tests.jobs.history import Desk

BODY = rb'{"message": "Cannot send \"See you \ud83d\" to this number"}'
SHOWN = 'Pairfon refused with status 422: Cannot send "See you \ufffd" to this number.'


def refusal() -> str:
    reader = AnswerReader(label="Pairfon", effect=True, mask=str, signs=Signs(ids=("id",)))
    with pytest.raises(ProviderRejected) as refused:
        reader.read(422, {}, BODY)
    return refused.value.message


def test_a_refusal_that_quotes_it_ends_its_job(own: Services, connection: Connection) -> None:
    desk = Desk(own, connection)
    job, said = desk.job(), refusal()
    ending = Ending(status="failed", message=said, outcome="rejected", detail=said)
    assert finish.finish(own, desk.claim(job), ending)
    assert ledger.get(own, WORKSPACE, job).message == SHOWN


def test_a_connection_shows_it(own: Services, connection: Connection) -> None:
    connection_facts.mark(own, connection, refusal())
    found = connections.get(own, WORKSPACE, connection.id)
    assert connection_facts.shown(own, found)["health_detail"] == SHOWN
