"""Letters that look like ASCII letters, for undoing disguises. Source: Unicode Technical Standard 39, section 4."""

from __future__ import annotations

# Only lower-case letters that NFKD leaves alone; written as escapes, since the point of them is to look alike.
CONFUSABLES: dict[str, str] = {
    # Cyrillic
    "\u0430": "a", "\u0432": "b", "\u0435": "e", "\u0437": "3", "\u043a": "k", "\u043c": "m", "\u043d": "h",
    "\u043e": "o", "\u0440": "p", "\u0441": "c", "\u0442": "t", "\u0443": "y", "\u0445": "x", "\u0455": "s",
    "\u0456": "i", "\u0458": "j", "\u0461": "w", "\u0475": "v", "\u04bb": "h", "\u04cf": "l", "\u0501": "d",
    "\u051b": "q", "\u051d": "w", "\u043f": "n", "\u0438": "u", "\u0433": "r",
    # Greek
    "\u03b1": "a", "\u03b2": "b", "\u03b5": "e", "\u03b7": "n", "\u03b9": "i", "\u03ba": "k", "\u03bd": "v",
    "\u03bf": "o", "\u03c1": "p", "\u03c3": "o", "\u03c4": "t", "\u03c5": "u", "\u03c7": "x", "\u03c9": "w",
    "\u03f2": "c", "\u03f3": "j",
    # Latin beyond ASCII that has no decomposition
    "\u00f0": "d", "\u00f8": "o", "\u00fe": "p", "\u0111": "d", "\u0127": "h", "\u0131": "i", "\u0142": "l",
    "\u0167": "t", "\u0180": "b", "\u0192": "f", "\u01dd": "e", "\u0250": "a", "\u0251": "a", "\u0253": "b",
    "\u0254": "c", "\u0257": "d", "\u0259": "e", "\u025b": "e", "\u0261": "g", "\u0265": "h", "\u0266": "h",
    "\u0268": "i", "\u0269": "i", "\u026a": "i", "\u026f": "m", "\u0271": "m", "\u0274": "n", "\u0275": "o",
    "\u0279": "r", "\u0280": "r", "\u0287": "t", "\u0288": "t", "\u0289": "u", "\u028b": "v", "\u028c": "v",
    "\u028d": "m", "\u028f": "y", "\u0299": "b", "\u029c": "h", "\u029f": "l", "\u1d00": "a", "\u1d04": "c",
    "\u1d05": "d", "\u1d07": "e", "\u1d0a": "j", "\u1d0b": "k", "\u1d0d": "m", "\u1d0f": "o", "\u1d18": "p",
    "\u1d1b": "t", "\u1d1c": "u", "\u1d20": "v", "\u1d21": "w", "\u1d22": "z", "\ua730": "f", "\ua731": "s",
    # Armenian
    "\u0561": "w", "\u0566": "q", "\u0570": "h", "\u0578": "n", "\u057d": "u", "\u0585": "o", "\u0581": "g",
}  # fmt: skip

# Signs used in place of letters, inside words that also have letters ("k1ll", "n@ked").
LEET: dict[str, str] = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s",
                        "!": "i", "|": "l"}  # fmt: skip
