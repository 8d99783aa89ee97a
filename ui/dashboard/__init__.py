"""Dashboard: figures over all runs."""
