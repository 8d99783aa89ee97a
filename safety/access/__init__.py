"""Roles and their limits, from roles.yaml."""
