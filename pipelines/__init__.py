"""Engines: one package per family, heavy libraries inside; the catalogue that builds them, the lanes they run in."""
