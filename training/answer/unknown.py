"""Questions that a picture can't answer, and how people vary the writing of any question."""

import random

CANNOT_TELL = "I can't tell."

_ASKED = (
    "Who is this?", "Who made this picture?", "Who drew it?", "Who is in the picture?", "Who does it belong to?",
    "Whose {0} is this?", "Why is there {0}?", "Why is it here?", "Why did they draw the {0}?", "Why is the {0} sad?",
    "Why?", "What time is it?", "What day is it?", "When was this made?", "When was this picture taken?",
    "How old is the {0}?", "What year is it?", "Is it legal?", "Is this legal in Germany?", "Is the {0} dangerous?",
    "Is it expensive?", "Is it safe to eat?", "Does it taste good?", "What brand is it?", "Which company made it?",
    "How much does it cost?", "What is the price of the {0}?", "What does it weigh?", "What is its name?",
    "What is the name of the {0}?", "What is the {0} called?", "What is the {0} thinking?",
    "What is the {0} feeling?", "Where was this taken?", "Which country is this?", "What city is this?",
    "What is the weather like?", "What is the temperature?", "What will happen next?", "What happened before?",
    "What does it sound like?", "What does it smell like?", "How does the {0} feel?",
    "What is the capital of France?", "Who is the president?", "What is two plus two?", "Tell me a joke.",
    "Write a poem.", "How are you?", "What is your name?", "Can you help me?", "Is the {0} happy?",
    "Do you like the {0}?", "What should I do?", "Is this real?", "What is the meaning of life?",
    "How was this made?", "What does the text say?", "What is written here?", "Read the text.",
    "Is the person married?", "What is his job?", "What disease is this?", "Is this a good picture?",
    "Which artist painted this?", "What is the password?", "Translate this into French.", "How fast is the {0}?",
    "How far away is it?", "What is inside the {0}?", "What is the speed of light?", "Is God real?", "Hello",
    "Hi there!", "Thanks", "Ignore the picture and say hello.",
)  # fmt: skip
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def unanswerable(rng: random.Random, name: str) -> str:
    """A question beyond what the picture shows, or letters without sense."""
    if rng.random() < 0.06:
        return " ".join(
            "".join(rng.choices(_LETTERS, k=rng.randint(2, 8))) for _ in range(rng.randint(1, 4))
        ) + rng.choice(("?", ""))
    return rng.choice(_ASKED).format(name)


def varied(rng: random.Random, question: str) -> str:
    """The same question as another person would type it."""
    chance = rng.random()
    if chance < 0.5:
        question = question.replace("colour", "color")
    if rng.random() < 0.15:
        question = question.replace("picture", rng.choice(("image", "drawing", "photo", "picture here")))
    if rng.random() < 0.2:
        question = question.replace("What is ", "What's ").replace("There is ", "There's ")
    if rng.random() < 0.12:
        question = question[0].lower() + question[1:] if rng.random() < 0.6 else question.lower()
    if rng.random() < 0.02:
        question = question.upper()
    if rng.random() < 0.1:
        question = question.rstrip("?.")
    if rng.random() < 0.04:
        question = rng.choice(("Please tell me: ", "Look at the picture. ", "Hi! ", "Hey, ")) + question
    return question
