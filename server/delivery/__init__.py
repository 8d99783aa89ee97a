"""How answers travel: compressed where that is safe, and kept by browsers where that is right."""
