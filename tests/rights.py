"""What a user of the API server may do, and how much of it at once."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.fleet import Fleet
from tests.kube import Kube


def grant(fleet: Fleet, namespace: str, verbs: Sequence[str], *resources: str) -> None:
    """Lets the fleet's member do that with ConfigMaps of a namespace, and with resources of other kinds.

    When it returns, the server goes by it: what authorizes learns of a rule later than who wrote it.
    """
    kube, user, group = fleet.kube, fleet.member, "rbac.authorization.k8s.io"
    path = f"/apis/{group}/v1/namespaces/{namespace}"
    rules = [{"apiGroups": [""], "resources": ["configmaps", *resources], "verbs": list(verbs)}]
    role = kube.ask("POST", f"{path}/roles", {"metadata": {"name": user}, "rules": rules})
    binding = {
        "metadata": {"name": user},
        "roleRef": {"apiGroup": group, "kind": "Role", "name": user},
        "subjects": [{"apiGroup": group, "kind": "User", "name": user}],
    }
    bound = kube.ask("POST", f"{path}/rolebindings", binding)
    assert (role.status, bound.status) == (201, 201), (role.tree, bound.tree)
    deadline = time.monotonic() + 60
    while not _may(kube, user, namespace, verbs[-1]):
        assert time.monotonic() < deadline, f"{user} may still not {verbs[-1]} in {namespace}"
        time.sleep(0.05)


def _may(kube: Kube, user: str, namespace: str, verb: str) -> bool:
    attributes = {"namespace": namespace, "verb": verb, "resource": "configmaps"}
    review = {"spec": {"user": user, "resourceAttributes": attributes}}
    said = kube.ask("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
    return said.tree["status"]["allowed"] is True


@contextmanager
def throttle(kube: Kube, user: str) -> Iterator[None]:
    """The least share of the server for a user, and 429 for what goes beyond it. Source: API priority and fairness."""
    groups = kube.ask("GET", "/apis/flowcontrol.apiserver.k8s.io").tree
    path = f"/apis/{groups['preferredVersion']['groupVersion']}"
    shares = "assuredConcurrencyShares" if "beta1" in path or "beta2" in path else "nominalConcurrencyShares"
    limited = {"limitResponse": {"type": "Reject"}, shares: 1}
    everything = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"], "namespaces": ["*"], "clusterScope": True}
    rule = {"subjects": [{"kind": "User", "user": {"name": user}}], "resourceRules": [everything]}
    level = {"metadata": {"name": "least"}, "spec": {"type": "Limited", "limited": limited}}
    schema = {"metadata": {"name": "least"}, "spec": {"matchingPrecedence": 2, "rules": [rule],
              "priorityLevelConfiguration": {"name": "least"}}}  # fmt: skip
    assert kube.ask("POST", f"{path}/prioritylevelconfigurations", level).status == 201
    assert kube.ask("POST", f"{path}/flowschemas", schema).status == 201
    try:
        yield
    finally:
        for name in ("flowschemas", "prioritylevelconfigurations"):
            kube.ask("DELETE", f"{path}/{name}/least")
