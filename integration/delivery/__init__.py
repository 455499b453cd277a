"""From the inbox to the hooks' targets."""
