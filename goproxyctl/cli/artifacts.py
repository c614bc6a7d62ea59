"""Desired state as files: whole files as they are, everything else as the fragment that its editor makes of nothing."""

import json
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from goproxyctl.errors import GoproxyctlError
from goproxyctl.formats import Edit, editor
from goproxyctl.resource import GOENV_FILE, Address, Desired, Key, Match, Place, Resource
from goproxyctl.text import Text

#: A document may begin with comments before its "---".
_DOCUMENT_START = re.compile(rb"([ \t]*(#[^\n]*)?\r?\n)*---[ \t]*(#[^\n]*)?\r?\n")
#: The hives of the registry, each one file for ``reg import``; that of the machine asks for an administrator.
_HIVES = {"HKCU": "registry/user.reg", "HKLM": "registry/machine.reg"}
_MANIFEST = (re.compile(rb"^apiVersion:", re.MULTILINE), re.compile(rb"^kind:", re.MULTILINE))


def artifacts(desired: Desired) -> dict[str, bytes]:
    """Path and bytes of each artifact, in order of path. ``~/x`` is called ``home/x``, the file of go ``go/env``."""
    resources = sorted(desired.values(), key=lambda r: r.address.sort_key())
    made: dict[str, bytes] = {}
    for (place, container), group in groupby(resources, key=_container):
        path = artifact_path(container)
        if path in made:
            raise GoproxyctlError(
                Text(
                    "render.same-path",
                    "{path}: two artifacts have this path; render them apart, with --target",
                    path=path,
                )
            )
        made[path] = _content(place, list(group))
    return dict(sorted(made.items()))


def _container(resource: Resource) -> tuple[Place, str]:
    """What is one artifact: a container, all that a hive of the registry holds, an object of a cluster."""
    place, container, _ = resource.address
    if place is Place.KUBERNETES:
        from goproxyctl.formats.manifests import manifest_path

        return place, manifest_path(resource.address)
    return place, container.partition("\\")[0] if place is Place.REGISTRY else container


def artifact_path(container: str) -> str:
    """What a container is called among rendered files; a task is a file for ``schtasks /Create /XML``."""
    if container == GOENV_FILE:
        return "go/env"
    if container in _HIVES:
        return _HIVES[container]
    if container.startswith("\\"):
        return "tasks/" + container.rpartition("\\")[2] + ".xml"
    return f"home/{container[2:]}" if container.startswith("~/") else container


def _content(place: Place, resources: Sequence[Resource]) -> bytes:
    if place is Place.FILE:
        return resources[0].content
    if place is Place.REGISTRY:
        return _registry_file(resources)
    if place is Place.KUBERNETES:
        from goproxyctl.formats.manifests import render_manifest

        return render_manifest(resources[0].address, resources[0].content)
    edits = [Edit(resource.address.key, resource.content) for resource in resources]
    ground = _ground([resource.address for resource in resources]) if place is Place.JSON_KEY else None
    return editor(place).edit(ground, edits).text or b""


def _registry_file(resources: Sequence[Resource]) -> bytes:
    from goproxyctl.formats.reg import render_reg

    keys: dict[str, dict[str, bytes | None]] = {}
    for (_, container, (name,)), content, *_ in resources:
        assert isinstance(name, str)
        keys.setdefault(container, {})[name] = content
    return render_reg(keys)


def _ground(addresses: Sequence[Address]) -> bytes | None:
    """The array elements that the keys lead through, for an editor finds them and never makes them."""
    root: dict[str, Any] = {}
    for address in addresses:
        _make_elements(root, address.key[:-1])
    return (json.dumps(root, indent=2) + "\n").encode() if root else None


def _make_elements(root: dict[str, Any], key: Key) -> None:
    if not any(isinstance(step, Match) for step in key):
        return
    at: Any = root
    for step, after in zip(key, (*key[1:], None), strict=True):
        if isinstance(step, str):
            at = at.setdefault(step, [] if isinstance(after, Match) else {})
            continue
        found = [element for element in at if element.get(step.member) == step.value]
        if not found:
            at.append({step.member: step.value})
        at = found[0] if found else at[-1]


def without_blocks(desired: Desired) -> Desired:
    """What a stream is made of: a block in a file beside whole files (a line of .gitattributes) is no part of it."""
    whole = {address: r for address, r in desired.items() if address.place is not Place.BLOCK}
    return whole or desired


def refuse_nothing(made: Mapping[str, bytes]) -> None:
    """An empty result, which whoever syncs it would take for "delete everything". Raises: GoproxyctlError."""
    if not made:
        raise GoproxyctlError(
            Text("render.nothing", "render: the policy has nothing to render here; an empty result is refused")
        )


def as_stream(made: Mapping[str, bytes]) -> bytes:
    """The one artifact, or one YAML stream of all. Raises: GoproxyctlError when that cannot be."""
    refuse_nothing(made)
    if len(made) == 1:
        return next(iter(made.values()))
    for path, content in made.items():
        if not all(pattern.search(content) for pattern in _MANIFEST):
            raise GoproxyctlError(
                Text("render.no-stream", "render: {path} is no Kubernetes manifest, so there is no one stream; "
                     "choose with --target, or write to a folder with -o", path=path)
            )  # fmt: skip
    return b"".join(_document(content) for content in made.values())


def _document(content: bytes) -> bytes:
    start = b"" if _DOCUMENT_START.match(content) else b"---\n"
    return start + content + (b"" if content.endswith(b"\n") else b"\n")
