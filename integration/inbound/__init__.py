"""From a provider to the inbox."""
