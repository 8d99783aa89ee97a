"""The ways people ask the common questions."""

WHAT = (
    "What is this?", "What is in this picture?", "What is it?", "What do you see?", "What does the picture show?",
    "What can you see in the image?", "What is shown here?", "What is in the image?", "What is that?",
    "What's in this picture?", "What's this?", "What object is this?", "What is the main thing in the picture?",
    "Name what you see.", "Tell me what this is.", "What are the things in the picture?",
)  # fmt: skip
DESCRIBE = (
    "Describe the picture.", "Describe this image.", "What is happening in this picture?",
    "Write a caption for this picture.", "Describe this picture in one sentence.",
    "Give a short description of the image.", "Caption this.", "Please describe the picture.",
)  # fmt: skip
DETAIL = (
    "Describe the picture in detail.", "Describe this image in detail.", "Give a long description of the picture.",
    "Describe everything you see.", "Tell me everything about this picture.", "What exactly does the picture show?",
)  # fmt: skip
GROUND = (
    "What colour is the background?", "Which colour is the background?", "What is the colour of the background?",
    "What is the background colour?", "What colour is behind it?", "Which background colour does the picture have?",
    "What color is the background?",
)  # fmt: skip
STYLE = (
    "Which style is it drawn in?", "What style is this?", "In which style is the picture drawn?",
    "What is the style of the picture?", "Which style is this?",
)  # fmt: skip
