"""The n8n package built by n8n's own tool, and its nodes called through a stand-in for n8n."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from integration import discovery
from tests.platforms import node
from tests.platforms.golden import BASE_URL
from tests.platforms.node_script import NodeScript

HERE = Path(__file__).parent
STANDIN = HERE / "standin.mjs"


def build(folder: Path) -> Path:
    """Compile the package into `folder` and run `n8n-node build` there."""
    catalog = discovery.load()
    for path, content in catalog.platform("n8n").compile(catalog, BASE_URL).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content.encode() if isinstance(content, str) else content)
    tools = node.installed(HERE / "package.json")
    (folder / "node_modules").symlink_to(tools / "node_modules")
    done = node.run(["n8n-node", "build"], folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


class Nodes:
    """The built nodes, which a stand-in runs, with a user's credentials."""

    def __init__(self, standin: NodeScript, base_url: str, api_key: str) -> None:
        self.standin = standin
        self.credentials = {"baseUrl": base_url, "apiKey": api_key}

    def run(self, task: str, **more: Any) -> dict[str, Any]:
        """What the task gave: `result` and `static`, or `error`."""
        usual: dict[str, Any] = {"static": {}, "items": [{"json": {}}], "execution": "1"}
        usual |= {"task": task, "mode": "trigger", "parameters": {}, "goOn": False}
        return self.standin.ask(**{**usual, "credentials": self.credentials, **more})

    def act(self, operation: str, fields: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Run the Hookline node; `added` holds the optional fields."""
        added = {"additionalFields": more.pop("added", {})}
        parameters = {"operation": operation, **fields, **added}
        return self.run("execute", parameters=parameters, **more)

    def hook(self, method: str, webhook: str, event: str, **filters: Any) -> Any:
        parameters = {"event": event, "filters": filters}
        return self.run("hook", method=method, webhook=webhook, parameters=parameters)["result"]

    def poll(self, event: str, static: dict[str, Any], **more: Any) -> list[Any]:
        """The items of one poll; `static` is kept as n8n keeps it between two."""
        parameters = {"event": event, "filters": more.pop("filters", {})}
        given = self.run("poll", parameters=parameters, static=static, **more)
        static.update(given["static"])
        return [item["json"] for item in (given["result"] or [[]])[0]]
