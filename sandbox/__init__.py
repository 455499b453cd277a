"""The sandbox: the providers' APIs as one WSGI app of its own, for tests and demonstrations."""
