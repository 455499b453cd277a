"""Subscriptions of REST hooks."""
