"""What a user of the API server may do, and how much of it at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.kube import Kube


def grant(kube: Kube, namespace: str, verbs: Sequence[str], *resources: str) -> None:
    """Lets the member do that with ConfigMaps of a namespace, and with resources of other kinds."""
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}"
    rules = [{"apiGroups": [""], "resources": ["configmaps", *resources], "verbs": list(verbs)}]
    kube.ask("POST", f"{path}/roles", {"metadata": {"name": "member"}, "rules": rules})
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "member"}
    subjects = [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "member"}]
    kube.ask(
        "POST", f"{path}/rolebindings", {"metadata": {"name": "member"}, "roleRef": reference, "subjects": subjects}
    )


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
