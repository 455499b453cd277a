"""Keeps a store as a release writes it: `python -m tests.released.write COMMIT`.

It runs that commit's service, lets a workspace use all of it, kills it in the midst, and writes
the store and the API's answers into the folder named after the release.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from integration.store import client
from proofs.rig.sandbox import ROOT
from proofs.rig.sink import Sink
from tests.released import dump
from tests.released.service import SINK_PORT, ReleaseStack, Resident, archived
from tests.released.story import Story

HERE = Path(__file__).parent
NAME = "released"


def main(commit: str) -> None:
    with tempfile.TemporaryDirectory(prefix="hookline-released-") as made:
        folder = Path(made)
        root = archived(commit, folder / "code")
        stack = ReleaseStack(folder, root)
        sink = Sink(SINK_PORT)
        try:
            stack.serve()
            shown = _told(stack, sink, _key(stack, root))
            _keep(stack, root, shown)
        finally:
            sink.close()
            stack.stop()


def _key(stack: ReleaseStack, root: Path) -> str:
    """The first API key of a workspace, from the release's own command line."""
    made = subprocess.run(
        [sys.executable, "-m", "integration.cli", "workspaces", "create", NAME],
        cwd=root,
        env=stack.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return str(json.loads(made.stdout)["key"])


def _told(stack: ReleaseStack, sink: Sink, key: str) -> dict[str, Any]:
    """Use the service and kill it; how the API showed everything at the end."""
    world = Resident(stack, NAME, key)
    story = Story(world, sink)
    for step in (story.accounts, story.dead, story.subscribe, story.arrive, story.poll):
        step()
    story.send()
    story.receipts()
    story.die(stack)
    stack.kill("scheduler")
    hooks = {name: each.id for name, each in story.hooks.items()}
    paths = ["/v1/me", "/v1/keys", "/v1/connections", "/v1/hooks", "/v1/jobs?limit=100"]
    paths += [f"/v1/jobs/{each}" for each in story.jobs.values()]
    paths += [f"/v1/hooks/{each}{more}" for each in hooks.values() for more in ("", "/deliveries")]
    triggers = ("inbound-sms", "new-conversation", "message-status", "device-status")
    paths += [f"/v1/triggers/{each}?limit=100" for each in triggers]
    answers = {path: world.get(path) for path in paths}
    return {
        "workspace": NAME,
        "key": key,
        "batch": story.batch,
        "jobs": story.jobs,
        "hooks": hooks,
        "answers": answers,
    }


def _keep(stack: ReleaseStack, root: Path, shown: dict[str, Any]) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    folder = HERE / project["version"]
    folder.mkdir(exist_ok=True)
    db = client.connect(stack.server.url)
    text = "".join(f"{line}\n" for line in dump.lines(db))
    db.close()
    (folder / "store.jsonl").write_text(text, encoding="utf-8")
    (folder / "shown.json").write_text(json.dumps(shown, indent=1) + "\n", encoding="utf-8")
    print(f"{folder.relative_to(ROOT)}: {len(text.splitlines())} keys, {len(text):,} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
