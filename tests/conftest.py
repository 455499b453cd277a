"""What all tests share: a data server alone, and the whole service as it runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import hypothesis
import psutil
import pytest
from redis.exceptions import RedisError
from xdist.scheduler.loadscope import LoadScopeScheduling

from integration import services
from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.runtime import stopping
from integration.services import Services
from integration.settings import Settings
from integration.store import clock, durability
from launch import embedded
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox, until
from proofs.rig.sink import Sink
from proofs.rig.spawn import spawn
from proofs.rig.stack import Stack, World
from tests.console.browser import Chromium
from tests.delivery.drains import WORKSPACE
from tests.slow_clock import slow_clock

# No test measures time: on a busy machine a case of milliseconds may take a second.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")
GB = 2**30
LIFE = (
    "tests/proofs/chaos/test_life_short.py::"
    "test_ordinary_life_holds_up_nobody_and_doubles_nothing[{}]"
)
N8N = "tests/platforms/n8n"
"""All its files share what n8n's own tools build."""
LONGEST = (
    LIFE.format(0),
    N8N,
    LIFE.format(1),
    "tests/contract/test_new_extensions.py",
    LIFE.format(2),
    LIFE.format(3),
    "tests/proofs/chaos/test_short.py",
    "tests/openapi/test_service.py",
    "tests/proofs/attacks/test_outbound.py",
    "tests/proofs/attacks/test_inbound.py",
    "tests/flows/test_inbound_gaps.py",
    "tests/console/test_readable.py",
    "tests/released/test_rolling.py",
    "tests/console/test_pages.py",
    "tests/flows/test_actions_on_providers.py",
    "tests/flows/test_smsgate_in_service.py",
    "tests/platforms/mcp/test_mcp_client.py",
    "tests/flows/test_jobs_lost_answers.py",
    "tests/store/test_pool.py",
    "tests/flows/test_kills_recovery.py",
    "tests/console/test_in_a_browser.py",
    "tests/console/test_frame.py",
)
"""By the time that they take, a minute and more on two busy cores. Those that wait alternate with
those that compute."""


@pytest.fixture(scope="session")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("store")
    server = embedded.prepare(folder, dict(os.environ))
    with (folder / "server.log").open("wb") as log:
        running = spawn(server.service.command, stdout=log, stderr=log)
    yield server.url
    running.terminate()
    running.wait(120)


@pytest.fixture(autouse=True)
def stranger() -> None:
    """Each test is a process of its own, which has seen no store that another test used."""
    durability._known.clear()
    clock.forget()


@pytest.fixture(name="slow_clock")
def _slow_clock() -> Iterator[None]:
    with slow_clock():
        yield


@pytest.fixture
def own(store_url: str) -> Iterator[Services]:
    """Services over an empty store that keep five events."""
    settings = Settings(
        redis_url=store_url,
        secret_key="0123456789abcdef" * 2,
        retention_events=5,
        allow_private_targets=True,
    )
    found = services.build(settings)
    until(lambda: _emptied(found), "the data server")
    stopping.use(found)
    yield found
    found.db.close()


def _emptied(found: Services) -> bool:
    try:
        return bool(found.db.flushall())
    except RedisError:
        return False


@pytest.fixture
def connection(own: Services) -> Connection:
    given = {"api_key": "pf_nothing", "base_url": "http://127.0.0.1:9"}
    made = connections.make(
        workspace=WORKSPACE, provider="pairfon", label="Pairfon", settings=given
    )
    connections.save(own, made)
    return made


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One running service for all flows; each test has a workspace of its own."""
    running = Stack(tmp_path_factory.mktemp("stack"))
    yield running
    running.stop()


@pytest.fixture
def world(stack: Stack) -> Iterator[World]:
    made = stack.workspace()
    yield made
    made.leave()
    stack.forgive()


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The providers' APIs alone; each test has accounts of its own there."""
    folder = tmp_path_factory.mktemp("sandbox")
    running = Sandbox(folder, folder / "data")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """One for all tests; each opens a `Browser` in it."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("There is no Chromium on this machine.")
    running = Chromium(program, tmp_path_factory.mktemp("chromium"))
    yield running
    running.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.close()


@pytest.fixture
def sink() -> Iterator[Sink]:
    taking = Sink()
    yield taking
    taking.close()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Three times as many as there are cores, for tests wait two thirds of their time. Each takes
    about 0.7 GB with the service that it starts."""
    room = int(psutil.virtual_memory().available / GB)
    cores = os.cpu_count() or 1
    return max(cores, min(3 * cores, room))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Files run side by side, each in one process, for its tests share what is costly to start."""
    made = LoadScopeScheduling(config, log)
    made._split_scope = _unit
    return made


def _unit(nodeid: str) -> str:
    """What runs in one process: a file, one of the longest tests, or what shares a package."""
    if nodeid.startswith(N8N):
        return N8N
    return nodeid if nodeid in LONGEST else nodeid.partition("::")[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin, then files with slow tests, so that none of them is left for the end."""
    slow = {each.path for each in items if each.get_closest_marker("slow")}

    def place(item: pytest.Item) -> tuple[int, bool]:
        unit = _unit(item.nodeid)
        return (LONGEST.index(unit) if unit in LONGEST else len(LONGEST), item.path not in slow)

    items.sort(key=place)
