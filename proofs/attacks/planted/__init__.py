"""Planted faults: each is put into a copy of the checkout, and its figure has to notice."""
