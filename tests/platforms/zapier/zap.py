"""A Zap's side of things: the compiled app in Zapier's own runtime, driven line by line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from proofs.rig.stack import World
from tests.platforms import node
from tests.platforms.node_script import NodeScript

HERE = Path(__file__).parent
DRIVER = HERE / "driver.js"
SECRET = "a secret of the machine"


class Runtime:
    """One Node.js process with zapier-platform-core and the app of a folder in it."""

    def __init__(self, folder: Path, files: Mapping[str, str | bytes]) -> None:
        packages = node.installed(HERE / "package.json")
        for path, content in files.items():
            (folder / path).write_bytes(content.encode() if isinstance(content, str) else content)
        (folder / "node_modules").symlink_to(packages / "node_modules")
        self._script = NodeScript(DRIVER, folder, packages, HOOKLINE_TEST_SECRET=SECRET)

    def ask(self, **event: Any) -> dict[str, Any]:
        """`{results}`, or `{error, message, …}` as Zapier shows it to a user."""
        return self._script.ask(**event)

    def close(self) -> None:
        self._script.close()


class Zap:
    """Somebody's Zaps: the runtime with the authentication of one workspace."""

    def __init__(self, runtime: Runtime, world: World, **authentication: str) -> None:
        self.runtime = runtime
        self.authentication = {"base_url": world.stack.url, "api_key": world.key, **authentication}

    def tried(self, method: str, **bundle: Any) -> dict[str, Any]:
        """What a step gives or how it fails. `bundle` are the members of Zapier's bundle."""
        whole = {"authData": self.authentication, "inputData": {}, "meta": {"page": 0}, **bundle}
        return self.runtime.ask(method=method, bundle=whole)

    def run(self, method: str, **bundle: Any) -> Any:
        found = self.tried(method, **bundle)
        assert "error" not in found, found
        return found["results"]

    def trigger(self, key: str, part: str = "perform", **bundle: Any) -> Any:
        return self.run(f"triggers.{key}.operation.{part}", **bundle)

    def search(self, key: str, **given: Any) -> Any:
        return self.run(f"searches.{key}.operation.perform", inputData=given)

    def create(self, key: str, meta: Mapping[str, Any] | None = None, **given: Any) -> Any:
        method = f"creates.{key}.operation.perform"
        return self.run(method, inputData=given, meta={"page": 0, **(meta or {})})

    def refused(self, key: str, **given: Any) -> dict[str, Any]:
        """How a create fails."""
        found = self.tried(f"creates.{key}.operation.perform", inputData=given)
        assert "error" in found, found
        return found
