"""A policy document as a tree in which every value knows where it stands. Nothing here knows what a field means.

These are named tuples, not frozen dataclasses: defining one of those costs 1.5 ms at every start, one of these 0.2 ms.
"""

from collections.abc import Iterator
from typing import NamedTuple

#: Steps from the top of a document to a value: names of fields, and positions in lists.
FieldPath = tuple[str | int, ...]


class Mark(NamedTuple):
    """Where a value stands.

    Units: line and column count from 1, in characters; width is that of the part on this line.
    """

    file: str
    line: int
    column: int
    width: int = 1


class Scalar(NamedTuple):
    """One text as written; ``plain`` when it has no quotes, so that readers may take it for something else."""

    mark: Mark
    text: str
    plain: bool = False


class Items(NamedTuple):
    """A list."""

    mark: Mark
    nodes: tuple["Node", ...]


class Fields(NamedTuple):
    """A mapping: ``nodes`` are the values, ``keys`` says where each name stands."""

    mark: Mark
    nodes: dict[str, "Node"]
    keys: dict[str, Mark]


Node = Scalar | Items | Fields


def child(node: Node | None, step: str | int) -> Node | None:
    """The value one step below ``node``, or None."""
    if isinstance(node, Fields):
        return node.nodes.get(str(step))
    if isinstance(node, Items) and isinstance(step, int) and 0 <= step < len(node.nodes):
        return node.nodes[step]
    return None


def find(node: Node | None, path: FieldPath) -> Node | None:
    """The value at ``path`` below ``node``, or None."""
    for step in path:
        node = child(node, step)
    return node


def text_at(node: Node | None, *path: str | int) -> str | None:
    """The text at ``path``; None when there is none, or something else."""
    found = find(node, path)
    return found.text if isinstance(found, Scalar) else None


def nearest(node: Node, path: FieldPath) -> Mark:
    """Where ``path`` stands: its value, or else the key of the last field on the way that is there."""
    mark = node.mark
    for step in path:
        below = child(node, step)
        if below is None:
            break
        mark = _field_mark(node, step, below)
        node = below
    return mark


def _field_mark(parent: Node, step: str | int, value: Node) -> Mark:
    """A text stands where it is written; a mapping, a list or nothing at all is best shown by its name."""
    if isinstance(parent, Fields) and not (isinstance(value, Scalar) and (value.text or not value.plain)):
        return parent.keys[str(step)]
    return value.mark


def begins(root: Node, path: FieldPath, *, name: bool = False) -> Mark | None:
    """Where the text of the value at ``path`` begins, or that of its ``name``; None where there is none."""
    if not name:
        found = find(root, path)
        return found.mark if found else None
    parent = find(root, path[:-1])
    return parent.keys.get(str(path[-1])) if isinstance(parent, Fields) else None


def walk(node: Node, path: FieldPath = ()) -> Iterator[tuple[FieldPath, Node]]:
    """Every value of the tree with its path, parents first."""
    yield path, node
    if isinstance(node, Fields):
        for name, below in node.nodes.items():
            yield from walk(below, (*path, name))
    elif isinstance(node, Items):
        for index, below in enumerate(node.nodes):
            yield from walk(below, (*path, index))


def path_text(path: FieldPath) -> str:
    """The path as people write it: ``spec.chain[2].url``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
