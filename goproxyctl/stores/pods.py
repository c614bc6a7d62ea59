"""The pods of a cluster: who still runs values that the cluster no longer has."""

import asyncio
from collections.abc import Mapping
from typing import Any

from goproxyctl.formats.kubepod import Old, OldPods, Workload, old_since, workload
from goproxyctl.stores.cluster import Answer, Api, Cluster
from goproxyctl.stores.listing import FEW, no_list, pages

#: Lists of pods that are read at once: a page of them takes much more than one of ConfigMaps.
_AT_ONCE = 4
#: Source: kubernetes.io, field selectors: the phases whose pods run nothing any more.
_QUERY = {"fieldSelector": "status.phase!=Succeeded,status.phase!=Failed"}

#: When each ConfigMap changed, by namespace and name.
Changed = Mapping[tuple[str, str], str]


def find_old_pods(cluster: Cluster, changed: Changed) -> OldPods:
    """The workloads with containers that started before the ConfigMaps they read changed. Raises: StoreError."""
    if not changed:
        return OldPods(())
    return cluster.run(lambda api: _find(api, changed))


async def _find(api: Api, changed: Changed) -> OldPods:
    """Of every namespace in one list where they are many and that is allowed, else of one after the other."""
    namespaces = sorted({namespace for namespace, _ in changed})
    if len(namespaces) > FEW:
        found, refusal = await _among(api, "/api/v1/pods", changed)
        if refusal is None:
            return OldPods(found)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def of(namespace: str) -> tuple[tuple[Old, ...], Answer | None]:
        async with gate:
            return await _among(api, f"/api/v1/namespaces/{namespace}/pods", changed)

    looks = dict(zip(namespaces, await asyncio.gather(*map(of, namespaces)), strict=True))
    refusals = {namespace: refusal for namespace, (_, refusal) in looks.items() if refusal}
    why = next((refusal.message for refusal in refusals.values()), "")
    return OldPods(tuple(old for found, _ in looks.values() for old in found), tuple(refusals), why)


async def _among(api: Api, path: str, changed: Changed) -> tuple[tuple[Old, ...], Answer | None]:
    """What is old in a list of pods, and the answer that denies the list. Nothing is kept of a page but that."""
    counts: dict[Workload, tuple[int, str]] = {}
    async for first, answer in pages(api, path, _QUERY):
        if answer.status == 403:
            return (), answer
        if not answer.good:
            raise no_list("Pod", answer)
        if first:
            counts.clear()
        _count(answer.tree["items"], changed, counts)
    return tuple(Old(whose, *counts[whose]) for whose in sorted(counts)), None


def _count(pods: list[Any], changed: Changed, counts: dict[Workload, tuple[int, str]]) -> None:
    for pod in pods:
        if since := old_since(pod, changed):
            whose = workload(pod)
            count, earliest = counts.get(whose, (0, since))
            counts[whose] = count + 1, min(since, earliest)
