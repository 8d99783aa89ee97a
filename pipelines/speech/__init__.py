"""Voices: Google's, the offline one, and the one that chooses between them."""
