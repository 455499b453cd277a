"""The platforms: one file, one PLATFORM, which makes an importable app from the catalog."""
