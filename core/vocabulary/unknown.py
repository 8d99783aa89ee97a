"""The words of a prompt that a model with a closed vocabulary does not know."""

from __future__ import annotations

from collections.abc import Sequence

from core.vocabulary.english import ENDS_DENIAL, MEASURES, NUMBERS, SILENT, compared, denies, spelt
from core.vocabulary.tokens import Token, tokens
from core.vocabulary.vocabulary import Vocabulary

# Words in the longest name of a thing that is looked for, such as "four leaf clover".
_LONGEST = 4


def unknown_words(vocabulary: Vocabulary, prompt: str) -> tuple[str, ...]:
    """Return each word of ``prompt`` that names something the model was never taught, once, in lower case.

    Of a name it knows in another form only ("teddy bears", "snow man") the words stay together. Words that only hold
    the sentence together, ask or count are not among them, nor is what is not to be in the picture. A model whose
    vocabulary is not closed has none.
    """
    return tuple(dict.fromkeys(token.text for token in unknown(vocabulary, prompt)))


def unknown(vocabulary: Vocabulary, prompt: str) -> tuple[Token, ...]:
    """Return the same words with their places in the prompt, every time they occur."""
    if not vocabulary.closed:
        return ()
    words = tokens(prompt)
    denied = _denied(words)
    found = []
    at = 0
    while at < len(words):
        long, known = _name(vocabulary, words, at)
        long = long or _tied_length(vocabulary, words, at)
        if not known and not denied[at] and any(_strange(vocabulary, words, each) for each in range(at, at + long)):
            found.append(_together(words[at : at + long]))
        at += long
    return tuple(found)


def _name(vocabulary: Vocabulary, words: Sequence[Token], at: int) -> tuple[int, bool]:
    """Return how many words from ``at`` on name a thing (0 if none do), and whether in a form that the model knows."""
    for long in range(min(_LONGEST, len(words) - at), 0, -1):
        text = " ".join(word.text for word in words[at : at + long])
        if not all(word.text for word in words[at : at + long]):
            continue
        if compared(text) in vocabulary.named:
            return long, True
        if spelt(text) in vocabulary.meant and not all(word.text in SILENT for word in words[at : at + long]):
            return long, compared(text) in vocabulary.read
    return 0, False


def _tied_length(vocabulary: Vocabulary, words: Sequence[Token], at: int) -> int:
    """Return how many words hyphens tie together to one; a number, or a part the model knows, stands for itself."""
    end = at + 1
    while end < len(words) and words[end].joined:
        end += 1
    alone = any(word.text in NUMBERS or _known(vocabulary, word) for word in words[at:end])
    return 1 if alone else end - at


def _known(vocabulary: Vocabulary, word: Token) -> bool:
    return compared(word.text) in vocabulary.named or compared(word.text) in vocabulary.read


def _strange(vocabulary: Vocabulary, words: Sequence[Token], at: int) -> bool:
    word = words[at]
    if not word.text or word.text.isdecimal() or {word.text, word.whole} & SILENT or _known(vocabulary, word):
        return False
    return not (word.text in MEASURES and at + 1 < len(words) and words[at + 1].text == "of")


def _denied(words: Sequence[Token]) -> list[bool]:
    """Tell for each word whether it says what is not to be in the picture."""
    denied, found = False, []
    texts = ["", *(word.whole for word in words), ""]
    for before, word, after in zip(texts, texts[1:], texts[2:], strict=False):
        if denies(before, word, after):
            denied = True
        elif not word or word in ENDS_DENIAL:
            denied = False
        found.append(denied)
    return found


def _together(parts: Sequence[Token]) -> Token:
    first, last = parts[0], parts[-1]
    text = first.whole if len(parts) > 1 else first.text
    for part in parts[1:]:
        text += ("-" if part.joined else " ") + (part.text if part is last else part.whole)
    return Token(text, text, first.start, last.end)
