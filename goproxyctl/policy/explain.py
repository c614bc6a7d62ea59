"""The errors of pydantic at the nodes they are about, each once."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from goproxyctl.policy.check import Wrong
from goproxyctl.policy.nodes import Fields, Items, Node, child
from goproxyctl.policy.wording import Case, say

#: As many as are ever shown.
_MOST = 200


def explain(errors: Sequence[Mapping[str, Any]], model: type[BaseModel], node: Node) -> tuple[Wrong, ...]:
    """What is wrong with ``node``, in words; ``errors`` are those of ``model``, without their input."""
    schema = _schema(model)
    cases = [_case(error, node, _Place(schema, (schema,))) for error in errors[:_MOST]]
    # The branches of a union each complain about the same value; one complaint is enough.
    unique = {
        (case.path, case.field if case.kind == "missing" else ""): case
        for case in reversed(cases)
        if not _is_miscounted(case)
    }
    wrongs = [(case, say(case)) for case in reversed(unique.values())]
    misspelt = {(case.path[:-1], case.meant) for case, _ in wrongs if case.kind == "extra_forbidden"}
    return tuple(wrong for case, wrong in wrongs if case.kind != "missing" or (case.path, case.field) not in misspelt)


def _is_miscounted(case: Case) -> bool:
    """Whether a list is called too short only because pydantic leaves the entries that are wrong out of its count."""
    least: int = case.context.get("min_length", 0)
    return case.kind == "too_short" and isinstance(case.node, Items) and len(case.node.nodes) >= least


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _case(error: Mapping[str, Any], node: Node, place: "_Place") -> Case:
    """One error at its node. Steps of its ``loc`` that name a branch of a union lead nowhere and are dropped."""
    kind, loc = str(error["type"]), list(error["loc"])
    if loc and loc[-1] == "[key]":
        kind = "key"
        loc.pop()
    missing = str(loc.pop()) if kind == "missing" else ""
    path: list[str | int] = []
    parent = node
    for step in loc:
        below = child(node, step)
        if below is not None:
            path.append(step)
            parent, node, above, place = node, below, place, place.below(step)
    field = missing or next((step for step in reversed(path) if isinstance(step, str)), "")
    if missing:
        place = place.below(missing)
    elif kind == "extra_forbidden":
        place = above
    siblings = parent.nodes if isinstance(parent, Fields) else ()
    return Case(kind, field, tuple(path), node, error.get("ctx", {}), place.facts(), siblings)


class _Place(NamedTuple):
    """A place in a JSON Schema: all branches that may describe the value there."""

    root: Mapping[str, Any]
    branches: tuple[Mapping[str, Any], ...]

    def below(self, step: str | int) -> "_Place":
        found = [view for branch in self._open(self.branches) for view in _step(branch, step)]
        return _Place(self.root, tuple(found))

    def _open(self, branches: tuple[Mapping[str, Any], ...]) -> Iterator[Mapping[str, Any]]:
        """The branches behind references and alternatives."""
        for branch in branches:
            yield branch
            inner = [*branch.get("anyOf", ()), *branch.get("oneOf", ())]
            if "$ref" in branch:
                inner.append(self.root["$defs"][branch["$ref"].rpartition("/")[2]])
            yield from self._open(tuple(inner))

    def facts(self) -> dict[str, Any]:
        """What helps a person: names of fields, words that may stand here, and examples."""
        facts: dict[str, Any] = {"fields": [], "words": [], "examples": []}
        for branch in self._open(self.branches):
            facts["fields"] += branch.get("properties", ())
            facts["words"] += [*branch.get("enum", ()), *([branch["const"]] if "const" in branch else ())]
            facts["examples"] += branch.get("examples", ())
        return facts


def _step(branch: Mapping[str, Any], step: str | int) -> Iterator[Mapping[str, Any]]:
    if isinstance(step, int):
        candidates = [branch.get("items")]
    else:
        named = branch.get("properties", {}).get(step)
        candidates = [named] if named else list(branch.get("patternProperties", {}).values())
    yield from (found for found in candidates if isinstance(found, dict))
