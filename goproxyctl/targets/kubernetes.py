"""What the kinds for Kubernetes share: names, labels, and which namespaces a target is for."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from goproxyctl.errors import GoproxyctlError
from goproxyctl.intent import Facts, Intent
from goproxyctl.text import Text

#: Source: kubernetes.io, object names: RFC 1123 label and subdomain.
_DNS = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
Namespace = Annotated[str, Field(pattern=rf"^{_DNS}$", examples=["team-a"])]
ObjectName = Annotated[str, Field(pattern=rf"^{_DNS}(\.{_DNS})*$", max_length=253, examples=["goproxy-env"])]
#: A key of a ConfigMap or a Secret, where it becomes the name of a file. Source: kubernetes.io, ConfigMaps.
FileKey = Annotated[str, Field(pattern=r"^\.?[A-Za-z0-9_-][A-Za-z0-9._-]{0,251}$", examples=["ca.crt"])]

#: Source: kubernetes.io, labels: syntax and character set.
_LABEL_KEY = rf"^({_DNS}(\.{_DNS})*/)?[A-Za-z0-9]([A-Za-z0-9._-]{{0,61}}[A-Za-z0-9])?$"
Labels = Annotated[
    dict[
        Annotated[str, Field(pattern=_LABEL_KEY, max_length=317)],
        Annotated[str, Field(pattern=r"^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$")],
    ],
    Field(min_length=1, examples=[{"team": "go"}]),
]

#: What Kubernetes and OpenShift keep for themselves. Source: kubernetes.io, namespaces: "reserved for Kubernetes system
#: namespaces"; docs.openshift.com, project creation: openshift and kube are reserved.
SYSTEM_PREFIXES = ("kube-", "openshift-")
SYSTEM_NAMES = ("openshift",)
#: Those that every cluster has, for selectors that know no prefixes.
KUBE_NAMESPACES = ("kube-node-lease", "kube-public", "kube-system")
#: The label that the API server gives to every namespace. Source: kubernetes.io, "Automatic labelling", from 1.21 on.
NAME_LABEL = "kubernetes.io/metadata.name"


def _form_of_match(value: object) -> str:
    return "<labels>" if isinstance(value, dict) else "<word>"


class Selector(BaseModel):
    """Namespaces by what they are, not by name: which these are is known when somebody looks."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    match: Annotated[
        Annotated[Labels, Tag("<labels>")] | Annotated[Literal["all"], Tag("<word>")], Discriminator(_form_of_match)
    ] = Field(
        description='The labels that a namespace has, all of them; or "all": every namespace, but not those of the '
        "system (kube-*, openshift-*).",
        examples=[{"team": "go"}],
    )
    without: tuple[Namespace, ...] = Field(
        default=(), alias="except", description="Namespaces to leave out, by name.", examples=[["sandbox"]]
    )

    @property
    def labels(self) -> dict[str, str]:
        """The labels to match; none where every namespace is meant."""
        return {} if self.match == "all" else dict(sorted(self.match.items()))

    def takes(self, name: str, labels: Mapping[str, str]) -> bool:
        """Whether a namespace is meant."""
        if name in self.without or (self.match == "all" and is_system(name)):
            return False
        return all(labels.get(label) == value for label, value in self.labels.items())


def _form_of_namespaces(value: object) -> str:
    return "<selector>" if isinstance(value, dict | Selector) else "<names>"


#: The namespaces of a target: their names, or how they are found.
Namespaces = Annotated[
    Annotated[tuple[Namespace, ...], Field(min_length=1), Tag("<names>")] | Annotated[Selector, Tag("<selector>")],
    Discriminator(_form_of_namespaces),
]


def is_namespace(name: str) -> bool:
    """Whether a namespace can be called that; what is told of a cluster becomes a part of paths."""
    return re.fullmatch(_DNS, name) is not None


def is_system(name: str) -> bool:
    """Whether a namespace belongs to the system itself."""
    return name.startswith(SYSTEM_PREFIXES) or name in SYSTEM_NAMES


def chosen(wanted: tuple[str, ...] | Selector, intent: Intent) -> tuple[str, ...]:
    """The names of the namespaces, sorted, each once. Raises: GoproxyctlError when nobody knows which, or none is."""
    if not isinstance(wanted, Selector):
        return tuple(sorted(set(wanted)))
    if intent.facts is None:
        raise GoproxyctlError(
            Text(
                "target.no-facts",
                "target {target!r}: which namespaces it selects is a fact of the cluster; add --facts FILE, made by "
                "kubectl get namespaces -o json",
                target=intent.target,
            )
        )
    found = _matching(wanted, intent.facts)
    if not found:
        raise GoproxyctlError(
            Text(
                "target.no-namespace",
                "target {target!r}: of {count} namespaces none is selected; correct namespaces.match, or look again",
                target=intent.target,
                count=len(intent.facts.namespaces),
            )
        )
    return found


def _matching(wanted: Selector, facts: Facts) -> tuple[str, ...]:
    if facts.supposed:
        return ("example",)
    return tuple(sorted(name for name, labels in facts.namespaces.items() if wanted.takes(name, labels)))


def label_selector(wanted: tuple[str, ...] | Selector) -> dict[str, Any]:
    """The same choice as a label selector of the API.

    That knows no prefixes: of ``match: all`` it leaves out only the system namespaces that every cluster has.
    """
    if not isinstance(wanted, Selector):
        return {"matchExpressions": [{"key": NAME_LABEL, "operator": "In", "values": sorted(set(wanted))}]}
    left_out = {*wanted.without, *(KUBE_NAMESPACES if wanted.match == "all" else ())}
    selector: dict[str, Any] = {"matchLabels": wanted.labels} if wanted.labels else {}
    if left_out:
        selector["matchExpressions"] = [{"key": NAME_LABEL, "operator": "NotIn", "values": sorted(left_out)}]
    return selector


def object_labels(intent: Intent, name: str = "goproxy-env") -> dict[str, str]:
    """The labels that say whose an object is. Source: kubernetes.io, recommended labels."""
    return {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/managed-by": "goproxyctl",
        "app.kubernetes.io/part-of": intent.owner,
    }


def suffixed(name: str, values: Mapping[str, str]) -> str:
    """``name`` with a suffix that is another one for other values, so that an immutable object never has to change."""
    content = json.dumps(values, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:10]}"


def cluster_name(intent: Intent) -> str:
    """The name of an object that belongs to no namespace, at most 63 characters long, as the value of a label is."""
    name = f"goproxyctl-{intent.owner}-{intent.target}".replace(".", "-")
    return name if len(name) <= 63 else f"{name[:52]}-{hashlib.sha256(name.encode()).hexdigest()[:10]}"
