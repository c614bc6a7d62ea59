"""The contexts of a kubeconfig, where a command acts on several clusters."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from goproxyctl.errors import StoreError
from goproxyctl.stores.kubeconfig import Access, look_up, unknown_context
from goproxyctl.text import Text

#: What tells API servers apart: the address, and how it is reached. None: the kubeconfig does not say.
Server = tuple[object, ...] | None

_PORTS = {"https": 443, "http": 80}


def find_contexts(access: Access, asked: Sequence[str]) -> list[str]:
    """The contexts that names and patterns (``*``, ``?``) stand for, each once, in the order in which they are asked.

    Raises: StoreError: there is none of that name, or two of them lead to the same API server, and so to one ledger.
    """
    if not access.files:
        raise StoreError(
            Text("contexts.no-kubeconfig", "--context: contexts are in a kubeconfig, and none is named; say "
                 "--kubeconfig FILE, or set $KUBECONFIG")
        )  # fmt: skip
    servers = look_up(access, _servers)
    found = list(dict.fromkeys(name for one in asked for name in _meant(one, servers)))
    first: dict[Server, str] = {}
    for name in found:
        server = servers[name]
        if server and first.setdefault(server, name) != name:
            raise StoreError(
                Text("contexts.same-server", "--context: {first!r} and {second!r} are the same API server, with one "
                     "ledger; name one of them", first=first[server], second=name)
            )  # fmt: skip
    return found


def _meant(asked: str, servers: Mapping[str, Server]) -> list[str]:
    if asked in servers:
        return [asked]
    found = [name for name in servers if fnmatchcase(name, asked.replace("[", "[[]"))]
    if not found:
        raise unknown_context(asked, servers)
    return found


def _servers(found: Mapping[str, Any]) -> dict[str, Server]:
    """Each context with its API server. Source: kubernetes.io, kubeconfig (v1), Cluster."""
    clusters = {node.value["name"]: _server(node.value["cluster"] or {}) for node in found["clusters"]}
    contexts = {node.value["name"]: node.value["context"] or {} for node in found["contexts"]}
    return {name: clusters.get(context.get("cluster")) for name, context in contexts.items()}


def _server(cluster: Mapping[str, Any]) -> Server:
    url = str(cluster.get("server", ""))
    way = cluster.get("tls-server-name"), cluster.get("proxy-url")
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme), parts.path.rstrip("/"), *way
    except ValueError:  # no URL: whoever asks it will be told so
        return url, *way
