"""The files that a policy is made of, and how one varies another.

Scalars and lists replace, mappings merge by field, targets and waivers merge by name. Merging is done on nodes, before
anything is checked, so that every value keeps the place where it was written.
"""

import posixpath
import re
from collections.abc import Callable
from typing import NamedTuple

from goproxyctl.errors import StoreError
from goproxyctl.gosem.globs import matches
from goproxyctl.policy import grammar
from goproxyctl.policy.complaints import Complaints, brief
from goproxyctl.policy.nodes import FieldPath, Fields, Items, Mark, Node, Scalar, find, text_at
from goproxyctl.policy.parse import parse_document
from goproxyctl.text import Text

#: Gives the bytes of a file by its name. Raises: StoreError, also for what is outside its root.
Reader = Callable[[str], bytes]

#: How many bases a policy may stand on.
MAX_BASES = 5


class Layer(NamedTuple):
    """One file. ``alone``: nothing else completes it, so what is missing in it is missing."""

    file: str
    root: Fields
    alone: bool

    @property
    def is_base(self) -> bool:
        """Whether the file says that it is a base."""
        return text_at(self.root, "kind") == "PolicyBase"


def beside(file: str, path: str) -> str:
    """The name of ``path``, which is relative to ``file``, as the reader knows it."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), path))


def read_layers(file: str, read: Reader, complaints: Complaints) -> list[Layer]:
    """The policy and the bases it stands on, the policy first; stops at the first file that cannot be read.

    Raises: StoreError when ``file`` itself cannot be read.
    """
    seen = [posixpath.normpath(file)]
    root = parse_document(file, read(file), complaints)
    layers: list[Layer] = []
    while root is not None:
        extends = find(root, ("extends",))
        layers.append(Layer(seen[-1] if layers else file, root, alone=extends is None and not layers))
        if not isinstance(extends, Scalar) or not re.fullmatch(grammar.EXTENDS, extends.text):
            break
        root = _read_base(beside(seen[-1], extends.text), extends.mark, read, complaints, seen)
    return layers


def _read_base(file: str, mark: Mark, read: Reader, complaints: Complaints, seen: list[str]) -> Fields | None:
    """The tree of a base; the complaint about it stands where it is named."""
    if file in seen:
        complaints.add("extends", mark, Text("extends.cycle", "{file!r} extends itself in a circle", file=brief(file)))
        return None
    if len(seen) > MAX_BASES:
        complaints.add(
            "extends", mark, Text("extends.deep", "more than {most} files extend each other", most=MAX_BASES)
        )
        return None
    seen.append(file)
    try:
        content = read(file)
    except StoreError as error:
        complaints.add("extends", mark, Text("extends.unreadable", "the base cannot be read: {why}", why=error.text))
        return None
    root = parse_document(file, content, complaints)
    if root is not None and text_at(root, "kind") != "PolicyBase":
        complaints.add("extends", mark, Text("extends.kind", "{file!r} is no PolicyBase", file=brief(file)))
    return root


def merge(under: Node | None, over: Node | None, path: FieldPath = ()) -> Node | None:
    """``over`` laid over ``under``; ``path`` is where both stand below ``spec``."""
    if under is None or over is None:
        return over or under
    if isinstance(under, Fields) and isinstance(over, Fields):
        return _merge_fields(under, over, path)
    if path in _NAMED and isinstance(under, Items) and isinstance(over, Items):
        return _merge_named(under, over, _NAMED[path])
    return over


#: Lists whose entries merge, and the fields that name an entry. Expectations have no name, so they add up.
_NAMED: dict[FieldPath, tuple[str, ...]] = {("targets",): ("name",), ("waivers",): ("rule", "target"), ("expect",): ()}


def _merge_fields(under: Fields, over: Fields, path: FieldPath) -> Fields:
    names = dict.fromkeys([*under.nodes, *over.nodes])
    merged = {name: merge(under.nodes.get(name), over.nodes.get(name), (*path, name)) for name in names}
    return Fields(over.mark, {n: node for n, node in merged.items() if node}, {**under.keys, **over.keys})


def _merge_named(under: Items, over: Items, fields: tuple[str, ...]) -> Items:
    """Entries of ``under`` varied by those of ``over`` with the same name, then the new ones."""
    waiting = list(over.nodes)
    merged: list[Node] = []
    for entry in under.nodes:
        variation = next((v for v in waiting if _name(v, fields) == _name(entry, fields)), None)
        if variation is None:
            merged.append(entry)
            continue
        waiting.remove(variation)
        merged.append(_vary(entry, variation))
    return Items(over.mark, (*merged, *waiting))


def _name(entry: Node, fields: tuple[str, ...]) -> tuple[str | None, ...] | int:
    """What names an entry; one without a name equals no other."""
    names = tuple(text_at(entry, field) for field in fields)
    return names if any(names) else id(entry)


def _vary(entry: Node, variation: Node) -> Node:
    """The fields of another kind mean nothing, so an entry of another kind replaces the whole."""
    kinds = {text_at(entry, "kind"), text_at(variation, "kind")} - {None}
    return variation if len(kinds) > 1 else merge(entry, variation) or variation


def check_private_kept(under: Node | None, over: Node | None, complaints: Complaints) -> None:
    """Complains when the private modules of ``over`` leave out what those of ``under`` keep private.

    A profile or a policy that forgets a pattern would send private names to public proxies.
    """
    before, after = (find(node, ("private", "modules")) for node in (under, over))
    if not isinstance(before, Items) or not isinstance(after, Items):
        return
    kept = [node.text for node in after.nodes if isinstance(node, Scalar)]
    lost = [n for n in before.nodes if isinstance(n, Scalar) and not _covered(n.text, kept)]
    for node in lost:
        text = Text(
            "private.lost",
            "this list leaves out {pattern!r}, which is private in {file}",
            pattern=brief(node.text),
            file=node.mark.file,
        )
        complaints.add(
            "private-lost", after.mark, text, Text("private.lost.advice", "add it: a list replaces the one it varies")
        )


def _covered(pattern: str, kept: list[str]) -> bool:
    return pattern in kept or (not set("*?[") & set(pattern) and any(matches(glob, pattern) for glob in kept))
