"""Reading the pictures that people upload."""
