"""What platforms listen for: one file, one TRIGGER."""
