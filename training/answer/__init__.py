"""How the answer model was made."""
