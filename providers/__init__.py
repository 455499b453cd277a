"""Who carries it: one file, one PROVIDER."""
