"""Members of a JSON file with comments that people own: settings.json, launch.json, devcontainer.json.

Source: VS Code reads these with npm jsonc-parser; a broken edit would be silent, so every edit is parsed again.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from goproxyctl.formats import Edit, Edited, FormatError
from goproxyctl.formats.jsonc_layout import Style, append, indent_at, new_indent, remove, style_of
from goproxyctl.formats.jsonc_tree import Member, Node, Plain, canonical, parse, plain, unquote
from goproxyctl.formats.lines import dominant_eol, refuse_foreign_encoding
from goproxyctl.resource import Key, Match, Step
from goproxyctl.text import Text

#: A file of ours begins as this; members then go on lines of their own.
_NEW_FILE = "{\n}\n"


def read(text: bytes | None, key: Key) -> bytes | None:
    """The value at ``key`` as canonical JSON.

    Raises: FormatError for a broken text, and for a path that is ambiguous or leads through a plain value.
    """
    if text is None:
        return None
    root = parse(_decode(text)).root
    trail = _walk(root, key)
    if len(trail) < len(key):
        return None
    return canonical(trail[-1].value if trail else root).encode("ascii")


def edit(text: bytes | None, edits: Sequence[Edit]) -> Edited:
    """The text with ``edits`` made; objects and arrays on the way are made where they are missing."""
    document = parse(_NEW_FILE if text is None else _decode(text))
    root = document.root
    style = style_of(root, dominant_eol(text or b"").decode())
    intended = plain(root)
    owned = {path for one in edits for path in _enclosing(one.key)[: one.made]} | ({()} if text is None else set())
    for one in edits:
        owned |= _put(root, one, style)
        _intend(intended, one.key, None if one.content is None else plain(_parse_content(one)))
    for path in _prune(root, [one.key for one in edits if one.content is None], owned):
        _intend(intended, path, None)
    made = tuple(0 if one.content is None else _made(one.key, owned) for one in edits)
    if () in owned and _is_empty(root) and not (document.head + document.foot).strip("\ufeff \t\r\n"):
        return Edited(None, made)
    printed = document.print()
    if plain(parse(printed).root) != intended:
        raise FormatError(Text("jsonc.unsure", "this edit would change other values too; make it by hand"))
    return Edited(printed.encode(), made)


def _decode(text: bytes) -> str:
    refuse_foreign_encoding(text)
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(
            Text("jsonc.utf-8", "byte {offset} is not UTF-8; save the file as UTF-8", offset=error.start + 1)
        ) from error


def _parse_content(one: Edit) -> Node:
    assert one.content is not None
    node = parse(one.content.decode("ascii")).root
    last = one.key[-1]
    if isinstance(last, Match) and not _is_element(node, last):
        raise FormatError(
            Text("jsonc.content", "{path}: the content is not that element; correct its name", path=_print(one.key))
        )
    return node


def _enclosing(key: Key) -> list[Key]:
    """The paths of what encloses ``key``, innermost first; the last is the file."""
    return [key[:-count] for count in range(1, len(key) + 1)]


def _made(key: Key, owned: set[Key]) -> int:
    """How many things around ``key``, innermost first, are in ``owned`` without a gap."""
    paths = _enclosing(key)
    return next((count for count, path in enumerate(paths) if path not in owned), len(paths))


def _walk(root: Node, key: Key) -> list[Member]:
    """The members that ``key`` leads through, as far as they exist."""
    trail: list[Member] = []
    node = root
    for count, step in enumerate(key, start=1):
        member = _member(node, step, key[:count])
        if member is None:
            break
        trail.append(member)
        node = member.value
    return trail


def _member(node: Node, step: Step, path: Key) -> Member | None:
    wanted, what = ("{", "an object") if isinstance(step, str) else ("[", "an array")
    if node.opening != wanted:
        raise FormatError(
            Text(
                "jsonc.type",
                "{path}: {found} stands where {what} must be; correct the file by hand",
                path=_print(path[:-1]) or "the whole file",
                found={"{": "an object", "[": "an array"}.get(node.opening, "a plain value"),
                what=what,
            )
        )
    found = [member for member in node.members if _is_at(member, step)]
    if len(found) > 1:
        raise FormatError(
            Text("jsonc.several", "{path}: there are {count} of it; keep one", path=_print(path), count=len(found))
        )
    return found[0] if found else None


def _is_at(member: Member, step: Step) -> bool:
    return member.key == step if isinstance(step, str) else _is_element(member.value, step)


def _is_element(node: Node, match: Match) -> bool:
    """Whether ``node`` is an object that says so. Raises: FormatError when it says it twice."""
    if node.opening != "{":
        return False
    names = [member.value.raw for member in node.members if member.key == match.member]
    found = [raw for raw in names if raw.startswith('"') and unquote(raw) == match.value]
    if found and len(names) > 1:
        raise FormatError(
            Text(
                "jsonc.twice",
                "{path}: its {member} is there twice; keep one",
                path=_print((match,)),
                member=match.member,
            )
        )
    return bool(found)


def _print(key: Key) -> str:
    return "/".join(step if isinstance(step, str) else f"[{step.member}={step.value}]" for step in key)


def _put(root: Node, one: Edit, style: Style) -> set[Key]:
    """Makes the edit ``one``; what had to be made around it."""
    trail = _walk(root, one.key)
    if one.content is None:
        _take(root, one.key, trail)
    elif len(trail) < len(one.key):
        return _insert(root, one, trail, style)
    elif canonical(trail[-1].value) != canonical(_parse_content(one)):
        trail[-1].value = _pretty(json.loads(one.content), indent_at(root, trail), style)
    return set()


def _insert(root: Node, one: Edit, trail: list[Member], style: Style) -> set[Key]:
    step, *missing = one.key[len(trail) :]
    if any(isinstance(gap, Match) for gap in one.key[len(trail) : -1]):
        raise FormatError(
            Text("jsonc.no-element", "{path}: there is no such element; create it first", path=_print(one.key[:-1]))
        )
    value = json.loads(one.content or b"")
    for gap in reversed(missing):
        value = {gap: value} if isinstance(gap, str) else [value]
    container = trail[-1].value if trail else root
    outer = indent_at(root, trail)
    indent = new_indent(container, outer, style)
    node = _pretty(value, outer if indent is None else indent, style)
    member = Member(node, step, f"{json.dumps(step)}: ") if isinstance(step, str) else Member(node)
    append(container, member, indent, style)
    return set(_enclosing(one.key)[: len(missing)])


def _pretty(value: object, indent: str, style: Style) -> Node:
    text = json.dumps(value, indent=style.unit)
    return parse(text.replace("\n", style.eol + indent)).root


def _take(root: Node, key: Key, trail: list[Member]) -> None:
    if len(trail) == len(key):
        remove(trail[-2].value if len(trail) > 1 else root, trail[-1])


def _prune(root: Node, keys: Iterable[Key], owned: set[Key]) -> Iterator[Key]:
    """Takes out the ``owned`` things around ``keys`` that are empty now; their paths."""
    for key in keys:
        for path in _enclosing(key)[: _made(key, owned)]:
            trail = _walk(root, path)
            if not path or (len(trail) == len(path) and not _is_empty(trail[-1].value)):
                break
            _take(root, path, trail)
            yield path


def _is_empty(node: Node) -> bool:
    """Whether a bracket holds nothing, not even a comment."""
    return not node.members and not node.tail.strip()


def _intend(tree: Plain, key: Key, value: Plain | None) -> None:
    """Puts ``value`` (None: nothing) at ``key`` of a plain tree: what the edited text must say when read again."""
    for step, following in pairwise(key):
        below = _child(tree, step)
        if below is None:
            if value is None:
                return
            below = {} if isinstance(following, str) else []
            _set_child(tree, step, below)
        tree = below
    _set_child(tree, key[-1], value)


def _child(tree: Plain, step: Step) -> Plain | None:
    if isinstance(step, str):
        return tree.get(step) if isinstance(tree, dict) else None
    elements = tree if isinstance(tree, list) else []
    return next((e for e in elements if isinstance(e, dict) and e.get(step.member) == step.value), None)


def _set_child(tree: Plain, step: Step, value: Plain | None) -> None:
    if isinstance(tree, dict) and isinstance(step, str):
        tree.pop(step, None)
        if value is not None:
            tree[step] = value
    elif isinstance(tree, list):
        old = _child(tree, step)
        at = next((i for i, element in enumerate(tree) if element is old), len(tree))
        tree[at : at + 1] = [] if value is None else [value]
