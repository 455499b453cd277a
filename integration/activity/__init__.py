"""Activity: one feed of what came, what went, what became of it, and what hooks were sent."""
