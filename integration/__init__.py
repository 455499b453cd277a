"""Hookline's engine: carries messages between SMS providers and automation platforms."""
