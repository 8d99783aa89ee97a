"""The gate in front of every route: who may call what, with what body."""
