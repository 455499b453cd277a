"""The providers: one file, one PROVIDER."""
