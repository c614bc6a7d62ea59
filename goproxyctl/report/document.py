"""JSON reports: one versioned document each; a message is its id, its values and its English."""

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

from goproxyctl.resource import Address
from goproxyctl.text import Text, shown

VERSION = 1


def document(command: str, body: Mapping[str, Any]) -> str:
    """The document of a command: ASCII, and no part of it is a command to a build system ("##vso[")."""
    return as_json({"version": VERSION, "command": command, **body})


def as_json(tree: Any) -> str:
    """``tree`` as JSON, two blanks deep."""
    return json.dumps(tree, indent=2, ensure_ascii=True).replace("##", "#\\u0023") + "\n"


def message(text: Text) -> dict[str, Any]:
    """A message for a program: translate by ``id``, or show ``text``."""
    return {"id": text.id, "text": str(text), "values": {name: _value(value) for name, value in text.values.items()}}


def _value(value: object) -> Any:
    if isinstance(value, Text):
        return message(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return shown(value.value if isinstance(value, Enum) else value)


def address(at: Address) -> dict[str, Any]:
    """An address for a program; ``id`` is what the ledger calls it."""
    return {"id": shown(at), "place": at.place.value, "container": shown(at.container), "world": at.world.value}
