"""Documents that a JSON Schema describes, and the same documents with a few things changed; drawn from a seed."""

import copy
import random
import re._constants as sre
import re._parser as sre_parse
import string
from functools import cache
from typing import Any

Schema = dict[str, Any]

_ODD = [
    *(None, True, False, 0, 1, -7, 0.5, "", " ", "x", "off", "direct", "Policy", "gatekeeper", "any-error", "x\n"),
    *("\u0661", "https://a.example", "https://A.example", "https://u:p@a.example", "https://a.example/%zz", "a" * 3000),
    *("http://127.1", "https://[::1]:65535/x", "https://a.example:65536", "1.20", "2027-02-31", "go1.26.6+auto"),
    *("*.a.example", "[a-", "a/../b", "../a", "/a", "~/a", "a\\b", "con", "a ", "\U0001f600", "a,b"),
    *([], ["x"], {}, {"x": "y"}),
]
_NAMES = ["nmae", "name", "url", "kind", "path", "x y", "\u00e9", "A"]
_LETTERS = string.printable + "é中\u00ad"
#: What a negated class draws from: plain text, other scripts, what is beyond U+FFFF.
_ANY = string.ascii_letters + string.digits + string.punctuation + " é中\U0001f600\u0661"


def document(rng: random.Random, root: Schema, schema: Schema) -> Any:
    """A value that ``schema`` (a part of ``root``) accepts, as far as its keywords can be followed forwards."""
    if "$ref" in schema:
        return document(rng, root, root["$defs"][schema["$ref"].rpartition("/")[2]])
    branches = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if branches:
        return document(rng, root, rng.choice(branches))
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return rng.choice(schema["enum"])
    return _BY_TYPE[schema["type"]](rng, root, schema)


def _object(rng: random.Random, root: Schema, schema: Schema) -> Any:
    if "patternProperties" in schema:
        ((pattern, value),) = schema["patternProperties"].items()
        least = schema.get("minProperties", 0)
        return {
            _fitting(rng, pattern, 60): document(rng, root, value) for _ in range(rng.randint(least, max(least, 2)))
        }
    chosen = [name for name in schema["properties"] if name in schema.get("required", ()) or rng.random() < 0.6]
    rng.shuffle(chosen)
    return {name: document(rng, root, schema["properties"][name]) for name in chosen}


def _list(rng: random.Random, root: Schema, schema: Schema) -> Any:
    least = schema.get("minItems", 0)
    return [document(rng, root, schema["items"]) for _ in range(rng.randint(least, max(least, 3)))]


def _text(rng: random.Random, _root: Schema, schema: Schema) -> Any:
    if schema.get("examples") and rng.random() < 0.2:
        return rng.choice(schema["examples"])
    return _fitting(rng, schema.get("pattern", "^[a-z]*$"), schema.get("maxLength", 200))


def _boolean(rng: random.Random, _root: Schema, _schema: Schema) -> Any:
    return rng.random() < 0.5


def _integer(rng: random.Random, _root: Schema, schema: Schema) -> Any:
    return rng.randint(schema["minimum"], schema["maximum"])


_BY_TYPE = {"object": _object, "array": _list, "string": _text, "boolean": _boolean, "integer": _integer}


def _fitting(rng: random.Random, pattern: str, most: int) -> str:
    """A text that matches ``pattern`` and has at most ``most`` characters."""
    while True:
        text = _sample(rng, _parsed(pattern))
        if len(text) <= most:
            return text


@cache
def _parsed(pattern: str) -> Any:
    return sre_parse.parse(pattern)


def _sample(rng: random.Random, parsed: Any) -> str:
    return "".join(_sample_one(rng, op, value) for op, value in parsed)


def _sample_one(rng: random.Random, op: Any, value: Any) -> str:
    if op is sre.LITERAL:
        return chr(value)
    if op is sre.AT:
        return ""
    if op is sre.SUBPATTERN:
        return _sample(rng, value[3])
    if op is sre.BRANCH:
        return _sample(rng, rng.choice(value[1]))
    if op is sre.MAX_REPEAT:
        least, most, below = value
        return "".join(_sample(rng, below) for _ in range(rng.randint(least, min(int(most), least + 4))))
    assert op is sre.IN, op
    return _sample_class(rng, value)


def _sample_class(rng: random.Random, members: Any) -> str:
    def holds(char: str) -> bool:
        return any(
            (op is sre.LITERAL and ord(char) == value) or (op is sre.RANGE and value[0] <= ord(char) <= value[1])
            for op, value in members
        )

    if members[0][0] is sre.NEGATE:
        return rng.choice([char for char in _ANY if not holds(char)])
    op, value = rng.choice(members)
    return chr(value if op is sre.LITERAL else rng.randint(*value))


def mutated(rng: random.Random, tree: Any) -> Any:
    """``tree`` with up to three changes that may or may not break it."""
    tree = copy.deepcopy(tree)
    for _ in range(rng.randint(1, 3)):
        places = [place for place in _places(tree) if place]
        if places:
            _change(rng, tree, rng.choice(places))
    return tree


def _places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, below in steps:
        found += _places(below, (*path, step))
    return found


def _change(rng: random.Random, tree: Any, path: tuple[Any, ...]) -> None:
    parent = tree
    for step in path[:-1]:
        parent = parent[step]
    how = rng.choice(["odd", "odd", "edit", "edit", "drop", "name", "swap"])
    value = parent[path[-1]]
    if how == "drop":
        del parent[path[-1]]
    elif how == "name" and isinstance(parent, dict):
        parent[rng.choice(_NAMES)] = parent.pop(path[-1])
    elif how == "edit" and isinstance(value, str):
        at = rng.randint(0, len(value))
        parent[path[-1]] = value[:at] + rng.choice(_LETTERS) + value[at + rng.randint(0, 1) :]
    elif how == "swap" and isinstance(value, str):
        parent[path[-1]] = value.swapcase()
    else:
        parent[path[-1]] = copy.deepcopy(rng.choice(_ODD))
