"""How the image model was made."""
