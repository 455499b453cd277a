"""Media: files of received messages, fetched, kept for a time, and given by signed links."""
