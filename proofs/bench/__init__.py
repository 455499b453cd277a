"""The bench: goals as ratios of things measured in interleaved rounds of one run."""
