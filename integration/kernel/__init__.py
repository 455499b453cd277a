"""The vocabulary every other part speaks; no input or output happens here."""
