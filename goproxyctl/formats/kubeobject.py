"""Objects of a cluster as content: what we state of one. What the server fills in, or others declare, is left out."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from goproxyctl.resource import Address

#: Kind -> API version and the name of the collection.
KINDS = {"ConfigMap": ("v1", "configmaps")}

#: The members of an object that hold its values.
GROUPS = ("binaryData", "data")

#: The labels that say whose an object is: ours even where somebody else set them last.
LABELS = ("app.kubernetes.io/name", "app.kubernetes.io/managed-by", "app.kubernetes.io/part-of")

#: The start of the name under which we apply; the owner follows, so that two policies meet as a conflict.
APPLIER = "goproxyctl:"

#: The member of content that names who made an object that is not ours. No target desires such a member.
STRANGERS = "managers"

Tree = Mapping[str, Any]


class Seen(NamedTuple):
    """An object as it was found. ``holders``: who declares it as theirs. ``uid``, ``version``: this very state of it.

    ``alone``: nobody but us is known to have written it. ``shared``: others declare a part of it beside us.
    ``changed``: when what is in it last did.
    Units: RFC 3339 in UTC, as the server writes it, so that the texts sort as the times do.
    """

    content: bytes
    holders: tuple[str, ...]
    uid: str
    version: str
    alone: bool
    shared: bool
    changed: str


def object_name(address: Address) -> tuple[str, str, str]:
    """Kind, name and namespace of an object."""
    kind, name, namespace = address.key
    assert isinstance(kind, str)
    assert isinstance(name, str)
    assert isinstance(namespace, str)
    return kind, name, namespace


def manifest(address: Address, content: bytes | None) -> dict[str, Any]:
    """The object that states ``content``; None: nothing of it."""
    kind, name, namespace = object_name(address)
    stated = {} if content is None else json.loads(content)
    metadata = {"name": name, "namespace": namespace, **stated.pop("metadata", {})}
    return {"apiVersion": KINDS[kind][0], "kind": kind, "metadata": metadata, **stated}


def read_object(tree: Tree, owner: str, uid: str | None) -> Seen:
    """An object of the server as ``owner`` sees it; ``uid`` is that of the object that we made, where it is known.

    An object that is not ours (we never applied it, or somebody made it anew) also says who made it, and its uid where
    we knew another one, so that it is never equal to what we want or recorded.
    Source: kubernetes.io, Server-Side Apply: managedFields; "Apply" is an owner who declares, "Update" a hand.
    """
    metadata = tree["metadata"]
    entries = [entry for entry in metadata.get("managedFields") or () if not entry.get("subresource")]
    applied = {entry["manager"]: entry.get("fieldsV1") or {} for entry in entries if entry["operation"] == "Apply"}
    ours = applied.pop(APPLIER + owner, None)
    is_ours = ours is not None and uid in (None, metadata["uid"])
    content: dict[str, Any] = {
        name: kept
        for name in GROUPS
        if (kept := dict(_kept(tree.get(name) or {}, _fields(ours, name), _declared(applied.values(), name))))
    }
    if tree.get("immutable"):
        content["immutable"] = True
    stated = {*LABELS, *_fields((ours or {}).get("f:metadata"), "labels")}
    content["metadata"] = {"labels": {k: v for k, v in (metadata.get("labels") or {}).items() if k in stated}}
    if not is_ours:
        anew = [] if uid in (None, metadata["uid"]) else [metadata["uid"]]
        content[STRANGERS] = sorted({entry["manager"] for entry in entries}) + anew
    holders = () if is_ours else tuple(sorted(name.removeprefix(APPLIER) for name in applied))
    alone = is_ours and all(entry["manager"] == APPLIER + owner for entry in entries)
    shared = is_ours and bool(applied)
    changed = _changed(entries, content) or metadata.get("creationTimestamp", "")
    return Seen(_canonical(content), holders, metadata["uid"], metadata["resourceVersion"], alone, shared, changed)


def _changed(entries: Iterable[Tree], content: Tree) -> str:
    """When somebody last wrote a member of ``content``; nothing when nobody is known to have.

    Who takes a member away leaves no time behind, unless it is an owner who declares.
    Source: k8s.io/apimachinery, ManagedFieldsEntry.time; an apply that changes nothing keeps it.
    """
    wrote = (
        entry.get("time", "")
        for entry in entries
        if any(_fields(entry.get("fieldsV1"), group) & content.get(group, {}).keys() for group in GROUPS)
    )
    return max(wrote, default="")


def _kept(members: Mapping[str, str], ours: frozenset[str], declared: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The members but those that another one declares and we do not. What a hand added stays: a pod would read it."""
    return ((name, value) for name, value in members.items() if name in ours or name not in declared)


def _declared(applied: Iterable[Tree], group: str) -> frozenset[str]:
    return frozenset().union(*(_fields(fields, group) for fields in applied))


def _fields(fields: Tree | None, group: str) -> frozenset[str]:
    return frozenset(name[2:] for name in ((fields or {}).get(f"f:{group}") or {}) if name.startswith("f:"))


def strangers(content: bytes | None) -> list[str] | None:
    """Who made the object, where it is not ours; None where it is, or where there is none."""
    found: list[str] | None = json.loads(content or b"{}").get(STRANGERS)
    return found


def _canonical(content: Tree) -> bytes:
    return json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()
