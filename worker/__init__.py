"""Afterwards: what happens once a request has been answered. Thin: rows and verbs belong to the services."""
