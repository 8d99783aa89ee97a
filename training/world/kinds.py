"""Things among their like: the order of Unicode's emoji list, in which neighbours resemble each other.

Source: emojibase-data (its groups follow https://unicode.org/emoji/charts/emoji-ordering.html).
"""

import re
from collections import defaultdict
from typing import Any

from training.world import packages
from training.world.icons import drawn

# People, signs and flags have no like among the drawings, and most smileys no name but a description.
_GROUPS = frozenset({"animals-nature", "food-drink", "travel-places", "activities", "objects"})
_CREATURES = "face-costume"
_NAME = re.compile(r"(?!.*\b(and|of|on|up|with|without)\b)[a-z]+( [a-z]+)?")


def kinds() -> dict[str, dict[str, list[str]]]:
    """Wide kind -> narrow kind -> names of things (``animal``, ``bird``); drawn ones as in ``concepts.yaml``."""
    groups = packages.read_json(packages.WORDS_PACKAGE, "meta/groups.json")
    rows = packages.read_json(packages.WORDS_PACKAGE, "en/data.json")
    mine = {concept.hex.upper(): concept for concept in drawn()}
    labels = {_label(row) for row in rows}
    seen = {name for concept in mine.values() for name in (concept.name, *concept.synonyms)}
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted((row for row in rows if "subgroup" in row), key=lambda row: row["order"]):
        subgroup = groups["subgroups"][str(row["subgroup"])]
        if groups["groups"][str(row["group"])] not in _GROUPS and subgroup != _CREATURES:
            continue
        wide, _, narrow = subgroup.partition("-")
        names = found[wide][narrow or wide]
        concept = mine.get(row["hexcode"].removesuffix("-FE0F"))
        if concept:
            names.append(concept.name)
            continue
        label = _label(row)
        short = label.rsplit(" ")[-1]
        # "bread" for "baguette bread", but the drum is the instrument and no oil drum.
        new = [name for name in (label, *({short} - labels)) if _NAME.fullmatch(label) and name not in seen]
        seen.update(new)
        names += new
    known = {concept.name for concept in mine.values()}
    return {
        wide: {narrow: names for narrow, names in inside.items() if names}
        for wide, inside in found.items()
        if any(known & set(names) for names in inside.values())
    }


def _label(row: dict[str, Any]) -> str:
    """``horse`` for ``horse face``."""
    label: str = row["label"]
    return label.lower().removesuffix(" face")
