"""What JSON from strangers may look like."""

from __future__ import annotations

import json
import time

import pytest

from server.gate.json_text import DEEPEST, MOST_VALUES, NotJsonError, parse, parse_object


@pytest.mark.parametrize(
    "value",
    [{}, {"data": ["a red apple, big", None, 7, -0.5, True]}, {"a": {"b": [{"c": "[[[[{{{{"}]}}, {"emoji": "🍎 é 苹果"},
     {"n": 2**63}, {"text": ",[{" * 50_000}, {"quotes": '\\" \\\\ "' * 2_000}, {"data": list(range(MOST_VALUES - 5))}],
)  # fmt: skip
def test_what_is_json_is_read_as_it_is(value):
    assert parse_object(json.dumps(value).encode()) == value
    assert parse_object(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\xff", "not UTF-8"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
        ('{"a": 1}'.encode("utf-16-le"), "at line 1"),
        (b'\xef\xbb\xbf{"a": 1}', "at line 1"),
        (b"", "at line 1"),
        (b'{"text": "a",}', "line 1, column 14"),
        (b"[" * 2000, "nested"),
        (b"[" * 2000 + b"]" * 2000, "nested"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "nested"),
        (b'{"data": [' + b"9" * 5000 + b"]}", "64 bits"),
        (b'{"data": [18446744073709551616]}', "64 bits"),
        (b'{"data": [1e999]}', "too large"),
        (b'{"data": [NaN]}', "NaN"),
        (b'{"data": [-Infinity]}', "Infinity"),
        (b'{"data": "\\ud800"}', "surrogate"),
        (b'{"\\udfff": 1}', "surrogate"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": {"b": 1, "b": 1}}', "twice"),
        (b'{"data": [' + b",".join([b"[]"] * MOST_VALUES) + b"]}", "values"),
        (b'{"data": [' + b",".join([b"1"] * (MOST_VALUES + 1)) + b"]}", "values"),
        (b'{"a": "\x00"}', "control character"),
    ],
)
def test_everything_else_is_refused_in_words(body, words):
    with pytest.raises(NotJsonError, match=words):
        parse(body)


@pytest.mark.parametrize("body", [b"null", b"[]", b"7", b'"x"', b"true"])
def test_a_body_is_an_object(body):
    with pytest.raises(NotJsonError, match="object"):
        parse_object(body)


@pytest.mark.parametrize("pair", [b"\\ud83c\\udf4e"])
def test_both_halves_make_a_sign(pair):
    assert parse_object(b'{"a": "' + pair + b'"}') == {"a": "🍎"}


@pytest.mark.parametrize(
    "body",
    [b"[]," * 85_000, b'"' + b'\\"' * 130_000, b'"' * 250_000, b"\\" * 250_000, b'{"a":' * 50_000, b"[" * 250_000],
)
def test_no_quarter_of_a_megabyte_takes_long(body):
    began = time.process_time()
    with pytest.raises(NotJsonError):
        parse(body)
    assert time.process_time() - began < 0.3


def test_the_bound_on_depth_is_exact():
    assert parse(b"[" * DEEPEST + b"]" * DEEPEST)
    with pytest.raises(NotJsonError):
        parse(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))
