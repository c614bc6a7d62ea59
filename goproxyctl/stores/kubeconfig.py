"""How a cluster is reached: what kubeconfigs, the pod around us and the proxies of the environment say of it."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from goproxyctl.errors import StoreError
from goproxyctl.gosem.egress import Egress, choose
from goproxyctl.gosem.gourl import BadUrlError
from goproxyctl.rules.names import suggest_or_list
from goproxyctl.text import Text

if TYPE_CHECKING:
    from kubernetes.aio.client import Configuration

T = TypeVar("T")

#: What a user of a kubeconfig has who gets credentials from a program.
#: Source: kubernetes.io, client-go credential plugins; auth-provider came before them.
_RUNS = frozenset({"exec", "auth-provider"})
#: What the client raises where a kubeconfig has something else than it expects.
_OF_OTHER_SHAPE = (KeyError, TypeError, AttributeError, ValueError)


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach the cluster, as the person or the pod says: never the policy.

    ``files``: kubeconfigs, merged as kubectl does; none: the service account of this pod. ``commands``: whether a
    kubeconfig may name a program to run for credentials. ``egress``: the proxies of the environment.
    """

    egress: Egress
    files: tuple[Path, ...] = ()
    context: str | None = None
    commands: bool = False
    tree: Path | None = None


async def configure(access: Access) -> "Configuration":
    """What the client has to know. Raises: StoreError."""
    configuration = await _load(access)
    if not _is_address(configuration.host):
        raise StoreError(
            Text("cluster.server", "{path}: the address of the API server is {server!r}; correct it: "
                 "https://HOST:PORT", path=_paths(access), server=configuration.host)
        )  # fmt: skip
    # else the client looks for the server's password in ~/.netrc, before every request
    configuration.client_session_kwargs = {"trust_env": False}
    configuration.proxy = configuration.proxy or _proxy(configuration.host, access.egress)
    return configuration


def _is_address(server: object) -> bool:
    try:
        parts = urlsplit(str(server))
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _paths(access: Access) -> str:
    return os.pathsep.join(map(str, access.files))


def _proxy(server: str, egress: Egress) -> str | None:
    """The proxy to go through: that which kubectl, a Go program, would take."""
    try:
        return choose(server, egress).proxy or None
    except BadUrlError:
        return None


async def _load(access: Access) -> "Configuration":
    from kubernetes.aio.client import Configuration
    from kubernetes.aio.config import ConfigException, load_incluster_config, load_kube_config

    configuration = Configuration()
    try:
        if not access.files:
            if not os.environ.get("KUBERNETES_SERVICE_HOST"):
                raise StoreError(
                    Text("cluster.unnamed", "no cluster is named; say --kubeconfig FILE, or set $KUBECONFIG")
                )
            load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
            return configuration
        names = _named(access)
        await load_kube_config(  # type: ignore[no-untyped-call]
            names, access.context, client_configuration=configuration, persist_config=False
        )
    except ConfigException as error:
        raise StoreError(
            Text("cluster.kubeconfig", "the cluster cannot be reached: {why}; name a kubeconfig with --kubeconfig or "
                 "$KUBECONFIG", why=str(error).rstrip("."))
        ) from error  # fmt: skip
    except _OF_OTHER_SHAPE as error:
        raise _unreadable(access) from error
    return configuration


def _named(access: Access) -> str:
    """The kubeconfigs as the client wants them, once they are found to be harmless. Raises: StoreError."""
    user, named = look_up(access, lambda found: _chosen_user(found, access.context))
    names = _paths(access)
    if not access.commands and _RUNS & named.keys():
        raise StoreError(
            Text("cluster.commands", "{path}: user {user!r} gets credentials from a program; if you trust this "
                 "kubeconfig, say --allow-exec", path=names, user=user)
        )  # fmt: skip
    return names


def look_up(access: Access, look: Callable[[Mapping[str, Any]], T]) -> T:
    """What ``look`` finds in the kubeconfigs, merged.

    Shape: clusters, contexts and users are nodes of the client, each with its ``value``. Raises: StoreError.
    """
    from kubernetes.aio.config import ConfigException
    from kubernetes.aio.config.kube_config import KubeConfigMerger
    from yaml import YAMLError

    names = _paths(access)
    for file in access.files:
        if access.tree and file.resolve().is_relative_to(access.tree.resolve()):
            raise StoreError(
                Text("cluster.kubeconfig-tree", "{path}: a kubeconfig beside the policy is not used, for whoever "
                     "changes the policy could change it; keep it elsewhere", path=file)
            )  # fmt: skip
    if not any(file.exists() for file in access.files):
        raise StoreError(
            Text("cluster.kubeconfig-missing", "{path}: there is no such kubeconfig; name another", path=names)
        )
    try:
        merged = KubeConfigMerger(names).config  # type: ignore[no-untyped-call]
        return look(merged.value)
    except (ConfigException, YAMLError, OSError, *_OF_OTHER_SHAPE) as error:
        raise _unreadable(access) from error


def _unreadable(access: Access) -> StoreError:
    return StoreError(
        Text("cluster.kubeconfig-read", "{path}: this is no kubeconfig that can be read; correct it",
             path=_paths(access))
    )  # fmt: skip


def unknown_context(name: str, known: Iterable[str]) -> StoreError:
    """What to say of ``--context name`` where the kubeconfig has none of that name."""
    advice = suggest_or_list(name, known) or Text("cluster.no-contexts", "it has none at all")
    return StoreError(
        Text("cluster.context", "--context {name}: there is no such context in the kubeconfig; {advice}", name=name,
             advice=advice)
    )  # fmt: skip


def _chosen_user(found: Mapping[str, Any], context: str | None) -> tuple[str, Mapping[str, Any]]:
    """The user of the context that will be used. Raises: StoreError when it is named, and there is none."""
    chosen = context or found.get("current-context")
    for at in found["contexts"]:
        if at.value["name"] == chosen:
            name = at.value["context"].get("user")
            users = [user.value["user"] or {} for user in found["users"] if user.value["name"] == name]
            return name, users[0] if users else {}
    if context is not None:
        raise unknown_context(context, [at.value["name"] for at in found["contexts"]])
    return "", {}
