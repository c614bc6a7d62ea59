"""configmap: ConfigMaps, one for each namespace, as manifests or in the cluster itself."""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import CLUSTER, Address, Place, Resource
from goproxyctl.targets.base import CA_FILE, PosixFile, Target, json_content
from goproxyctl.targets.gitlab_ci import YamlPath
from goproxyctl.targets.kubernetes import Namespaces, ObjectName, Selector, chosen, object_labels, suffixed


class ConfigMap(Target):
    """Manifests of ConfigMaps for `envFrom`, one for each namespace, in one file."""

    #: Source: kustomize vars $(X), Flux postBuild ${X}, Helm {{ X }}: all work on the text of manifests.
    expands: ClassVar[tuple[str, ...]] = ("$(", "${", "{{")

    kind: Literal["configmap"] = Field(description="Manifests of ConfigMaps for envFrom, one for each namespace.")
    path: YamlPath | None = Field(
        default=None,
        description="The file, relative to the policy; it ends with .yml or .yaml. Without it, the ConfigMaps "
        "themselves: goproxyctl apply --in cluster writes them.",
        examples=["manifests/goproxy.yaml"],
    )
    namespaces: Namespaces = Field(
        description="The namespaces that get the ConfigMap: their names, or match, the labels that they have; which "
        "have them is said with --facts.",
        examples=[["team-a", "team-b"], {"match": {"team": "go"}}],
    )
    configmap: ObjectName = Field(
        default="goproxy-env",
        max_length=242,
        description="The name of the ConfigMap, as envFrom.configMapRef.name says it.",
    )
    immutable: bool = Field(
        default=False,
        description="Whether nobody can change a ConfigMap once it is there: its name then ends with a hash of the "
        "values, and new values are a new ConfigMap.",
    )
    ca_file: PosixFile | None = Field(default=None, description=CA_FILE)

    @property
    def asks(self) -> bool:
        """Where the namespaces are selected."""
        return isinstance(self.namespaces, Selector)

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file (ASCII, LF, a document for each namespace in order of name), or each ConfigMap in the cluster."""
        variables = self.checked(intent.variables(self.ca_file))
        if self.path is None:
            yield from self._objects(intent, variables)
            return
        text = self.text(
            "configmap.yaml.j2",
            intent,
            owner=intent.owner,
            configmap=self._object_name(variables),
            immutable=self.immutable,
            namespaces=chosen(self.namespaces, intent),
            variables=tuple(variables.items()),
        )
        yield Resource(Address(Place.FILE, self.path), text.encode("ascii"), intent.target)

    def _object_name(self, variables: Mapping[str, str]) -> str:
        return suffixed(self.configmap, variables) if self.immutable else self.configmap

    def _objects(self, intent: Intent, variables: Mapping[str, str]) -> Iterator[Resource]:
        """What `formats.kubeobject` reads of each object: the same for all; their namespaces are in the addresses."""
        stated: dict[str, object] = {"data": dict(variables), "metadata": {"labels": object_labels(intent)}}
        content = json_content(stated | ({"immutable": True} if self.immutable else {}))
        for namespace in chosen(self.namespaces, intent):
            key = ("ConfigMap", self._object_name(variables), namespace)
            yield Resource(Address(Place.KUBERNETES, CLUSTER, key), content, intent.target)
