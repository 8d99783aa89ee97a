"""Roles and permissions, safety rules, uploads, and the provenance that a picture carries."""
