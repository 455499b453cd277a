"""What leaves the service: calls to providers, posts to hooks, and which addresses are allowed."""
