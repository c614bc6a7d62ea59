"""The ledger of a cluster: one ConfigMap for each owner, compressed, replaced whole."""

import base64
import binascii
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from goproxyctl.errors import StoreError
from goproxyctl.ledger import Ledger, merge_ledgers, parse_ledger, render_ledger
from goproxyctl.resource import Address, parse_address
from goproxyctl.stores.cluster import Access, Answer, Api, Cluster
from goproxyctl.stores.kubernetes import KubernetesStore, Uids
from goproxyctl.text import Text

#: Where ledgers are: in the one namespace that every cluster has and that nobody deletes.
NAMESPACE = "default"
NAME = "goproxyctl-ledger-"
_PATH = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
_LABELS = {"app.kubernetes.io/managed-by": "goproxyctl", "app.kubernetes.io/component": "ledger"}
_KEY = "ledger.json.gz"

#: An object of a cluster takes 1 MiB. Measured: 79 kB for 2,000 namespaces that get the same, 387 kB for 10,000.
#: Units: bytes.
MOST_BYTES = 1_000_000
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
        ledgers = []
        for tree in answer.tree["items"]:
            name = tree["metadata"]["name"]
            owner = name.removeprefix(NAME)
            version, ledger, uids = self._read[name] = self._unpacked(tree, name)
            ledgers.append(Ledger({owner: ledger.owners[owner]} if owner in ledger.owners else {}))
            if owner == self._owner and not self._loaded:
                self._base = version
                self._uids.ours.update(uids)
        self._loaded = True
        return merge_ledgers(ledgers)

    def _unpacked(self, tree: Mapping[str, Any], name: str) -> "_Read":
        """What stands in the ledger of that name, once for each version of it. Raises: StoreError."""
        known, version = self._read.get(name), tree["metadata"]["resourceVersion"]
        return known if known and known.version == version else _Read(version, *_unpack(tree, name))

    def save(self, ledger: Ledger) -> None:
        """Records ``ledger``, unless somebody else did since the first load. Raises: StoreError."""
        entries = ledger.owners.get(self._owner)
        packed = None
        if entries:
            known = self._uids.seen | self._uids.ours  # one that was adopted has only been seen
            uids = {str(at): known[at] for at in entries if at in known}
            packed = _pack(Ledger({self._owner: entries}), uids)
        self._base = self._cluster.run(lambda api: self._replace(api, packed))

    async def _replace(self, api: Api, packed: str | None) -> str | None:
        """The state of the ledger once it holds ``packed`` (None: no ledger)."""
        path = f"{_PATH}/{NAME}{self._owner}"
        if packed is None:
            if self._base is None:
                return None
            answer = await api.send("DELETE", path, body={"preconditions": {"resourceVersion": self._base}})
            if answer.good or answer.status == 404:
                return None
        else:
            answer = await self._put(api, path, packed)
            if answer.status == 409:
                found = await api.send("GET", path)
                if found.good and (found.tree.get("binaryData") or {}).get(_KEY) == packed:
                    answer = found  # it was saved, and the answer got lost
        if answer.status == 409:
            raise StoreError(
                Text(
                    "ledger.moved",
                    "{path}: someone else wrote it during this apply; run again",
                    path=NAME + self._owner,
                )
            )
        if not answer.good:
            raise _refused(answer)
        version: str = answer.tree["metadata"]["resourceVersion"]
        return version

    async def _put(self, api: Api, path: str, packed: str) -> Answer:
        metadata: dict[str, Any] = {"name": NAME + self._owner, "namespace": NAMESPACE, "labels": _LABELS}
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "binaryData": {_KEY: packed}}
        if self._base is None:
            return await api.send("POST", _PATH, body=body)
        metadata["resourceVersion"] = self._base
        return await api.send("PUT", path, body=body)


async def _list(api: Api) -> Answer:
    selector = ",".join(f"{name}={value}" for name, value in _LABELS.items())
    return await api.send("GET", _PATH, {"labelSelector": selector})


def _pack(ledger: Ledger, uids: Mapping[str, str]) -> str:
    """The same ledger gives the same bytes. Raises: StoreError when it is too large for one object."""
    document = json.dumps({"ledger": render_ledger(ledger).decode(), "uids": dict(sorted(uids.items()))})
    packed = base64.b64encode(gzip.compress(document.encode(), mtime=0)).decode()
    if len(packed) > MOST_BYTES:
        raise StoreError(
            Text("ledger.large", "the ledger would be larger than the cluster takes ({size} bytes); split the policy "
                 "in two", size=len(packed))
        )  # fmt: skip
    return packed


def _unpack(tree: Mapping[str, Any], where: str) -> tuple[Ledger, dict[Address, str]]:
    """A ledger and the uids. Raises: StoreError."""
    try:
        reader = zlib.decompressobj(wbits=31)
        raw = reader.decompress(base64.b64decode(tree["binaryData"][_KEY]), _MOST_UNPACKED)
        document = json.loads(raw)
        uids = {parse_address(at): str(uid) for at, uid in document["uids"].items()}
        text = document["ledger"].encode()
    except (KeyError, ValueError, TypeError, AttributeError, binascii.Error, zlib.error) as error:
        raise StoreError(
            Text("ledger.cluster-garbage", "{where}: this ConfigMap is not a ledger of goproxyctl; delete it and run "
                 "goproxyctl adopt --in cluster", where=where)
        ) from error  # fmt: skip
    return parse_ledger(text, where), uids


def _refused(answer: Answer) -> StoreError:
    return StoreError(
        Text("ledger.refused", "the ledger in namespace {namespace} of the cluster: the API server refuses: {why}; ask "
             "for the right to read and write ConfigMaps there", namespace=NAMESPACE, why=answer.message)
    )  # fmt: skip
