"""The alerts, evaluated by a real Prometheus: on a quiet day, and under each trouble."""
