"""The JSON Schema of a policy document."""

import copy
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from goproxyctl.policy.expect import Expectation
from goproxyctl.policy.shape import BaseDocument, PolicyDocument
from goproxyctl.targets import KINDS, load_kind

Schema = dict[str, Any]

#: A file that another completes: it extends one, or is a base.
_COMPLETED: Schema = {
    "anyOf": [
        {"required": ["extends"]},
        {"required": ["kind"], "properties": {"kind": {"const": "PolicyBase"}}},
    ]
}


class _Generator(GenerateJsonSchema):
    """JSON Schema as our loader means it: no value is null, and free names must fit their pattern."""

    def nullable_schema(self, schema: Any) -> Schema:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> Schema:
        made = super().default_schema(schema)
        if "default" in made and made["default"] is None:
            del made["default"]
        return made

    def dict_schema(self, schema: Any) -> Schema:
        made = super().dict_schema(schema)
        if "patternProperties" in made:
            made["additionalProperties"] = False
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 the signature is pydantic's
        return False


def make_schema() -> Schema:
    """The schema, made of the models of the shape and of every kind.

    Shape: JSON Schema 2020-12. In a file that another completes, targets and waivers may leave fields out.
    """
    kinds = [load_kind(kind) for kind in KINDS]
    models: list[type[BaseModel]] = [PolicyDocument, BaseDocument, Expectation, *kinds]
    refs, made = models_json_schema([(model, "validation") for model in models], schema_generator=_Generator)
    defs: Schema = made["$defs"]
    names = [refs[(kind, "validation")]["$ref"].rpartition("/")[2] for kind in kinds]
    _describe(defs)
    policy, base = defs.pop("PolicyDocument"), defs.pop("BaseDocument")
    defs["Spec"]["properties"]["expect"]["items"] = _ref("Expectation")
    _add_partial(defs, names)
    defs["Spec"]["properties"]["targets"]["items"] = {"anyOf": [_ref(name) for name in names]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "goproxyctl policy",
        "description": policy["description"],
        "type": "object",
        "additionalProperties": False,
        "required": ["apiVersion", "kind"],
        "properties": _top(policy, base),
        "allOf": [
            {"if": _COMPLETED, "then": _with_spec("PartialSpec"), "else": _with_spec("Spec")},
            {"if": {"properties": {"kind": {"const": "Policy"}}}, "then": {"required": ["metadata", "spec"]}},
        ],
        "$defs": dict(sorted(defs.items())),
    }


def _describe(defs: Schema) -> None:
    """Gives each field the description of what it refers to, where pydantic left it out as the same."""
    for made in defs.values():
        for field in made.get("properties", {}).values():
            if "$ref" in field and "description" not in field:
                field["description"] = defs[field["$ref"].rpartition("/")[2]]["description"]


def _top(policy: Schema, base: Schema) -> Schema:
    """The fields of both sorts of document."""
    top: Schema = {**policy["properties"]}
    sorts = [document["properties"]["kind"] for document in (policy, base)]
    top["kind"] = {
        "description": " ".join(sort["description"] for sort in sorts),
        "enum": [sort["const"] for sort in sorts],
        "type": "string",
    }
    top["spec"] = {key: value for key, value in top["spec"].items() if key != "$ref"}
    return top


def _add_partial(defs: Schema, kinds: list[str]) -> None:
    """Adds what a file may say that another completes: the same fields, but nothing beyond the name is required."""
    for name, required in [*((kind, ["name"]) for kind in kinds), ("Waiver", [])]:
        defs[f"Partial{name}"] = {**defs[name], "required": required}
    partial = copy.deepcopy(defs["Spec"])
    partial["properties"]["targets"]["items"] = {"anyOf": [_ref(f"Partial{kind}") for kind in kinds]}
    partial["properties"]["waivers"]["items"] = _ref("PartialWaiver")
    defs["PartialSpec"] = partial


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _with_spec(name: str) -> Schema:
    return {"properties": {"spec": _ref(name)}}
