"""REST on the page's own port, and its reference."""
