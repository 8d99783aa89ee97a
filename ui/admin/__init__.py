"""Admin: people, roles, settings."""
