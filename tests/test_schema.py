"""The published JSON Schema and the shape stage of the loader say the same."""

import json
import random
import re
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import pytest
import regress
from check_jsonschema.regex_variants import RegexImplementation, RegexVariantName

from goproxyctl.policy import policy_schema
from goproxyctl.policy.load import _Loading
from tests.oracles import ROOT
from tests.policy_yaml import to_yaml
from tests.scale import scaled
from tests.schema_samples import document, mutated

SCHEMA = policy_schema()
_ECMA = RegexImplementation(RegexVariantName.default)
_ECMA._concrete._compile_pattern = cache(lambda pattern: regress.Regex(pattern, "u"))  # compiled at every use otherwise


def _additional(validator: Any, allowed: bool, instance: Any, schema: Any) -> Iterator[jsonschema.ValidationError]:
    """jsonschema matches names with Python's re here; an editor would use ECMA's."""
    patterns = [_ECMA._concrete._compile_pattern(pattern) for pattern in schema.get("patternProperties", {})]
    for name in instance if isinstance(instance, dict) else ():
        if name not in schema.get("properties", {}) and not any(pattern.find(name) for pattern in patterns):
            assert allowed is False
            yield jsonschema.ValidationError(f"{name!r} is not allowed")


Ecma = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    {
        "pattern": _ECMA.pattern_keyword,
        "patternProperties": _ECMA.patternProperties_keyword,
        "additionalProperties": _additional,
    },
)
VALIDATOR = Ecma(SCHEMA)

#: Policies that stand for themselves; what extends another is completed by it first.
ALONE = {
    **SCHEMA,
    "properties": {**SCHEMA["properties"], "kind": {"const": "Policy"}, "spec": {"$ref": "#/$defs/Spec"}},
}
del ALONE["properties"]["extends"]
ALONE["required"] = ["apiVersion", "kind", "metadata", "spec"]


def shape_says(document: Any, *, flow: bool = False) -> list[str]:
    """What the shape stage has against a document."""
    text = to_yaml(document, flow=flow).lstrip("\n")
    loading = _Loading("policy.yaml", lambda _: text.encode(), None, None)
    loading._check_document(loading.layers[0])
    loading._targets(loading._trees()[None])
    shape = [p for p in loading.complaints.problems if p.rule != "private-lost"]
    return [f"{p.position.line}:{p.position.column}: {p.rule}: {p.text}" for p in shape]


def schema_says(document: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(document)]


def test_the_schema_in_the_repository_is_fresh() -> None:
    kept = (ROOT / "schemas" / "policy.schema.json").read_text(encoding="ascii")
    assert json.loads(kept) == SCHEMA, "run make schema"


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def places(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every schema of a value in SCHEMA; conditions hold no descriptions."""
    if isinstance(schema, dict):
        yield path, schema
        for name, below in schema.items():
            if name not in ("if", "then", "else", "examples", "default"):
                yield from places(below, f"{path}/{name}")
    elif isinstance(schema, list):
        for index, below in enumerate(schema):
            yield from places(below, f"{path}/{index}")


FIELDS = [
    (f"{path}/{name}", field)
    for path, schema in places(SCHEMA)
    if isinstance(schema.get("properties"), dict)
    for name, field in schema["properties"].items()
]


def resolved(field: Any) -> Any:
    return {**SCHEMA["$defs"][field["$ref"].rpartition("/")[2]], **field} if "$ref" in field else field


def test_every_field_has_a_description() -> None:
    assert [path for path, field in FIELDS if not field.get("description", "").endswith((".", ")"))] == []
    assert len(FIELDS) > 100


def test_every_field_has_an_example_or_says_all_that_it_can_be() -> None:
    def shows(field: Any) -> bool:
        return any(key in field for key in ("examples", "const", "enum", "default"))

    assert [path for path, field in FIELDS if not shows(resolved(field)) and not shows(field.get("items", {}))] == []


def test_every_example_is_valid() -> None:
    for path, field in FIELDS:
        for example in field.get("examples", ()):
            assert list(Ecma({**field, "$defs": SCHEMA["$defs"]}).iter_errors(example)) == [], path


def patterns(schema: Any) -> list[str]:
    named = schema.get("patternProperties")
    stated = schema.get("pattern")
    return [*(named if isinstance(named, dict) else ()), *([stated] if isinstance(stated, str) else ())]


PATTERNS = sorted({pattern for _, schema in places(SCHEMA) for pattern in patterns(schema)})


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_is_anchored_ascii_and_without_lookaround(pattern: str) -> None:
    assert pattern.startswith("^")
    assert pattern.endswith("$")
    assert "|" not in re.sub(r"\[[^\]]*\]|\\.", "", _outside_groups(pattern)), "an alternative that is not anchored"
    assert pattern.isascii()
    assert not re.search(r"\(\?|\\[dDwWsSbBpPkA-Z1-9]", pattern)


def _outside_groups(pattern: str) -> str:
    depth, kept = 0, []
    for char in re.sub(r"\\.|\[(\\.|[^\]\\])*\]", "", pattern):
        depth += {"(": 1, ")": -1}.get(char, 0)
        kept.append(char if depth == 0 else "")
    return "".join(kept)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_is_quick_on_hostile_text(pattern: str) -> None:
    for tail in ("\u0000", "!", "/", "."):
        for unit in ("a", "a.", "a/", "a-", "*", "0", "[a", ":", "a:"):
            text = (unit * 50_000)[:50_000] + tail
            start = time.perf_counter()
            re.search(pattern, text)
            regress.Regex(pattern, "u").find(text[:5_000])
            assert time.perf_counter() - start < 1


@pytest.mark.slow
def test_both_accept_what_the_schema_describes() -> None:
    for seed in range(scaled(150, 2500)):
        sample = document(random.Random(seed), SCHEMA, ALONE)
        assert (schema_says(sample), shape_says(sample), shape_says(sample, flow=True)) == ([], [], []), seed


@pytest.mark.slow
def test_both_say_the_same_of_changed_documents() -> None:
    refused = 0
    for seed in range(scaled(300, 5000)):
        rng = random.Random(seed)
        sample = mutated(rng, document(rng, SCHEMA, ALONE))
        if "extends" in sample or sample.get("kind") == "PolicyBase":
            continue
        says = schema_says(sample), shape_says(sample)
        assert bool(says[0]) == bool(says[1]), (seed, says)
        refused += bool(says[0])
    assert refused > scaled(100, 1500)
