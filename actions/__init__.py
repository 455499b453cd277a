"""What platforms ask for: one file, one ACTION or SEARCH."""
