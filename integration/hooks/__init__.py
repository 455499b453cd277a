"""Hooks: the subscriptions of platforms to triggers."""
