"""`hookline workers`: RQ's queues and worker processes."""

from argparse import Namespace
from dataclasses import asdict
from typing import Any

from integration.services import Services
from integration.web.api import running


def run(own: Services, _: Namespace) -> dict[str, Any]:
    found = running.state(own.db)
    rows = {name: [asdict(each) for each in found[name]] for name in ("queues", "processes")}
    return {**found, **rows}
