"""Objects of a cluster as YAML, for whoever reads manifests: kubectl, a GitOps engine, a person who reviews them."""

import json
from functools import lru_cache
from typing import Any

from goproxyctl.formats.kubeobject import KINDS, object_name
from goproxyctl.formats.yamltext import block, quote_yaml
from goproxyctl.resource import Address


def render_manifest(address: Address, content: bytes) -> bytes:
    """One document that states ``content``: ASCII, every text quoted."""
    kind, name, namespace = object_name(address)
    before, after = _around_namespace(kind, name, content)
    return before + quote_yaml(namespace).encode("ascii") + after


def manifest_path(address: Address) -> str:
    """What an object is called among rendered files: a folder for each namespace, below that of all clusters."""
    kind, name, namespace = object_name(address)
    return f"cluster/{namespace}/{kind.lower()}-{name}.yaml"


@lru_cache(8)
def _around_namespace(kind: str, name: str, content: bytes) -> tuple[bytes, bytes]:
    """What stands before the namespace and after it: made once, for thousands of namespaces get the same."""
    tree: dict[str, Any] = json.loads(content)
    metadata = tree.pop("metadata", {})
    head = block({"apiVersion": KINDS[kind][0], "kind": kind})
    inner = "".join(f"  {line}\n" for line in block(metadata).splitlines()) if metadata else ""
    rest = block(tree) + "\n" if tree else ""
    before = f"{head}\nmetadata:\n  name: {quote_yaml(name)}\n  namespace: "
    return before.encode("ascii"), f"\n{inner}{rest}".encode("ascii")
