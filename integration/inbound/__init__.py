"""From a provider to the inbox: webhook addresses, sync, identity, cursors, retention."""
