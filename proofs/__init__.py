"""What the service was put through: kills, attacks, and measurements beside peers."""
