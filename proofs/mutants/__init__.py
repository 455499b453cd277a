"""Mutants: mistakes that a careless change would make, each in a file of its own."""
