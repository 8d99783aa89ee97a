"""Whether the program lives, is ready, and how it does."""
