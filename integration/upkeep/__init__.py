"""Upkeep: what an operator does to the whole store: copies, a new SECRET_KEY, an erasure."""
