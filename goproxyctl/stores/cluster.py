"""The API server of one cluster: who may name it, how it is asked, and when it is asked again."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from goproxyctl.errors import StoreError
from goproxyctl.gosem.egress import Egress, choose
from goproxyctl.gosem.gourl import BadUrlError
from goproxyctl.rules.names import suggest_or_list
from goproxyctl.text import Text

if TYPE_CHECKING:
    from kubernetes.aio.client import ApiClient, Configuration

T = TypeVar("T")

#: How many requests are under way at once, when there are many to make.
MOST_AT_ONCE = 64
#: How often a request is made again, and how long it is waited for. Units: seconds.
ATTEMPTS = 8
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 30.0
TIMEOUT_S = 60.0
#: What may be another answer a moment later.
_PASSING = frozenset({429, 500, 502, 503, 504})

#: What a user of a kubeconfig has who gets credentials from a program.
#: Source: kubernetes.io, client-go credential plugins; auth-provider came before them.
_RUNS = frozenset({"exec", "auth-provider"})

APPLY = "application/apply-patch+yaml"
JSON = "application/json"


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


class Answer(NamedTuple):
    """What the server said. ``tree`` is the object, the list, or the status that explains a refusal."""

    status: int
    tree: Mapping[str, Any]

    @property
    def good(self) -> bool:
        """Whether the request was carried out."""
        return self.status < 300

    @property
    def message(self) -> str:
        """The server's own words about a refusal."""
        return str(self.tree.get("message") or self.status)

    @property
    def causes(self) -> list[Mapping[str, Any]]:
        """The details of a refusal."""
        found: list[Mapping[str, Any]] = (self.tree.get("details") or {}).get("causes") or []
        return found


class Api:
    """An open connection."""

    def __init__(self, client: "ApiClient", at_once: int) -> None:
        self._client = client
        self._gate = asyncio.Semaphore(at_once)
        self._lost: StoreError | None = None

    async def send(
        self, method: str, path: str, query: Mapping[str, object] | None = None, body: object = None, form: str = JSON
    ) -> Answer:
        """The answer, asked for again while it is one that passes. Raises: StoreError when there is none.

        Everything that we send may be sent twice: an apply, or a write that names the state it is about.
        """
        url = f"{self._client.configuration.host}{path}" + (f"?{urlencode(query)}" if query else "")
        async with self._gate:
            for attempt in range(ATTEMPTS):
                if self._lost:
                    raise self._lost
                answer, pause_s = await self._ask(method, url, body, form)
                if answer and (answer.status not in _PASSING or attempt == ATTEMPTS - 1):
                    return answer
                if attempt < ATTEMPTS - 1:
                    own_s = FIRST_PAUSE_S * 2**attempt
                    await asyncio.sleep(min(LONGEST_PAUSE_S, own_s if pause_s is None else pause_s))
        raise self._give_up("no answer")

    def _give_up(self, why: str) -> StoreError:
        """What everybody gets who waits for an answer, now that one waited in vain."""
        self._lost = StoreError(
            Text("cluster.unreachable", "{server}: the API server does not answer ({why}); run again when it does",
                 server=self._client.configuration.host, why=why)
        )  # fmt: skip
        return self._lost

    async def _ask(self, method: str, url: str, body: object, form: str) -> tuple[Answer | None, float | None]:
        """An answer, if any came, and how long the server asks to wait. Units: seconds. Raises: StoreError."""
        from aiohttp import ClientError, ClientSSLError

        headers: dict[str, str] = {"Content-Type": form, "Accept": JSON}
        if token := await self._client.configuration.get_api_key_with_prefix("BearerToken"):
            headers["Authorization"] = token
        try:
            response = await self._client.rest_client.request(  # type: ignore[no-untyped-call] # the client's own
                method, url, headers=headers, body=body, _request_timeout=TIMEOUT_S
            )
            raw = await response.read()
        except ClientSSLError as error:  # who it is will not be another one a moment later
            raise self._give_up(str(error)) from error
        except (ClientError, OSError, TimeoutError):
            return None, None
        return Answer(response.status, _tree(raw)), _seconds(response.headers.get("Retry-After"))


def _tree(raw: bytes) -> Mapping[str, Any]:
    """What a body says; a proxy on the way may have said it in HTML."""
    try:
        tree = json.loads(raw)
    except ValueError:
        return {}
    return tree if isinstance(tree, dict) else {}


def _seconds(value: str | None) -> float | None:
    """Source: Kubernetes sends Retry-After as a number of seconds."""
    return float(value) if value and value.isdecimal() else None


class Cluster:
    """One cluster. It is reached for at the first request, and each connection lasts as long as one task."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._configuration: Configuration | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._halted = False

    def halt(self) -> None:
        """Ends what is under way, from another thread, as Ctrl-C does in the main one. A ledger may still be saved."""
        self._halted = True
        if self._loop:
            with suppress(RuntimeError):  # what was under way came to its end
                self._loop.call_soon_threadsafe(_cancel_all, self._loop)

    def check(self) -> None:
        """Lets nothing begin once it was halted. Raises: asyncio.CancelledError."""
        if self._halted:
            raise asyncio.CancelledError

    @asynccontextmanager
    async def connect(self, requests: int) -> AsyncIterator[Api]:
        """A connection for about so many requests. Raises: StoreError."""
        from kubernetes.aio.client import ApiClient

        self._loop = asyncio.get_running_loop()
        at_once = min(MOST_AT_ONCE, 8 + requests // 16)
        if self._configuration is None:
            self._configuration = await _configure(self._access)
            # else the client looks for the server's password in ~/.netrc, before every request
            self._configuration.client_session_kwargs = {"trust_env": False}
            self._configuration.proxy = self._configuration.proxy or self._proxy(self._configuration.host)
        self._configuration.connection_pool_maxsize = at_once
        try:
            client = ApiClient(self._configuration)
        except OSError as error:
            raise StoreError(
                Text("cluster.certificates", "the certificates of the kubeconfig cannot be used: {why}; correct them",
                     why=str(error))
            ) from error  # fmt: skip
        async with client:
            yield Api(client, at_once)

    def _proxy(self, server: str) -> str | None:
        """The proxy to go through: that which kubectl, a Go program, would take."""
        try:
            return choose(server, self._access.egress).proxy or None
        except BadUrlError:
            return None

    def run(self, job: Callable[[Api], Awaitable[T]], requests: int = 1) -> T:
        """What ``job`` gives, in a connection of its own. Raises: StoreError."""

        async def connected() -> T:
            async with self.connect(requests) as api:
                return await job(api)

        return asyncio.run(connected())


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()


async def _configure(access: Access) -> "Configuration":
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
    return configuration


def _named(access: Access) -> str:
    """The kubeconfigs as the client wants them, once they are found to be harmless. Raises: StoreError."""
    user, named = look_up(access, lambda found: _chosen_user(found, access.context))
    names = os.pathsep.join(map(str, access.files))
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

    names = os.pathsep.join(map(str, access.files))
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
    except (ConfigException, YAMLError, OSError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            Text("cluster.kubeconfig-read", "{path}: this is no kubeconfig that can be read; correct it", path=names)
        ) from error


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
