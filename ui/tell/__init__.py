"""Tell: questions about a picture, answered and spoken."""
