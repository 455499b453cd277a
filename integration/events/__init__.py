"""Provider to platform: sync, identity, inbox, cursors; hooks, fanout, deliver."""
