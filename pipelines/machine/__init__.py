"""This machine: its devices, the weights on its disk, and loading them one at a time."""
