"""Both seeds' provider APIs as one stand-alone WSGI app, for tests and demonstrations."""
