"""Library: every run with its whole record."""
