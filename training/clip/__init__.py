"""How the CLIP pair was made."""
