"""Text as the rules read it: written forms and disguises undone."""
