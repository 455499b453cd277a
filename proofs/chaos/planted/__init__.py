"""Planted faults: each breaks the service on purpose, and the proving ground has to notice."""
