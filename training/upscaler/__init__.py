"""How the upscaler was made."""
