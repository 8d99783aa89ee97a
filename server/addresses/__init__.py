"""Addresses: where to listen, where a request comes from, where the page lies behind a proxy."""
