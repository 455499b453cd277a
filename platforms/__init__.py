"""Who asks and listens: one file, one PLATFORM, catalog in, importable app out."""
