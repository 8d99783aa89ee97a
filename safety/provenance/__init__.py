"""What pictures say about themselves."""
