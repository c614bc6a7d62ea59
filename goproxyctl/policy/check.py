"""Nodes against a model: what pydantic finds, with the path of the field."""

import json
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from goproxyctl.policy import scalars
from goproxyctl.policy.nodes import FieldPath, Fields, Items, Node
from goproxyctl.rules.subject import Fix
from goproxyctl.text import Text

#: What a plain scalar that readers disagree on becomes in JSON: no field of a policy is a fraction, so it is refused
#: exactly where it stands.
_AMBIGUOUS = 0.5


class Wrong(NamedTuple):
    """Something wrong at ``path``. ``at_key``: the name of the field is what is wrong, not its value.

    ``fix``: what mends it; its path begins where ``path`` does.
    """

    rule: str
    path: FieldPath
    text: Text
    advice: Text | None = None
    at_key: bool = False
    fix: Fix | None = None


class Checked(NamedTuple):
    """The value that came of a node (None when anything is wrong), and what is wrong with it."""

    value: Any
    wrong: tuple[Wrong, ...] = ()


def check(model: type[BaseModel], node: Node) -> Checked:
    """``node`` as a ``model``, or every reason why it is none.

    pydantic's errors are read without their input and never printed: a value may be a credential.
    """
    try:
        return Checked(model.model_validate_json(json.dumps(plain_value(node))))
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
    # Outside of the except: an error of ours must not drag pydantic's, which holds the input, into a traceback.
    from goproxyctl.policy.explain import explain

    return Checked(None, explain(found, model, node))


def plain_value(node: Node) -> Any:
    """The value of ``node`` as JSON has it: text, whole numbers and truth values that every YAML reader agrees on."""
    if isinstance(node, Fields):
        return {name: plain_value(below) for name, below in node.nodes.items()}
    if isinstance(node, Items):
        return [plain_value(below) for below in node.nodes]
    return _plain_scalar(node.text) if node.plain else node.text


def _plain_scalar(text: str) -> Any:
    for reading in (scalars.boolean(text), scalars.whole_number(text)):
        if reading is not None:
            return reading
    return text if scalars.looks_like_text(text) else _AMBIGUOUS
