"""What every process does: fork, log, stop."""
