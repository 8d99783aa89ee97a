"""The small world the models know: drawings, scenes, words."""
