"""configmap: manifests of ConfigMaps, one for each namespace."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import CA_FILE, PosixFile, Target
from goproxyctl.targets.gitlab_ci import YamlPath

#: Source: kubernetes.io, object names: RFC 1123 label and subdomain.
Namespace = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", examples=["team-a"])]
ObjectName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$",
        max_length=253,
        examples=["goproxy-env"],
    ),
]


class ConfigMap(Target):
    """Manifests of ConfigMaps for `envFrom`, one for each namespace, in one file."""

    #: Source: kustomize vars $(X), Flux postBuild ${X}, Helm {{ X }}: all work on the text of manifests.
    expands: ClassVar[tuple[str, ...]] = ("$(", "${", "{{")

    kind: Literal["configmap"] = Field(description="Manifests of ConfigMaps for envFrom, one for each namespace.")
    path: YamlPath = Field(
        description="The file, relative to the policy; it ends with .yml or .yaml.", examples=["manifests/goproxy.yaml"]
    )
    namespaces: tuple[Namespace, ...] = Field(
        min_length=1,
        description="The namespaces that get the ConfigMap, each once.",
        examples=[["team-a", "team-b"]],
    )
    configmap: ObjectName = Field(
        default="goproxy-env", description="The name of the ConfigMap, as envFrom.configMapRef.name says it."
    )
    ca_file: PosixFile | None = Field(default=None, description=CA_FILE)

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file: ASCII, LF, a document for each namespace in order of name."""
        variables = self.checked(intent.variables(self.ca_file))
        text = self.text(
            "configmap.yaml.j2",
            intent,
            owner=intent.owner,
            configmap=self.configmap,
            namespaces=sorted(self.namespaces),
            variables=tuple(variables.items()),
        )
        yield Resource(Address(Place.FILE, self.path), text.encode("ascii"), intent.target)
