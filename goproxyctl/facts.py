"""What desired must be told of the world: read from a file, never asked for while a policy is rendered."""

import json
from collections.abc import Mapping
from typing import Any

from goproxyctl.errors import GoproxyctlError
from goproxyctl.intent import Facts
from goproxyctl.text import Text


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
    if not all(isinstance(text, str) for text in (metadata["name"], *labels.values())):
        raise ValueError
    return metadata["name"], labels


def _stays(one: Mapping[str, Any]) -> bool:
    terminating = (one.get("status") or {}).get("phase") == "Terminating"
    return not terminating and "deletionTimestamp" not in one["metadata"]
