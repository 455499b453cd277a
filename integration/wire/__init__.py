"""The wire: a small HTTP/1.1 client for hook targets, which are strangers and may be hostile."""
