"""Bounds on what strangers can use up: sessions, connections, files, names."""
