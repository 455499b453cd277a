"""`make n8n`: a real n8n with our package against the running service, step by step.

Too large for the test suite: n8n takes 2.3 GB and some minutes to install, once.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World
from tests.platforms.n8n import workflows
from tests.platforms.n8n.built import build
from tests.platforms.n8n.server import CannotRun, N8n
from tests.platforms.n8n.workflows import CREDENTIAL, ECHO, POLLED

POLL_SECONDS = 150.0
"""n8n polls once a minute at most."""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="hookline-n8n-") as name:
        try:
            steps = list(_proof(Path(name)))
        except (CannotRun, pytest.skip.Exception) as reason:
            print(f"NOT PROVED: {reason}")
            return 1
    print(f"PROVED: {len(steps)} steps with a real n8n.")
    return 0


def _proof(folder: Path) -> Iterator[str]:
    (folder / "package").mkdir()
    package = build(folder / "package")
    # n8n looks for nodes in every folder below, so it is not given our development tools.
    extensions = Path(shutil.copytree(package / "dist", folder / "extensions"))
    (folder / "home").mkdir()
    n8n = N8n(folder / "home", extensions)
    yield _say("the package is built by n8n's own tool, and n8n is installed")
    stack = Stack(folder)
    try:
        yield from _walk(n8n, stack.workspace())
    except BaseException:
        print(n8n.log()[-4000:] if (folder / "home/n8n.log").exists() else "", file=sys.stderr)
        raise
    finally:
        stack.stop()


def _walk(n8n: N8n, world: World) -> Iterator[str]:
    connection = world.connect_pairfon()
    n8n.take("credentials", [workflows.credential(world.stack.url, world.key)])
    n8n.take("workflow", [workflows.echo(), workflows.polled()])
    yield _say("credentials and two workflows are imported")
    n8n.command("publish:workflow", f"--id={ECHO}")
    n8n.start()
    try:
        n8n.own()
        yield from _editor(n8n, connection)
        yield from _instant(n8n, world)
        yield from _restarted(n8n, world)
        yield from _polling(n8n, world)
    finally:
        n8n.stop()


def _editor(n8n: N8n, connection: str) -> Iterator[str]:
    told = n8n.ask("GET", f"/credentials/{CREDENTIAL}?includeData=true")
    tested = n8n.ask("POST", "/credentials/test", {"credentials": told})
    assert tested["status"] == "OK", tested
    yield _say("the credential test passes")
    asked = {
        "path": "parameters.additionalFields.connection",
        "methodName": "getConnections",
        "nodeTypeAndVersion": {"name": "CUSTOM.hookline", "version": 1},
        "currentNodeParameters": dict(workflows.ANSWER),
        "credentials": {"hooklineApi": {"id": CREDENTIAL, "name": "Hookline"}},
    }
    rows = n8n.ask("POST", "/dynamic-node-parameters/options", asked)
    assert [each["value"] for each in rows] == [connection], rows
    yield _say("the editor's dropdown lists the connection")


def _instant(n8n: N8n, world: World) -> Iterator[str]:
    hook = until(lambda: _hook(world), "the published workflow's hook")
    assert (hook["platform"], hook["trigger"]) == ("n8n", "inbound-sms")
    yield _say("the published workflow has made its hook")
    yield from _echoed(n8n, world, "Hi {{name}}")
    world.inject("No number to answer", phone="MyBank")
    [failed] = until(lambda: n8n.executions(ECHO, "error"), "the failed execution")
    # n8n gives what happened as JSON in a text.
    told = json.loads(n8n.ask("GET", f"/executions/{failed['id']}")["data"])
    sentence = world.send(phone="MyBank").json()["message"]
    assert sentence in told, told
    yield _say(f"a refused text fails its step with our sentence: {sentence}")


def _echoed(n8n: N8n, world: World, text: str) -> Iterator[str]:
    world.inject(text)
    until(lambda: f"Got: {text}" in _sent(world), f"the answer to {text}")
    until(lambda: n8n.executions(ECHO, "success"), "the execution")
    assert _sent(world).count(f"Got: {text}") == 1
    yield _say(f"an inbound text ran the workflow, and its answer went out: {text}")


def _restarted(n8n: N8n, world: World) -> Iterator[str]:
    before = _hook_id(world)
    n8n.stop()
    assert before == _hook_id(world)
    n8n.start()
    yield from _echoed(n8n, world, "After the restart")
    assert before == _hook_id(world)
    yield _say("a restart kept the one hook")
    n8n.ask("POST", f"/workflows/{ECHO}/deactivate", {})
    until(lambda: _hook(world) is None, "the hook's removal")
    yield _say("deactivating the workflow removed its hook")


def _polling(n8n: N8n, world: World) -> Iterator[str]:
    n8n.stop()
    n8n.command("publish:workflow", f"--id={POLLED}")
    n8n.start()
    until(lambda: f'Activated workflow "{POLLED}"' in n8n.log(), "the first poll")
    world.inject("Polled")
    until(lambda: "Got: Polled" in _sent(world), "the answer to the polled text", POLL_SECONDS)
    until(lambda: n8n.executions(POLLED, "success"), "the execution")
    assert _sent(world) == ["Got: Hi {{name}}", "Got: After the restart", "Got: Polled"]
    yield _say("the polling trigger found the new text, and none of those of before")


def _hook(world: World) -> dict[str, Any] | None:
    found = world.get("/v1/hooks")["data"]
    assert len(found) < 2, found
    return dict(found[0]) if found else None


def _hook_id(world: World) -> str:
    """What stays, whatever the hook tells of its day."""
    hook = _hook(world)
    return str(hook["id"]) if hook else ""


def _sent(world: World) -> list[str]:
    return [each["text"] for each in world.sends()]


def _say(step: str) -> str:
    print(f"ok  {step}", flush=True)
    return step


if __name__ == "__main__":
    sys.exit(main())
