"""The values, the ports and the one path every request takes. Standard library only."""
