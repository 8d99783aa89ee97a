"""A program of its own: text on standard input becomes WAV on standard output, spoken by eSpeak NG.

eSpeak NG is GPL-3.0-or-later. The rest of the program never loads it: it starts this file as a separate program and
talks to it through pipes alone. ``python pipelines/speech/espeak_program.py en < text.txt > speech.wav``

With ``tell`` as its second word it names on standard error the voice that spoke. Leaves with 2 if the library is
missing or broken, with 3 if it has no voice for the language; then the languages it has are on standard error.
"""

from __future__ import annotations

import ctypes
import io
import sys
import wave
from typing import Any

# From speak_lib.h: hand over the samples and play nothing; text is UTF-8; parameter 1 is the rate.
_SYNCHRONOUS, _UTF8, _RATE = 2, 1, 1
_NO_LIBRARY, _NO_VOICE = 2, 3
_WORDS_PER_MINUTE = 160
# The words people and browsers use -> the words of the library.
_OTHER_NAMES = {
    "en": "en-us",
    "fr": "fr-fr",
    "zh": "cmn",
    "no": "nb",
    "nn": "nb",
    "iw": "he",
    "in": "id",
    "tl": "",
    "jw": "",
}


class _Voice(ctypes.Structure):
    """``espeak_VOICE``; ``languages`` is one byte of priority, then the tag."""

    _fields_ = (("name", ctypes.c_char_p), ("languages", ctypes.c_char_p), ("identifier", ctypes.c_char_p))


def main() -> int:
    """Speak; return the exit status."""
    try:
        import espeakng_loader  # noqa: PLC0415 - a missing library is an exit status, not a traceback

        library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
    except (ImportError, OSError, RuntimeError) as error:
        sys.stderr.write(f"espeakng-loader: {error}")
        return _NO_LIBRARY
    hertz = library.espeak_Initialize(_SYNCHRONOUS, 200, data, 0)
    if hertz <= 0:
        sys.stderr.write("eSpeak NG did not start.")
        return _NO_LIBRARY
    voices = _voices(library)
    language = _choose(sys.argv[1] if len(sys.argv) > 1 else "en", voices)
    if language is None:
        sys.stderr.write(", ".join(sorted(voices)))
        return _NO_VOICE
    if sys.argv[2:] == ["tell"]:
        sys.stderr.write(language)
    library.espeak_SetVoiceByName(voices[language])
    library.espeak_SetParameter(_RATE, _WORDS_PER_MINUTE, 0)
    samples = _speak(library, sys.stdin.buffer.read())
    sys.stdout.buffer.write(_wav(samples, hertz))
    return 0


def _voices(library: Any) -> dict[str, bytes]:
    """Return language tag, in small letters -> identifier of its first voice."""
    library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
    listed = library.espeak_ListVoices(None)
    found: dict[str, bytes] = {}
    position = 0
    while listed[position]:
        voice = listed[position].contents
        found.setdefault(voice.languages[1:].decode("ascii", "replace").lower(), voice.identifier)
        position += 1
    return found


def _choose(tag: str, voices: dict[str, bytes]) -> str | None:
    """Return the voice for a tag such as ``es-419``: the exact one, else without its last subtags, one by one."""
    parts = tag.lower().split("-")
    while parts:
        name = "-".join(parts)
        for each in (name, _OTHER_NAMES.get(name, name)):
            if each in voices:
                return each
        parts.pop()
    return None


def _speak(library: Any, text: bytes) -> bytes:
    """Return 16-bit mono samples."""
    samples = bytearray()

    def collect(wave_at: int | None, count: int, _events: int | None) -> int:
        if wave_at and count > 0:
            samples.extend(ctypes.string_at(wave_at, 2 * count))
        return 0

    # Kept in a name until the end: the library holds no reference of its own.
    called = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(collect)
    library.espeak_SetSynthCallback(called)
    text += b"\0"
    library.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, 1, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    return bytes(samples)


def _wav(samples: bytes, hertz: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(hertz)
        writer.writeframes(samples)
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
