"""The store: keys, clients, the clock, and what seals credentials."""
