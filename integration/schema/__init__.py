"""The catalog as JSON Schema, as an OpenAPI document and as MCP tools."""
