"""A Node.js script that answers each line of JSON with one, so that a test file starts it once."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from proofs.rig.spawn import spawn
from tests.platforms import node


class NodeScript:
    """`folder` is where it runs; its `node_modules` are those of `packages`."""

    def __init__(self, script: Path, folder: Path, packages: Path, **settings: str) -> None:
        self._log = (folder / f"{script.stem}.log").open("w")
        self._process = spawn(
            ["node", str(script), str(folder)],
            cwd=folder,
            env=node.environment(packages, settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def ask(self, **asked: Any) -> dict[str, Any]:
        process = self._process
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, Path(self._log.name).read_text()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(120)
        self._process.stdout.close()
        self._log.close()
