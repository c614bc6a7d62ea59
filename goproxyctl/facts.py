"""What desired must be told of the world: read from a file, or asked of a cluster; never while a policy is rendered."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from goproxyctl.errors import GoproxyctlError, StoreError
from goproxyctl.intent import Facts
from goproxyctl.targets.kubernetes import is_namespace
from goproxyctl.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from goproxyctl.stores.cluster import Answer, Api, Cluster

_NAMESPACES = "/api/v1/namespaces"


def read_facts(folder: "Path", file: str) -> Facts:
    """The namespaces in the file of ``--facts``, as ``folder`` sees it. Raises: GoproxyctlError."""
    try:
        content = (folder / file).read_bytes()
    except OSError as error:
        raise GoproxyctlError(
            Text(
                "facts.file",
                "--facts {file}: cannot be read: {why}; make it with kubectl get namespaces -o json",
                file=file,
                why=error.strerror or "OSError",
            )
        ) from error
    return parse_facts(content, file)


def parse_facts(content: bytes, file: str) -> Facts:
    """The namespaces in what ``kubectl get namespaces -o json`` printed; one that is being deleted takes no objects.

    ``file`` is what messages call it. Raises: GoproxyctlError.
    Source: kubernetes.io, API conventions: lists; core/v1 NamespaceStatus.
    """
    try:
        return Facts(dict(_namespace(one) for one in _listed(json.loads(content)) if _stays(one)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise GoproxyctlError(
            Text(
                "facts.unreadable",
                "{file}: this is no list of namespaces; make it with kubectl get namespaces -o json",
                file=file,
            )
        ) from error


def ask_facts(cluster: "Cluster") -> Facts:
    """The same, as a cluster says it now. Raises: StoreError when it does not say all of it."""
    return cluster.run(_ask)


async def _ask(api: "Api") -> Facts:
    from goproxyctl.stores.listing import pages

    found: dict[str, dict[str, str]] = {}
    async for first, answer in pages(api, _NAMESPACES):
        if not answer.good:
            raise StoreError(_unknown(answer))
        if first:
            found.clear()
        found |= dict(_namespace(one) for one in answer.tree["items"] if _stays(one))
    return Facts(found)


def _unknown(answer: "Answer") -> Text:
    from goproxyctl.stores.listing import refused

    if answer.status not in {401, 403}:
        return refused(Text("facts.namespaces", "the namespaces of the cluster"), answer)
    return Text("facts.denied", "the namespaces of the cluster: the API server denies it: {why}; ask for the right to "
                "list namespaces, or add --facts FILE, made by kubectl get namespaces -o json",
                why=answer.message)  # fmt: skip


def _listed(answer: Mapping[str, Any]) -> list[Any]:
    if answer["kind"] not in {"List", "NamespaceList"}:
        raise ValueError
    items: list[Any] = answer["items"]
    return items


def _namespace(one: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    if one.get("kind", "Namespace") != "Namespace":
        raise ValueError
    metadata = one["metadata"]
    labels = metadata.get("labels") or {}
    if not is_namespace(metadata["name"]) or not all(isinstance(text, str) for text in labels.values()):
        raise ValueError
    return metadata["name"], labels


def _stays(one: Mapping[str, Any]) -> bool:
    terminating = (one.get("status") or {}).get("phase") == "Terminating"
    return not terminating and "deletionTimestamp" not in one["metadata"]
