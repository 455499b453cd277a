"""Provider to platform, in reading order: ingress, sync, identity, inbox, cursors, hooks, fanout, deliver."""
