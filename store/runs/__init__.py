"""The run log: queue, history and record in one, and how it is searched."""
