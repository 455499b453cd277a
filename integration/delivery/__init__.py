"""From the inbox to the hooks' targets: fan-out, claims, attempts, retries, the log."""
