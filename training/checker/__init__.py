"""How the picture checker was made."""
