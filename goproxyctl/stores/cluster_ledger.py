"""The ledger of a cluster: one ConfigMap for each owner, compressed, replaced whole; its parts where it is large."""

import base64
import gzip
import json
import secrets
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from goproxyctl.errors import StoreError
from goproxyctl.formats.kubeobject import Tree
from goproxyctl.ledger import Ledger, merge_ledgers, parse_ledger, render_ledger
from goproxyctl.resource import Address, parse_address
from goproxyctl.stores.cluster import Answer, Api, Cluster
from goproxyctl.stores.kubeconfig import Access
from goproxyctl.stores.kubernetes import KubernetesStore, Uids
from goproxyctl.text import Text

#: Where ledgers are: in the one namespace that every cluster has and that nobody deletes.
NAMESPACE = "default"
NAME = "goproxyctl-ledger-"
#: Between the name of a ledger and what makes that of a part.
_BEFORE_PART = ".part-"
_PATH = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
_OURS = {"app.kubernetes.io/managed-by": "goproxyctl"}
_SORT, _HEAD, _PART = "app.kubernetes.io/component", "ledger", "ledger-part"
_KEY = "ledger.json.gz"
#: The member of a ledger in parts that names them, one on each line.
_PARTS = "parts"

#: What one object holds of a ledger; what a cluster takes is 1 MiB, and a third is added on the way there.
#: Measured, for 10,000 namespaces: 287 kB for one ConfigMap each, 860 kB for three, 3,277 kB for three that differ from
#: namespace to namespace, while an apply of all of them is under way. Units: bytes.
MOST_BYTES = 750_000
_MOST_UNPACKED = 64 * 1024 * 1024


class ClusterSide(NamedTuple):
    """A cluster as one owner sees it: the objects, the ledger that goes with them, and what else can be asked."""

    store: KubernetesStore
    ledger: "ClusterLedger"
    cluster: Cluster


def open_cluster(access: Access, owner: str, *, take: bool = False) -> ClusterSide:
    """The store and the ledger of ``owner``; ``take`` as in `KubernetesStore`. Nothing is asked of the cluster yet."""
    cluster, uids = Cluster(access), Uids({}, {})
    store = KubernetesStore(cluster, owner, uids, take=take)
    return ClusterSide(store, ClusterLedger(cluster, owner, uids), cluster)


class _Read(NamedTuple):
    """A ledger as it was read."""

    version: str
    ledger: Ledger
    uids: dict[Address, str]


class ClusterLedger:
    """The ledgers of all owners as one; only that of ``owner`` is ever written.

    Which objects these are (``uids``) is kept with it. There is no lock to hold: a ledger is only
    replaced by who read its latest state, and is so before the first object is written.
    """

    def __init__(self, cluster: Cluster, owner: str, uids: Uids) -> None:
        self._cluster, self._owner, self._uids = cluster, owner, uids
        self._base: str | None = None
        self._parts: frozenset[str] = frozenset()
        self._loaded = False
        self._read: dict[str, _Read] = {}

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Nothing is locked: of two who apply at once, `save` stops the second one before it writes anything."""
        yield

    def load(self) -> Ledger:
        """What is recorded, of every owner. Raises: StoreError."""
        answer = self._cluster.run(_list)
        if not answer.good:
            raise _refused(answer)
        trees = {tree["metadata"]["name"]: tree for tree in answer.tree["items"]}
        heads = {name for name, tree in trees.items() if tree["metadata"]["labels"][_SORT] == _HEAD}
        ledgers = []
        for name in sorted(heads):
            owner = name.removeprefix(NAME)
            version, ledger, uids = self._read[name] = self._unpacked(trees, name)
            ledgers.append(Ledger({owner: ledger.owners[owner]} if owner in ledger.owners else {}))
            if owner == self._owner and not self._loaded:
                self._base = version
                self._uids.ours.update(uids)
        self._parts = frozenset(
            name for name in trees.keys() - heads if name.rpartition(_BEFORE_PART)[0] == NAME + self._owner
        )
        self._loaded = True
        return merge_ledgers(ledgers)

    def _unpacked(self, trees: Mapping[str, Tree], name: str) -> "_Read":
        """What stands in the ledger of that name, once for each version of it. Raises: StoreError."""
        known, version = self._read.get(name), trees[name]["metadata"]["resourceVersion"]
        return known if known and known.version == version else _Read(version, *_unpack(_packed(trees, name), name))

    def save(self, ledger: Ledger) -> None:
        """Records ``ledger``, unless somebody else did since the first load. Raises: StoreError."""
        entries = ledger.owners.get(self._owner)
        packed = b""
        if entries:
            known = self._uids.seen | self._uids.ours  # one that was adopted has only been seen
            uids = {str(at): known[at] for at in entries if at in known}
            packed = _pack(Ledger({self._owner: entries}), uids)
        self._cluster.run(lambda api: self._replace(api, packed))

    async def _replace(self, api: Api, packed: bytes) -> None:
        """Makes ``packed`` (empty: none) the ledger. Parts are there before it names them, and go when it does not.

        So whoever lists it all at once reads the ledger of before or that of after. Each part has a name that nobody
        else uses, ever; and none goes unless the ledger that named it was replaced by ours.
        """
        slices = _slices(packed) if len(packed) > MOST_BYTES else []
        stem = f"{NAME}{self._owner}{_BEFORE_PART}{secrets.token_hex(8)}"
        parts = {f"{stem}-{number}": piece for number, piece in enumerate(slices)}
        for name, piece in parts.items():
            answer = await api.send("POST", _PATH, body=_object(name, _PART, {_KEY: piece}))
            if not answer.good and answer.status != 409:  # it was there already: the answer to our own got lost
                raise _refused(answer)
        held = {_PARTS: "\n".join(parts).encode()} if parts else {_KEY: packed}
        if packed:
            self._base = await self._switch(api, held)
        elif self._base is not None:
            await self._vanish(api)
            self._base = None
        with suppress(StoreError):  # a part that stays is read by nobody, and goes the next time
            for name in sorted(self._parts - parts.keys()):
                await api.send("DELETE", f"{_PATH}/{name}")
        self._parts = frozenset(parts)

    async def _vanish(self, api: Api) -> None:
        answer = await api.send("DELETE", self._head, body={"preconditions": {"resourceVersion": self._base}})
        if not answer.good and answer.status != 404:
            raise self._moved() if answer.status == 409 else _refused(answer)

    async def _switch(self, api: Api, held: Mapping[str, bytes]) -> str:
        """The state of the ledger once it holds that."""
        body = _object(NAME + self._owner, _HEAD, held)
        if self._base is None:
            answer = await api.send("POST", _PATH, body=body)
        else:
            body["metadata"]["resourceVersion"] = self._base
            answer = await api.send("PUT", self._head, body=body)
        if answer.status == 409:
            found = await api.send("GET", self._head)
            if not found.good or found.tree.get("binaryData") != body["binaryData"]:
                raise self._moved()
            answer = found  # it was saved, and the answer got lost
        if not answer.good:
            raise _refused(answer)
        version: str = answer.tree["metadata"]["resourceVersion"]
        return version

    @property
    def _head(self) -> str:
        return f"{_PATH}/{NAME}{self._owner}"

    def _moved(self) -> StoreError:
        name = NAME + self._owner
        return StoreError(Text("ledger.moved", "{path}: someone else wrote it during this apply; run again", path=name))


async def _list(api: Api) -> Answer:
    """Ledgers and parts as they are at one moment. Source: kubernetes.io, API concepts: a list has one version."""
    selector = ",".join([*(f"{name}={value}" for name, value in _OURS.items()), f"{_SORT} in ({_HEAD},{_PART})"])
    return await api.send("GET", _PATH, {"labelSelector": selector})


def _object(name: str, sort: str, held: Mapping[str, bytes]) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "namespace": NAMESPACE, "labels": {**_OURS, _SORT: sort}}
    encoded = {key: base64.b64encode(value).decode() for key, value in held.items()}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "binaryData": encoded}


def _slices(packed: bytes) -> Sequence[bytes]:
    return [packed[at : at + MOST_BYTES] for at in range(0, len(packed), MOST_BYTES)]


def _pack(ledger: Ledger, uids: Mapping[str, str]) -> bytes:
    """The same ledger gives the same bytes. Raises: StoreError when it is larger than what is read again."""
    document = json.dumps({"ledger": render_ledger(ledger).decode(), "uids": dict(sorted(uids.items()))}).encode()
    if len(document) > _MOST_UNPACKED:
        raise StoreError(
            Text("ledger.large", "the ledger would be larger than goproxyctl reads ({size} bytes); split the policy "
                 "in two", size=len(document))
        )  # fmt: skip
    return gzip.compress(document, mtime=0)


def _packed(trees: Mapping[str, Tree], name: str) -> bytes:
    """What a ledger holds, wherever its parts are. Raises: StoreError."""
    try:
        held = trees[name]["binaryData"]
        parts = base64.b64decode(held[_PARTS]).decode().splitlines() if _PARTS in held else [name]
        return b"".join(base64.b64decode(trees[part]["binaryData"][_KEY]) for part in parts)
    except (KeyError, ValueError, TypeError) as error:
        raise _garbage(name) from error


def _unpack(packed: bytes, where: str) -> tuple[Ledger, dict[Address, str]]:
    """A ledger and the uids. Raises: StoreError."""
    try:
        raw = zlib.decompressobj(wbits=31).decompress(packed, _MOST_UNPACKED)
        document = json.loads(raw)
        uids = {parse_address(at): str(uid) for at, uid in document["uids"].items()}
        text = document["ledger"].encode()
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError, zlib.error) as error:
        raise _garbage(where) from error
    return parse_ledger(text, where), uids


def _garbage(where: str) -> StoreError:
    return StoreError(
        Text("ledger.cluster-garbage", "{where}: this ConfigMap is not a ledger of goproxyctl; delete it and run "
             "goproxyctl adopt --in cluster", where=where)
    )  # fmt: skip


def _refused(answer: Answer) -> StoreError:
    return StoreError(
        Text("ledger.refused", "the ledger in namespace {namespace} of the cluster: the API server refuses: {why}; ask "
             "for the right to read and write ConfigMaps there", namespace=NAMESPACE, why=answer.message)
    )  # fmt: skip
