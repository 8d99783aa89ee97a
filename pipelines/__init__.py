"""Engines: one file per engine, heavy libraries inside; the catalogue that builds them, the lanes they run in."""
