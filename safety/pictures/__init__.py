"""The door for pictures that people bring."""
