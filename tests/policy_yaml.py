"""Data to YAML, written here a second time so that our own writer is not its own judge."""

import re
from typing import Any

_SPECIAL = re.compile(r'[^ -~]|["\\]')


def quoted(text: str) -> str:
    """A double-quoted scalar of ASCII."""

    def escaped(match: re.Match[str]) -> str:
        code = ord(match[0])
        if code < 0x80 and match[0] in '"\\':
            return "\\" + match[0]
        return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"

    return '"' + _SPECIAL.sub(escaped, text) + '"'


def to_yaml(tree: Any, indent: int = 0, *, flow: bool = False) -> str:
    """YAML of mappings, lists, texts, numbers, booleans and None; in block or in flow style."""
    if isinstance(tree, dict | list) and (flow or not tree):
        return _flow(tree)
    if isinstance(tree, dict):
        return "".join(f"\n{' ' * indent}{quoted(name)}: {to_yaml(below, indent + 2)}" for name, below in tree.items())
    if isinstance(tree, list):
        return "".join(f"\n{' ' * indent}- {to_yaml(below, indent + 2).lstrip()}" for below in tree)
    return _scalar(tree)


def _flow(tree: Any) -> str:
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{quoted(name)}: {_flow(below)}" for name, below in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(_flow, tree)) + "]"
    return _scalar(tree)


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return quoted(value) if isinstance(value, str) else repr(value)
