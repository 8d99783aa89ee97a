"""Figures of the bundled models."""
