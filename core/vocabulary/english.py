"""English as prompts are written in it: words that name nothing to draw, plurals, spellings."""

from __future__ import annotations

import re

# Words that hold a sentence together. Whether a model reads them or not, nobody expects to see them.
_GRAMMAR = """
a an the this that these those it its he she they we you i me my your his her their our him them us mine yours ours
and or but nor so if then than as because while when where which who whose what how why that's it's there's here's
of in on at by for from with into onto over under above below beneath beside besides between among behind beyond near
next to toward towards through across along around against about upon within inside outside off out up down away
is are was were be been being am do does did done doing has have had having can could will would shall should may might
must let lets let's get gets got go put i'm i'd i'll i've im id ive you're it'll he's she's they're we're who's what's
not no don't dont doesn't isn't aren't wasn't won't can't cannot never without none neither nothing nobody
some any all both each every either few several many much more most less least lots other others another same such own
lot enough only just also too very really quite rather even still yet again ever always maybe perhaps together alone
here there now well not only else something anything everything someone thing things stuff everyone somebody anybody
like unlike per via plus except excluding minus instead avoid u ur n w etc ok okay yes called named whatever
"""

# Words by which people ask, thank and praise, and words about the picture as a picture.
_ASKING = """
please pls plz thanks thank thx ty kindly hi hello hey dear sorry
draw drew draws drawing drawings drawn make makes made making create creates created generate generated produce
give show shows shown showing see seen look looks looking paint want wants wanted need needs like love try help add use
using include including contain containing feature featuring depict depicting depicted
picture pictures pic pics image images icon icons emoji emojis background backgrounds backdrop ground version style
styled colour color coloured colored colours colors
view views viewed side sides front back top bottom left right middle center centre centred centered corner angle
perspective close closeup
nice nicer nicest beautiful pretty prettier prettiest lovely lovelier loveliest good great greatest best better cool
awesome amazing wonderful perfect gorgeous fantastic cute cuter cutest sweet sweetest
favourite favorite fun forget quality masterpiece plain simple solid
"""

_NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty hundred hundreds thousand thousands million dozen dozens half single double triple
first second third once twice times
"""

NUMBERS = frozenset(_NUMBERS.split())
SILENT = frozenset(f"{_GRAMMAR}{_ASKING}".split()) | NUMBERS

# They count where "of" follows: a slice of, a pair of.
_MEASURES = """
bit bits bunch bunches couple couples cup cups group groups kind kinds lot lots number pair pairs piece pieces set sets
slice slices sort sorts type types
"""
MEASURES = frozenset(_MEASURES.split())

# What follows is not to be in the picture, up to the end of the clause or one of the words that end it.
_DENYING = frozenset({"no", "not", "without", "never", "avoid", "except", "excluding", "minus", "nor", "neither"})
_DENYING_BY_TWO = frozenset({("instead", "of"), ("rather", "than")})
_NOT_DENYING = frozenset({"only", "just", "forget", "hesitate"})
_ENDS_DENIAL = """
but just only with on in at under above below beside behind near against next instead
"""
ENDS_DENIAL = frozenset(_ENDS_DENIAL.split())

_IRREGULAR = {
    "child": "children", "deer": "deer", "fish": "fish", "foot": "feet", "goose": "geese", "man": "men",
    "mouse": "mice", "ox": "oxen", "person": "people", "sheep": "sheep", "tooth": "teeth", "woman": "women",
}  # fmt: skip
_SINGULAR = {many: one for one, many in _IRREGULAR.items()}
_BRITISH = (
    (re.compile(r"(?<=\w\w)our(?=(s|ed|ing|ful|less)?$)"), "or"),
    (re.compile(r"(?<=\w\w)tre(?=s?$)"), "ter"),
    (re.compile(r"(?<=\w\w)is(?=(e|es|ed|ing)$)"), "iz"),
    (re.compile(r"^aero(?=plane)"), "air"),
    (re.compile(r"^grey"), "gray"),
)


def compared(text: str) -> str:
    """Return a word or words as they are compared: in lower case, a hyphen as the space it may stand for."""
    return " ".join(text.casefold().replace("’", "'").replace("-", " ").split())


def spelt(text: str) -> str:
    """Return the letters of a word or words in American spelling: the same for all ways to write a name."""
    parts = compared(text).split(" ")
    for pattern, american in _BRITISH:
        parts = [pattern.sub(american, part) for part in parts]
    return "".join(parts)


def plural(name: str) -> tuple[str, ...]:
    """Return the plurals a name may have, the commonest first: of its last word, or of the one before "of"."""
    head, of, rest = name.partition(" of ")
    *before, last = head.split(" ")
    return tuple(" ".join([*before, many]) + of + rest for many in _plurals(last))


def singular(word: str) -> tuple[str, ...]:
    """Return the words of which ``word`` may be the plural; none if it does not look like one."""
    if word.endswith(("us", "ss", "is")):
        return ()
    return tuple(one for one in _singulars(word) if len(one) > 1 and word in _plurals(one))


def denies(before: str, word: str, after: str) -> bool:
    """Tell whether ``word`` keeps out what follows, by its neighbours ('' where there is none)."""
    if (before, word) in _DENYING_BY_TWO:
        return True
    contracted = word.endswith("n't") or word in {"dont", "cannot"}
    return (word in _DENYING or contracted) and after not in _NOT_DENYING


def with_article(thing: str, article: str) -> str:
    """Return "a" or "an" as it stands before ``thing``, in the case of ``article``; any other word as it is."""
    if article.casefold() not in {"a", "an"}:
        return article
    vowel = thing[:1] in "aeiou" and not thing.startswith(("uni", "ufo", "eu", "one"))
    fitting = "an" if vowel else "a"
    return fitting.capitalize() if article[0].isupper() else fitting


def _plurals(word: str) -> tuple[str, ...]:
    if word in _IRREGULAR:
        return (_IRREGULAR[word], f"{word}s")
    if word.endswith("man"):
        return (f"{word[:-2]}en", f"{word}s")
    if word.endswith("y") and word[-2:-1] not in {*"aeiou"}:
        return (f"{word[:-1]}ies",)
    if word.endswith(("s", "x", "z", "ch", "sh")):
        latin = (f"{word[:-2]}i",) if word.endswith("us") else ()
        return (f"{word}es", *latin)
    if word.endswith(("f", "fe")) and not word.endswith(("ff", "ffe")):
        return (f"{word.removesuffix('e')[:-1]}ves", f"{word}s")
    return (f"{word}s", f"{word}es") if word.endswith("o") else (f"{word}s",)


def _singulars(word: str) -> tuple[str, ...]:
    ends = (("ies", "y"), ("ves", "f"), ("ves", "fe"), ("es", ""), ("s", ""), ("men", "man"), ("i", "us"))
    found = [f"{word.removesuffix(end)}{one}" for end, one in ends if word.endswith(end)]
    return (_SINGULAR[word], *found) if word in _SINGULAR else tuple(found)
