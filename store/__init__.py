"""What is kept: the run log in one SQLite file, pictures and sounds beside it, and the questions asked of them."""
