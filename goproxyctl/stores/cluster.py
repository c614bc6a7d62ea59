"""The API server of one cluster: how it is asked, and when it is asked again."""

import asyncio
import json
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from goproxyctl.errors import StoreError
from goproxyctl.stores.kubeconfig import Access, configure
from goproxyctl.stores.signals import Steps
from goproxyctl.text import Text

if TYPE_CHECKING:
    from kubernetes.aio.client import ApiClient, Configuration

T = TypeVar("T")

#: How many requests are under way at once, when there are many to make.
MOST_AT_ONCE = 64
#: What may be another answer a moment later.
_PASSING = frozenset({429, 500, 502, 503, 504})
_SILENT = Text("cluster.silent", "no answer")

APPLY = "application/apply-patch+yaml"
JSON = "application/json"


class Patience(NamedTuple):
    """How often a request is made, and how long it is waited for. Units: seconds.

    ``far_attempts``: how often where nobody even takes the connection, and nobody ever did.
    ``first_s``: the first pause, which doubles. ``whole_s``: no attempt is begun later than that after the first.
    """

    attempts: int = 8
    far_attempts: int = 4
    first_s: float = 0.1
    connect_s: float = 10.0
    answer_s: float = 60.0
    whole_s: float = 120.0


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


class _Reply(NamedTuple):
    """What came of one attempt: an answer that may be believed, or none and why; how long the server asks to wait.

    ``met``: somebody took the connection.
    """

    answer: Answer | None
    why: Text | str
    wait_s: float = 0.0
    met: bool = True

    @property
    def passes(self) -> bool:
        """Whether another attempt may give something else."""
        return self.answer is None or self.answer.status in _PASSING


class Api:
    """An open connection."""

    def __init__(self, client: "ApiClient", at_once: int, patience: Patience) -> None:
        self._client, self._patience = client, patience
        self._gate = asyncio.Semaphore(at_once)
        self._through = 0
        self._met = False
        self._lost: StoreError | None = None

    async def send(
        self, method: str, path: str, query: Mapping[str, object] | None = None, body: object = None, form: str = JSON
    ) -> Answer:
        """The answer, asked for again while it is one that passes. Raises: StoreError when there is none.

        Everything that we send may be sent twice: an apply, or a write that names the state it is about.
        """
        url = f"{self._client.configuration.host}{path}" + (f"?{urlencode(query)}" if query else "")
        async with self._gate:
            through, latest = self._through, time.monotonic() + self._patience.whole_s
            for attempt in range(self._patience.attempts):
                if self._lost:
                    raise self._lost
                reply = await self._ask(method, url, body, form)
                self._met = self._met or reply.met
                if reply.answer and not reply.passes:
                    self._through += 1
                    return reply.answer
                pause_s = self._pause_s(attempt, reply)
                most = self._patience.attempts if self._met else self._patience.far_attempts
                if attempt + 1 >= most or time.monotonic() + pause_s > latest:
                    break
                await asyncio.sleep(pause_s)
            if reply.answer and self._through > through:  # others get through: it is about this object
                return reply.answer
        raise self._give_up(reply.why)

    def _pause_s(self, attempt: int, reply: _Reply) -> float:
        """At least what the server asks for; not the same for all who were turned away together. Units: seconds."""
        own_s = self._patience.first_s * (1 << attempt)
        return max(own_s, reply.wait_s) * random.uniform(1, 1.25)  # noqa: S311 - no secret

    def _give_up(self, why: Text | str) -> StoreError:
        """What everybody gets who waits for an answer, now that one waited in vain."""
        self._lost = StoreError(
            Text("cluster.unreachable", "{server}: the API server does not answer ({why}); run again when it does",
                 server=self._client.configuration.host, why=why)
        )  # fmt: skip
        return self._lost

    async def _ask(self, method: str, url: str, body: object, form: str) -> _Reply:
        """One attempt. Raises: StoreError."""
        from aiohttp import ClientConnectorError, ClientError, ClientSSLError, ClientTimeout

        headers: dict[str, str] = {"Content-Type": form, "Accept": JSON}
        if token := await self._client.configuration.get_api_key_with_prefix("BearerToken"):
            headers["Authorization"] = token
        timeout = ClientTimeout(self._patience.answer_s, sock_connect=self._patience.connect_s)
        try:
            response = await self._client.rest_client.request(  # type: ignore[no-untyped-call] # the client's own
                method, url, headers=headers, body=body, _request_timeout=timeout
            )
            raw = await response.read()
        except ClientSSLError as error:  # who it is will not be another one a moment later
            raise self._give_up(str(error)) from error
        except ClientConnectorError as error:
            return _Reply(None, _why_far(error.os_error), met=False)
        except (ClientError, OSError, TimeoutError):
            return _Reply(None, _SILENT)
        return _reply(response.status, raw, _seconds(response.headers.get("Retry-After")))


def _why_far(error: OSError) -> Text | str:
    """What the system says of a connection that could not be made; asyncio says it in words of its own."""
    known = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
    return known or _SILENT


def _reply(status: int, raw: bytes, wait_s: float) -> _Reply:
    """What an answer is worth. Only the API server knows what is there and what was done: a proxy's page does not.

    Source: kubernetes.io, API concepts: every object, list and refusal names its kind. An overloaded server may say
    so in plain text.
    """
    try:
        tree = json.loads(raw)
    except (ValueError, RecursionError):
        tree = None
    own = isinstance(tree, dict) and isinstance(tree.get("kind"), str) and isinstance(tree.get("metadata"), dict)
    answer = Answer(status, tree if own else {})
    if status in _PASSING:
        asks = Text("cluster.busy", "{status}, and asks to wait {seconds} s", status=status, seconds=int(wait_s))
        return _Reply(answer, asks if wait_s else answer.message, wait_s)
    return _Reply(answer if own else None, Text("cluster.stranger", "{status}, not from an API server", status=status))


def _seconds(value: str | None) -> float:
    """Source: Kubernetes sends Retry-After as a number of seconds."""
    return float(value[:9]) if value and value.isdecimal() else 0.0


class Cluster:
    """One cluster. It is reached for at the first request, and each connection lasts as long as one task."""

    def __init__(self, access: Access, patience: Patience = Patience()) -> None:  # noqa: B008 - a constant
        self._access, self._patience = access, patience
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
            self._configuration = await configure(self._access)
        self._configuration.connection_pool_maxsize = at_once
        try:
            client = ApiClient(self._configuration)
        except OSError as error:
            raise StoreError(
                Text("cluster.certificates", "the certificates of the kubeconfig cannot be used: {why}; correct them",
                     why=str(error))
            ) from error  # fmt: skip
        async with client:
            yield Api(client, at_once, self._patience)

    def run(self, job: Callable[[Api], Awaitable[T]], requests: int = 1) -> T:
        """What ``job`` gives, in a connection of its own. Raises: StoreError."""

        async def connected() -> T:
            async with self.connect(requests) as api:
                return await job(api)

        with Steps() as steps:
            return steps.run(connected())


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()
