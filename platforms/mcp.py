"""MCP: what an AI assistant needs to use the service: an address, a key and a list of tools."""

from collections.abc import Mapping

from integration.kernel.catalog import Catalog
from integration.kernel.specs import Platform
from integration.schema.mcp_tools import Tool, tools
from platforms._shared_files import fixed, written

KEY = "hk_REPLACE_WITH_YOUR_API_KEY"


def compile(catalog: Catalog, base_url: str) -> Mapping[str, str]:
    found, files = tools(catalog).values(), fixed("mcp", base_url)
    return {
        **files,
        "README.md": files["README.md"].replace("{rows}", "\n".join(map(_row, found))),
        "tools.json": written([each.shown() for each in found]),
    }


def _row(tool: Tool) -> str:
    what = tool.description.split(". ")[0].removesuffix(".")
    return f"| `{tool.name}` | {what}. | {tool.scope} |"


PLATFORM = Platform(
    key="mcp",
    label="AI Assistants (MCP)",
    description="Gives an AI assistant your phones as tools, over the Model Context Protocol.",
    compile=compile,
    scopes=("read", "texts", "act"),
)
