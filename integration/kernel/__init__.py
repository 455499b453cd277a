"""The vocabulary of every other part; it does no input and no output."""
