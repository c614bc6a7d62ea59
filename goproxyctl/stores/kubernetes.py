"""Objects of a cluster: one list for what is there, server-side apply for each that changes, many at once."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from goproxyctl.errors import StoreError
from goproxyctl.formats.kubeobject import (
    APPLIER,
    KINDS,
    Seen,
    Tree,
    manifest,
    object_name,
    read_object,
    strangers,
)
from goproxyctl.resource import Address, Change, Live, Outcome, Reason, Result
from goproxyctl.stores.cluster import APPLY, Answer, Api, Cluster
from goproxyctl.stores.listing import FEW, no_list, pages, refused
from goproxyctl.stores.signals import Steps
from goproxyctl.text import Text

#: How often a write is tried against an object that others keep touching.
TRIES = 5

Verdict = tuple[Outcome, Text | None]


class Uids(NamedTuple):
    """Which object it is that stands at an address.

    ``ours``: those that we made or adopted, as the ledger and then each write tells. ``seen``: those of the last look.
    """

    ours: dict[Address, str]
    seen: dict[Address, str]


class KubernetesStore:
    """The store of what one owner has in one cluster.

    ``take``: whether fields that others hold are taken from them.
    """

    def __init__(self, cluster: Cluster, owner: str, uids: Uids, *, take: bool = False) -> None:
        self._cluster, self._owner, self._uids, self._take = cluster, owner, uids, take
        self._seen: dict[Address, Seen] = {}

    def read(self, addresses: Sequence[Address]) -> Mapping[Address, Live]:
        """What is at each address. Raises: StoreError."""
        hidden: dict[Address, Text] = {}
        if addresses:
            looks = self._cluster.run(lambda api: self._read(api, addresses), len(addresses))
            self._seen = {at: look for at, look in looks.items() if isinstance(look, Seen)}
            hidden = {at: look for at, look in looks.items() if isinstance(look, Text)}
        nothing = Live(None)
        found = {at: Live(s.content, s.holders) if (s := self._seen.get(at)) else nothing for at in addresses}
        return found | {at: Live(None, unreadable=why) for at, why in hidden.items()}

    def changed(self, addresses: Iterable[Address]) -> dict[tuple[str, str], str]:
        """When what we have at ``addresses`` last changed, by namespace and name, as of the last look."""
        found = ((object_name(at), self._seen.get(at)) for at in addresses)
        return {
            (namespace, name): seen.changed
            for (_, name, namespace), seen in found
            if seen and strangers(seen.content) is None
        }

    async def _read(self, api: Api, addresses: Sequence[Address]) -> dict[Address, Seen | Text]:
        """What there is, and where that may not be known, why."""
        self._cluster.check()
        groups: dict[tuple[str, str], list[Address]] = {}
        for address in addresses:
            kind, name, _ = object_name(address)
            groups.setdefault((kind, name), []).append(address)
        found: dict[Address, Seen | Text] = {}
        for (kind, name), group in groups.items():
            listed = await self._list(api, kind, name) if len(group) > FEW else None
            if listed is None:
                looks = await asyncio.gather(*(self._look(api, address) for address in group))
                found |= {at: look for at, look in zip(group, looks, strict=True) if look}
            else:
                wanted = {object_name(address)[2]: address for address in group}
                found |= {at: self._saw(at, tree) for ns, tree in listed.items() if (at := wanted.get(ns))}
        for gone in addresses:
            if gone not in found:  # the next one there is another one: ours if we make it, even when killed right after
                self._uids.ours.pop(gone, None)
                self._uids.seen.pop(gone, None)
        return found

    async def _list(self, api: Api, kind: str, name: str) -> dict[str, Tree] | None:
        """Every object of that name, by namespace, whoever made it; None: we may not list."""
        version, plural = KINDS[kind]
        found: dict[str, Tree] = {}
        async for first, answer in pages(api, f"/api/{version}/{plural}", {"fieldSelector": f"metadata.name={name}"}):
            if answer.status == 403:
                return None
            if not answer.good:
                raise no_list(kind, answer)
            if first:
                found.clear()
            found |= {tree["metadata"]["namespace"]: tree for tree in answer.tree["items"]}
        return found

    async def _look(self, api: Api, address: Address) -> Seen | Text | None:
        """One object; None: there is none. What we may not know of this one says nothing of the others."""
        answer = await api.send("GET", _path(address))
        if answer.status == 404:
            return None
        return self._saw(address, answer.tree) if answer.good else refused(_where(address), answer)

    async def _look_again(self, api: Api, address: Address) -> Seen | None:
        """One object that could be looked at before. Raises: StoreError."""
        look = await self._look(api, address)
        if isinstance(look, Text):
            raise StoreError(look)
        return look

    def _saw(self, address: Address, tree: Tree) -> Seen:
        seen = read_object(tree, self._owner, self._uids.ours.get(address))
        self._uids.seen[address] = seen.uid
        return seen

    def foresee(self, _container: str, changes: Sequence[Change]) -> Sequence[int]:
        """Nothing is around an object that we would make."""
        return [0 for _ in changes]

    def write(self, _container: str, changes: Sequence[Change]) -> Iterator[Result]:
        """Makes the changes, many at once; each object is whole or as it was, and each result comes when it is known.

        An object that moved is skipped, and no other with it: nobody reads two of them as one.
        """
        for change in changes:
            if change.before == change.after:
                yield Result(change, Outcome.DONE)
        pending = [change for change in changes if change.before != change.after]
        if not pending:
            return
        with Steps() as steps:
            results = self._carry_out_all(pending)
            try:
                while known := steps.run(_next(results)):
                    yield from known
            finally:  # from outside in: the loop by itself would close what is inside first
                steps.run(results.aclose(), last=True)

    async def _carry_out_all(self, changes: Sequence[Change]) -> AsyncGenerator[list[Result], None]:
        """The results, each time all that came meanwhile."""
        arrived: asyncio.Queue[asyncio.Task[Result]] = asyncio.Queue()
        async with self._cluster.connect(len(changes)) as api:
            self._cluster.check()
            tasks = [asyncio.create_task(self._carry_out(api, change)) for change in changes]
            for task in tasks:
                task.add_done_callback(arrived.put_nowait)
            left = len(tasks)
            try:
                while left:
                    known = [(await arrived.get()).result()]
                    while not arrived.empty():
                        known.append(arrived.get_nowait().result())
                    left -= len(known)
                    yield known
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry_out(self, api: Api, change: Change) -> Result:
        try:
            outcome, detail = await (self._delete(api, change) if change.after is None else self._put(api, change))
        except StoreError as error:
            outcome, detail = Outcome.FAILED, error.text
        return Result(change, outcome, detail)

    async def _put(self, api: Api, change: Change) -> Verdict:
        """Applies, on condition that the object is still the one, in the state, that the plan was made from."""
        address, seen = change.address, self._seen.get(change.address)
        made_by = strangers(change.before)
        if made_by is not None and change.reason is not Reason.POLICY:  # adopted: then the ledger knows it
            return Outcome.HELD, Text("cluster.remade", "{address}: not the object that goproxyctl made, but one of "
                                      "{managers}; delete it, and apply again", address=_where(address),
                                      managers=", ".join(made_by))  # fmt: skip
        for _ in range(TRIES):
            if (seen.content if seen else None) != change.before:
                return Outcome.MOVED, _moved(address)
            answer = await self._apply(api, change, seen, take=seen is not None and (self._take or made_by is not None))
            if answer.good:
                return await self._applied(api, change, answer, was_there=seen is not None)
            if answer.status != 409 or _conflicts(answer):
                return _verdict(address, answer)
            before, seen = seen, await self._look_again(api, address)
            if seen and seen.content == change.after and (seen.alone or (before and before.uid == seen.uid)):
                self._uids.ours[address] = seen.uid  # it was done, and the answer got lost
                return Outcome.DONE, None
        return Outcome.MOVED, _moved(address)

    async def _apply(self, api: Api, change: Change, seen: Seen | None, *, take: bool) -> Answer:
        body = manifest(change.address, change.after)
        if seen:
            body["metadata"] |= {"uid": seen.uid, "resourceVersion": seen.version}
        query = {"fieldManager": APPLIER + self._owner, "force": "true" if take else "false"}
        return await api.send("PATCH", _path(change.address), query, body, APPLY)

    async def _applied(self, api: Api, change: Change, answer: Answer, *, was_there: bool) -> Verdict:
        """What an apply that was carried out means: another one's object, or another one's fields, may be there too."""
        address = change.address
        seen = read_object(answer.tree, self._owner, None)
        if not was_there and answer.status != 201 and not seen.alone:
            # apply cannot say "only if nothing is there": what we added to another one's object goes again
            await self._apply(api, change._replace(after=None), seen._replace(version=""), take=False)
            return Outcome.MOVED, _moved(address)
        self._uids.ours[address] = seen.uid
        if seen.content != change.after:
            others = sorted({entry["manager"] for entry in answer.tree["metadata"]["managedFields"]})
            return Outcome.HELD, Text(
                "cluster.added", "{address}: what goproxyctl states is there, and more that it did not put there; take "
                "that away (written by: {managers})", address=_where(address), managers=", ".join(others),
            )  # fmt: skip
        return Outcome.DONE, None

    async def _delete(self, api: Api, change: Change) -> Verdict:
        address, seen = change.address, self._seen.get(change.address)
        for _ in range(TRIES):
            if seen is None:
                self._uids.ours.pop(address, None)
                return Outcome.DONE, None
            if seen.content != change.before:
                break
            answer = await self._take_away(api, change, seen)
            if answer.good or answer.status == 404:
                seen = None
            elif answer.status == 409:
                seen = await self._look_again(api, address)
            else:
                return _verdict(address, answer)
        return Outcome.MOVED, _moved(address)

    async def _take_away(self, api: Api, change: Change, seen: Seen) -> Answer:
        """Deletes this very state of the object; where others declare a part of it, only what we declare goes."""
        if seen.shared:
            return await self._apply(api, change, seen, take=False)
        body = {"preconditions": {"uid": seen.uid, "resourceVersion": seen.version}}
        return await api.send("DELETE", _path(change.address), body=body)


async def _next(results: AsyncIterator[list[Result]]) -> list[Result] | None:
    return await anext(results, None)


def _path(address: Address) -> str:
    kind, name, namespace = object_name(address)
    version, plural = KINDS[kind]
    return f"/api/{version}/namespaces/{quote(namespace, safe='')}/{plural}/{quote(name, safe='')}"


def _where(address: Address) -> str:
    _, name, namespace = object_name(address)
    return f"{namespace}/{name}"


def _moved(address: Address) -> Text:
    return Text("store.moved", "{path}: it was changed since the plan; run again", path=_where(address))


def _conflicts(answer: Answer) -> list[tuple[str, str]]:
    """Each field that somebody else holds, and who does. Source: k8s.io/apimachinery, FieldManagerConflict."""
    causes = [cause for cause in answer.causes if cause.get("reason") == "FieldManagerConflict"]
    names = [re.search(r'conflict with "([^"]*)"', cause.get("message", "")) for cause in causes]
    return [(cause.get("field", ""), name[1] if name else "?") for cause, name in zip(causes, names, strict=True)]


def _verdict(address: Address, answer: Answer) -> Verdict:
    """What a refusal means. Source: k8s.io/api/core/v1, NamespaceTerminatingCause."""
    where = _where(address)
    if found := _conflicts(answer):
        held = ", ".join(f"{field} ({holder})" for field, holder in found)
        return Outcome.HELD, Text(
            "cluster.conflict", "{address}: others hold {fields}; let them give these up, or take them with "
            "--take-fields", address=where, fields=held,
        )  # fmt: skip
    if any(cause.get("reason") == "NamespaceTerminating" for cause in answer.causes):
        return Outcome.FAILED, Text("cluster.terminating", "{address}: the namespace is being deleted; take it out of "
                                    "the policy", address=where)  # fmt: skip
    if answer.status == 404:
        return Outcome.FAILED, Text("cluster.no-namespace", "{address}: there is no such namespace; create it first",
                                    address=where)  # fmt: skip
    return Outcome.FAILED, refused(where, answer)
