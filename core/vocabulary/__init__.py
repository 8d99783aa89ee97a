"""The words a model with a small vocabulary knows, and what is said about the others."""
