"""kyverno: an admission policy: the ConfigMap for new namespaces, its variables for pods that ask for them."""

import json
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field

from goproxyctl.formats.yamltext import block
from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import CA_FILE, PosixFile, Target
from goproxyctl.targets.gitlab_ci import YamlPath
from goproxyctl.targets.kubernetes import (
    SYSTEM_NAMES,
    SYSTEM_PREFIXES,
    Labels,
    Namespaces,
    ObjectName,
    Selector,
    cluster_name,
    label_selector,
    object_labels,
)

_NATIVE = "admissionregistration.k8s.io/v1"
#: What the API server would fill into a rule: unsaid, Argo CD would see it as drift for ever.
#: Source: kyverno.io_clusterpolicies.yaml; github.com/kyverno/policies/issues/896.
_STATED = {"skipBackgroundRequests": True}
#: The lists of containers that a pod may be created with.
_LISTS = ("containers", "initContainers")


class Kyverno(Target):
    """A ClusterPolicy of Kyverno, or the MutatingAdmissionPolicy that the API server itself carries out."""

    #: Source: kyverno.io, variables: {{ X }} and $(X) are replaced wherever they stand in a policy.
    expands: ClassVar[tuple[str, ...]] = ("$(", "${", "{{")

    kind: Literal["kyverno"] = Field(
        description="An admission policy: the ConfigMap for new namespaces, its variables for pods that ask for them."
    )
    path: YamlPath = Field(
        description="The file, relative to the policy; it ends with .yml or .yaml.", examples=["manifests/kyverno.yaml"]
    )
    engine: Literal["kyverno", "native"] = Field(
        default="kyverno",
        description="Who carries it out: Kyverno, or the API server from Kubernetes 1.36 on (native), which changes "
        "pods but makes no ConfigMaps: for these there is the kind configmap.",
    )
    namespaces: Namespaces = Field(
        description="The namespaces that it is about: their names, or match, the labels that they have.",
        examples=[{"match": {"team": "go"}}, {"match": "all", "except": ["sandbox"]}],
    )
    configmap: ObjectName = Field(default="goproxy-env", description="The name of the ConfigMap.")
    selector: Labels = Field(
        default={"goproxy": "enabled"}, description="The labels by which a pod asks for the variables."
    )
    ca_file: PosixFile | None = Field(default=None, description=CA_FILE)

    @property
    def carries_process_settings(self) -> bool:
        """Not natively: it then states no variables, but refers to those that a configmap target states."""
        return self.engine == "kyverno"

    @property
    def carries_trust(self) -> bool:
        """Natively it leaves no reader without them, for it states nothing."""
        return self.engine == "native" or bool(self.ca_file)

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file: ASCII, LF."""
        variables = self.checked(intent.variables(self.ca_file))
        documents = [self._cluster_policy(intent, variables)] if self.engine == "kyverno" else self._native(intent)
        text = self.text("kyverno.yaml.j2", intent, asking=_pairs(self.selector), documents=documents)
        yield Resource(Address(Place.FILE, self.path), text.encode("ascii"), intent.target)

    def _cluster_policy(self, intent: Intent, variables: dict[str, str]) -> dict[str, Any]:
        """The rules are about pods themselves: what Kyverno would derive for Deployments, GitOps would take for drift.

        Source: kyverno.io, auto-generation rules for pod controllers.
        """
        annotations = {"pod-policies.kyverno.io/autogen-controllers": "none"}
        return {
            "apiVersion": "kyverno.io/v1",
            "kind": "ClusterPolicy",
            "metadata": {
                "name": cluster_name(intent),
                "labels": object_labels(intent),
                "annotations": annotations,
            },
            "spec": {"rules": [self._generate(intent, variables), self._mutate()]},
        }

    def _generate(self, intent: Intent, variables: dict[str, str]) -> dict[str, Any]:
        """A ConfigMap stays when the policy goes: pods that refer to it would not start any more without it."""
        return {
            "name": "configmap",
            **_STATED,
            **self._about("Namespace"),
            "generate": {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "name": self.configmap,
                "namespace": "{{request.object.metadata.name}}",
                "generateExisting": True,
                "synchronize": True,
                "orphanDownstreamOnPolicyDelete": True,
                "data": {"metadata": {"labels": object_labels(intent)}, "data": variables},
            },
        }

    def _mutate(self) -> dict[str, Any]:
        foreach = [self._add(name, first=first) for name in _LISTS for first in (True, False)]
        return {"name": "env-from", **_STATED, **self._about("Pod"), "mutate": {"foreach": foreach}}

    def _about(self, kind: Literal["Namespace", "Pod"]) -> dict[str, Any]:
        """Which objects a rule is about. Names of namespaces may be patterns here, so prefixes can be left out.

        No operations for namespaces: in the background, for those that are there already and for new values, Kyverno
        matches without one, and that is in no list.
        Source: kyverno.io, selecting resources: within one entry of `any` everything must hold; kyverno 1.19,
        pkg/engine/utils/match.go, and github.com/kyverno/policies/issues/1123.
        """
        of_pod = kind == "Pod"
        about: dict[str, Any] = {"kinds": [kind]}
        if of_pod:
            about["operations"] = ["CREATE"]
            about["selector"] = {"matchLabels": dict(sorted(self.selector.items()))}
        by_name, by_label = ("namespaces", "namespaceSelector") if of_pod else ("names", "selector")
        if not isinstance(self.namespaces, Selector):
            return {"match": {"any": [{"resources": {**about, by_name: sorted(set(self.namespaces))}}]}}
        if self.namespaces.labels:
            about[by_label] = {"matchLabels": self.namespaces.labels}
        left_out = sorted({*self.namespaces.without, *(_system() if self.namespaces.match == "all" else ())})
        exclude = {"exclude": {"any": [{"resources": {"kinds": [kind], by_name: left_out}}]}} if left_out else {}
        return {"match": {"any": [{"resources": about}]}, **exclude}

    def _add(self, containers: str, *, first: bool) -> dict[str, Any]:
        """Ours comes first in `envFrom`: what a container names itself comes later, and wins.

        A list of `envFrom` would be replaced by a merge, so an entry is added; where there is none yet, the list is.
        """
        entry = self._entry()
        place = f"/spec/{containers}/{{{{elementIndex}}}}/envFrom"
        patch = {"op": "add", "path": place if first else f"{place}/0", "value": [entry] if first else entry}
        conditions = [
            {
                "key": "{{ length(element.envFrom || `[]`) }}",
                "operator": "Equals" if first else "GreaterThan",
                "value": 0,
            },
            {
                "key": self.configmap,
                "operator": "AnyNotIn",
                "value": "{{ element.envFrom[].configMapRef.name || `[]` }}",
            },
        ]
        return {
            "list": f"request.object.spec.{containers} || `[]`",
            "preconditions": {"all": conditions},
            "patchesJson6902": block([patch]) + "\n",
        }

    def _entry(self) -> dict[str, Any]:
        """Not optional: a pod waits for its ConfigMap; without it, go would ask public servers for private modules."""
        return {"configMapRef": {"name": self.configmap}}

    def _native(self, intent: Intent) -> list[dict[str, Any]]:
        metadata = {"name": cluster_name(intent), "labels": object_labels(intent)}
        rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
        spec: dict[str, Any] = {
            "failurePolicy": "Fail",
            "reinvocationPolicy": "IfNeeded",
            "matchConstraints": {
                "namespaceSelector": label_selector(self.namespaces),
                "objectSelector": {"matchLabels": dict(sorted(self.selector.items()))},
                "resourceRules": [rule],
            },
        }
        if isinstance(self.namespaces, Selector) and self.namespaces.match == "all":
            spec["matchConditions"] = [{"name": "not-of-the-system", "expression": _not_system()}]
        spec["mutations"] = [
            {"patchType": "JSONPatch", "jsonPatch": {"expression": self._expression(name)}} for name in _LISTS
        ]
        policy = {"apiVersion": _NATIVE, "kind": "MutatingAdmissionPolicy", "metadata": metadata, "spec": spec}
        binding = {"policyName": metadata["name"]}
        return [
            policy,
            {"apiVersion": _NATIVE, "kind": "MutatingAdmissionPolicyBinding", "metadata": metadata, "spec": binding},
        ]

    def _expression(self, containers: str) -> str:
        """One addition for each container that lacks ours, in CEL; the name holds no character that CEL would read.

        Source: kubernetes.io, mutating admission policy, JSONPatch; two-variable comprehensions from 1.32 on.
        """
        entry = json.dumps(self._entry())
        lines = (
            f"object.spec.?{containers}.orValue([]).transformList(i, c,",
            f'  !c.?envFrom.orValue([]).exists(e, e.?configMapRef.?name.orValue("") == "{self.configmap}"),',
            "  JSONPatch{",
            '    op: "add",',
            f'    path: "/spec/{containers}/" + string(i) + (has(c.envFrom) ? "/envFrom/0" : "/envFrom"),',
            f"    value: has(c.envFrom) ? dyn({entry}) : dyn([{entry}])",
            "  })",
        )
        return "\n".join(lines) + "\n"


def _pairs(labels: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(labels.items()))


def _system() -> tuple[str, ...]:
    return (*(f"{prefix}*" for prefix in SYSTEM_PREFIXES), *SYSTEM_NAMES)


def _not_system() -> str:
    starts = [f"request.namespace.startsWith({json.dumps(prefix)})" for prefix in SYSTEM_PREFIXES]
    return f"!({' || '.join([*starts, f'request.namespace in {json.dumps(list(SYSTEM_NAMES))}'])})"
