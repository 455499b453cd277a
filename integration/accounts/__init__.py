"""Who may come in and what they connected: workspaces, API keys, connections."""
