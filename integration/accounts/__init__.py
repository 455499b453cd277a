"""Workspaces, API keys, connections; the gate of each call and the provider's rate limit."""
