"""Pods as readers of ConfigMaps: what their containers were started with, and to which workload they belong."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Tree = Mapping[str, Any]

#: Source: kubectl rollout restart: what it takes, of this API group.
_RESTARTED = frozenset({"DaemonSet", "Deployment", "StatefulSet"})
_APPS = "apps/"
#: Source: k8s.io/api/apps/v1, DefaultDeploymentUniqueLabelKey.
_HASH = "pod-template-hash"

#: A name that a shell takes as it is. What owns a pod is only said in the pod: the API server does not look at it.
_PLAIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")

_CONTAINERS = (("containers", "containerStatuses"), ("initContainers", "initContainerStatuses"))


class Workload(NamedTuple):
    """What a pod belongs to, or the pod itself. ``apps``: whether the kind is one of Kubernetes' own group of apps."""

    namespace: str
    kind: str
    name: str
    apps: bool = False

    @property
    def restart(self) -> str | None:
        """The command that starts its pods anew; None where there is none."""
        plain = _PLAIN.fullmatch(self.name)
        if not self.apps or self.kind not in _RESTARTED or not plain:
            return None
        return f"kubectl rollout restart {self.kind.lower()}/{self.name} -n {self.namespace}"


class Old(NamedTuple):
    """A workload that runs older values than the cluster has: how many of its pods do, and since when.

    Units: ``since`` as `kubeobject.Seen.changed`.
    """

    workload: Workload
    pods: int
    since: str


class OldPods(NamedTuple):
    """What was found, in order.

    ``unseen``: the namespaces whose pods we may not list, and ``why``, in the server's words.
    """

    found: tuple[Old, ...]
    unseen: tuple[str, ...] = ()
    why: str = ""


def old_since(pod: Tree, changed: Mapping[tuple[str, str], str]) -> str | None:
    """Since when a running container of ``pod`` has old values; None: it has none.

    ``changed``: when each ConfigMap last changed, by namespace and name. A container that started within the second of
    the change counts as old, for times are whole seconds: a needless restart is over soon, one that nobody is told of
    never comes.
    """
    namespace = pod["metadata"]["namespace"]
    reads = ((changed.get((namespace, name), ""), started) for name, started in _readings(pod))
    return min((since for since, started in reads if started <= since), default=None)


def _readings(pod: Tree) -> Iterator[tuple[str, str]]:
    """The ConfigMaps that running containers read, each with the time of that.

    Source: kubernetes.io, pod lifecycle: a container gets its environment when it starts, a restarted one a fresh one;
    one that waits has none yet, and one that ended runs nothing any more. A pod that is being deleted is on its way.
    """
    status = pod.get("status") or {}
    if "deletionTimestamp" in pod["metadata"] or status.get("phase") in {"Succeeded", "Failed"}:
        return
    for group, statuses in _CONTAINERS:
        states = {told["name"]: told.get("state") or {} for told in status.get(statuses) or ()}
        for container in pod["spec"].get(group) or ():
            state = states.get(container["name"])
            started = status.get("startTime") if not state else (state.get("running") or {}).get("startedAt")
            if started:
                yield from ((name, started) for name in _named(container))


def _named(container: Tree) -> Iterator[str]:
    """The ConfigMaps that become the environment of a container, whole or in part. An optional one is one too."""
    for source in container.get("envFrom") or ():
        if reference := source.get("configMapRef"):
            yield reference.get("name", "")
    for variable in container.get("env") or ():
        if reference := (variable.get("valueFrom") or {}).get("configMapKeyRef"):
            yield reference.get("name", "")


def workload(pod: Tree) -> Workload:
    """What controls the pod: a Deployment in place of its ReplicaSet; the pod itself where nothing does.

    Source: k8s.io/kubernetes, pkg/controller/deployment/sync.go: the name of a ReplicaSet is that of the Deployment, a
    dash, and the hash that its pods carry as a label. Which CronJob a Job is of, no pod says.
    """
    metadata = pod["metadata"]
    namespace = metadata["namespace"]
    owner = next((one for one in metadata.get("ownerReferences") or () if one.get("controller")), None)
    if owner is None:
        return Workload(namespace, "Pod", metadata["name"])
    kind, name, apps = owner["kind"], owner["name"], owner["apiVersion"].startswith(_APPS)
    end = "-" + (metadata.get("labels") or {}).get(_HASH, "")
    if apps and kind == "ReplicaSet" and end != "-" and name.endswith(end):
        kind, name = "Deployment", name.removesuffix(end)
    return Workload(namespace, kind, name, apps)
