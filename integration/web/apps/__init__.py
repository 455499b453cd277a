"""The catalog as apps that a platform can import."""
