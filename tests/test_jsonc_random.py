"""Random edits of random texts: values as others read them, foreign bytes, and remove after apply."""

import json
import random
import subprocess
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from goproxyctl.formats import Edit, FormatError, jsonc
from goproxyctl.formats.jsonc_tree import parse
from goproxyctl.resource import Key, Match
from tests.jsonc_texts import Writer, new_edits, random_text, random_value
from tests.oracles import require, require_npm
from tests.scale import scaled

ROUNDS = scaled(300, 5000)
pytestmark = pytest.mark.slow

NODE = """
const jsonc = require(process.argv[1]);
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => {
  const errors = [];
  const value = jsonc.parse(text.replace(/^\\ufeff/, ""), errors, {allowTrailingComma: true});
  return {value, ok: errors.length === 0};
})));
"""


def read_by_node(texts: list[str]) -> list[dict[str, Any]]:
    """What npm jsonc-parser, the reader of VS Code, makes of each text."""
    command = [require("node"), "-e", NODE, str(require_npm("jsonc-parser"))]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@cache
def cases() -> list[tuple[str, Writer, list[Edit]]]:
    rng = random.Random(20260)
    found = []
    for _ in range(ROUNDS):
        text, writer = random_text(rng)
        found.append((text, writer, new_edits(rng, writer)))
    return found


def walk(value: Any, key: Key) -> Any:
    for step in key:
        value = value[step] if isinstance(step, str) else next(e for e in value if is_named(e, step))
    return value


def is_named(element: Any, match: Match) -> bool:
    return isinstance(element, dict) and element.get(match.member) == match.value


def put(value: Any, key: Key, content: Any) -> None:
    for step, below in pairwise(key):
        value = value.setdefault(step, {} if isinstance(below, str) else [])
    if isinstance(key[-1], str):
        value[key[-1]] = content
    else:
        value.append(content)


def test_a_text_is_printed_as_it_was_and_read_as_others_read_it() -> None:
    texts = [text for text, _, _ in cases()]
    for text, theirs in zip(texts, read_by_node(texts), strict=True):
        assert parse(text).print() == text
        assert theirs["ok"], text
        assert json.loads(jsonc.read(text.encode(), ()) or b"") == theirs["value"], text


def test_json_five_reads_the_same_values() -> None:
    json5 = pytest.importorskip("json5")
    for text, _, edits in cases()[: scaled(60, 1000)]:
        for version in (text, (jsonc.edit(text.encode(), edits).text or b"").decode()):
            theirs = json5.loads(version.removeprefix("\ufeff"))
            assert json.loads(jsonc.read(version.encode(), ()) or b"") == theirs, version


def test_inserted_values_are_there_for_the_reference_parser_and_nothing_else_changed() -> None:
    texts = [text for text, _, _ in cases()]
    edited = [(jsonc.edit(text.encode(), edits).text or b"").decode() for text, _, edits in cases()]
    for (text, _, edits), before, after in zip(cases(), read_by_node(texts), read_by_node(edited), strict=True):
        for one in edits:
            put(before["value"], one.key, json.loads(one.content or b""))
        assert after == before, text


def test_insertion_only_inserts() -> None:
    for text, _, edits in cases():
        after = iter((jsonc.edit(text.encode(), edits).text or b"").decode())
        assert all(char in after for char in text), text  # a subsequence


def test_remove_after_apply_gives_back_the_bytes_in_any_order() -> None:
    rng = random.Random(7)
    for text, _, edits in cases():
        before = text.encode()
        applied = jsonc.edit(before, edits)
        assert applied.text is not None
        removals = [e._replace(content=None, made=m) for e, m in zip(edits, applied.made, strict=True)]
        rng.shuffle(removals)
        assert jsonc.edit(applied.text, removals).text == before, text
        assert one_by_one(applied.text, removals) == before, text
        inserted = before
        for one in edits:
            inserted = jsonc.edit(inserted, [one]).text or b""
        assert jsonc.edit(inserted, removals).text == before, text


def one_by_one(text: bytes | None, removals: list[Edit]) -> bytes | None:
    for one in removals:
        text = jsonc.edit(text, [one]).text
    return text


def test_replacing_touches_the_value_only_and_the_same_value_nothing() -> None:
    rng = random.Random(11)
    olds, news, wanted = [], [], []
    for text, writer, _ in cases():
        if not writer.paths:
            continue
        key = rng.choice(writer.paths)
        old = jsonc.read(text.encode(), key)
        assert jsonc.edit(text.encode(), [Edit(key, old)]).text == text.encode()
        content = random_value(rng)
        new = (jsonc.edit(text.encode(), [Edit(key, content)]).text or b"").decode()
        raw = raw_of(text, key)
        head, tail = common(text, new)
        assert head + tail >= len(text) - len(raw), text
        olds.append(text)
        news.append(new)
        wanted.append((key, content))
    for (key, content), before, after in zip(wanted, read_by_node(olds), read_by_node(news), strict=True):
        put(before["value"], key, json.loads(content))
        assert after == before


def raw_of(text: str, key: Key) -> str:
    """The text of the value at ``key``."""
    node = parse(text).root
    for step in key:
        node = next(member.value for member in node.members if member.key == step)
    document = parse("0")
    document.root = node
    return document.print()


def common(one: str, two: str) -> tuple[int, int]:
    """How many characters both begin with, and, of the rest, end with."""
    size = min(len(one), len(two))
    head = next((i for i in range(size) if one[i] != two[i]), size)
    tail = next((i for i in range(size - head) if one[-1 - i] != two[-1 - i]), size - head)
    return head, tail


def test_removing_what_was_there_before_us_keeps_everything_else() -> None:
    rng = random.Random(13)
    olds, news, gone = [], [], []
    for text, writer, _ in cases():
        if not writer.paths:
            continue
        key = rng.choice(writer.paths)
        new = (jsonc.edit(text.encode(), [Edit(key, None)]).text or b"").decode()
        olds.append(text)
        news.append(new)
        gone.append(key)
        assert jsonc.edit(new.encode(), [Edit(key, None)]).text == new.encode()
    for key, before, after in zip(gone, read_by_node(olds), read_by_node(news), strict=True):
        parent = walk(before["value"], key[:-1])
        del parent[key[-1]]
        assert after == before


def test_broken_texts_are_refused_exactly_where_the_reference_parser_refuses_them() -> None:
    rng = random.Random(17)
    broken = [mutated(rng, random_text(rng)[0].removeprefix("\ufeff")) for _ in range(scaled(1000, 20000))]
    accepted = 0
    for text, theirs in zip(broken, read_by_node(broken), strict=True):
        try:
            ours = json.loads(jsonc.read(text.encode(), ()) or b"")
        except FormatError:
            assert not theirs["ok"], text
        else:
            assert theirs["ok"], text
            assert ours == theirs["value"], text
            accepted += 1
    assert 0.2 < accepted / len(broken) < 0.8


def mutated(rng: random.Random, text: str) -> str:
    for _ in range(rng.choice([1, 1, 2])):
        at = rng.randrange(len(text) + 1)
        cut = rng.choice([0, 0, 1, 1, 3])
        text = text[:at] + ("" if cut else rng.choice(NOISE)) + text[at + cut :]
    return text


NOISE = "{}[],:\"/*\\ \n\r\t0123eE.+-truefalsn'\x0b\x0c\u00a0\ufeff\u2028\x1f\x7fx"
