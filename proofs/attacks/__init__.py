"""Attacks on a running service, one figure a module, judged from outside its processes."""
