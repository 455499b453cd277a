"""The addresses of the HTTP API."""
