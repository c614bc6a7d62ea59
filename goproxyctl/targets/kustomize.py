"""kustomize: a component that gives an overlay the ConfigMap, and containers the variables in it."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import CA_FILE, PosixFile, Target, in_folder
from goproxyctl.targets.kubernetes import Labels, Namespace, ObjectName, object_labels

ComponentPath = Annotated[
    str,
    Field(
        pattern=in_folder(r"kustomization\.ya?ml"), max_length=1000, examples=["kustomize/goproxy/kustomization.yaml"]
    ),
]
_ENV, _PATCH = "goproxy.env", "inject.yaml"
#: What has its pods at spec.template; a CronJob does not.
_WORKLOADS = "DaemonSet|Deployment|Job|StatefulSet"


class Kustomize(Target):
    """A component for `components:`, in a folder of its own."""

    #: Source: Flux postBuild ${X} and legacy vars of kustomize $(X): both work on what kustomize has built.
    expands: ClassVar[tuple[str, ...]] = ("$(", "${")
    language: ClassVar[str] = "txt"

    kind: Literal["kustomize"] = Field(description="A component of kustomize: the ConfigMap, and who gets it.")
    path: ComponentPath = Field(
        default="kustomize/goproxy/kustomization.yaml",
        description="The component, relative to the policy, in a folder of its own.",
    )
    configmap: ObjectName = Field(
        default="goproxy-env",
        description="The name of the ConfigMap; kustomize adds a hash of its content, here and wherever it is named.",
    )
    containers: tuple[Namespace, ...] = Field(
        default=(),
        description="The containers that get the variables; each must exist in every workload that is selected.",
        examples=[["build"]],
    )
    selector: Labels = Field(
        default={"goproxy": "enabled"}, description="The labels of the workloads with these containers."
    )
    ca_file: PosixFile | None = Field(default=None, description=CA_FILE)

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The component, the variables, and the patch where containers are named: ASCII, LF."""
        variables = self.checked(intent.variables(self.ca_file))
        folder = self.path.rpartition("/")[0]
        component = self.text("kustomize.yaml.j2", intent, folder=folder or ".", documents=[self._component(intent)])
        yield self._file(self.path, component, intent)
        yield self._file(_beside(folder, _ENV), self.text("kustomize.txt.j2", intent, variables=variables), intent)
        if self.containers:
            patch = self.text("kustomize.yaml.j2", intent, folder=folder or ".", documents=[self._patch(variables)])
            yield self._file(_beside(folder, _PATCH), patch, intent)

    @staticmethod
    def _file(path: str, text: str, intent: Intent) -> Resource:
        return Resource(Address(Place.FILE, path), text.encode("ascii"), intent.target)

    def _component(self, intent: Intent) -> dict[str, Any]:
        """A generator's name gets a hash, so a new value is a new ConfigMap, and workloads roll out by themselves."""
        target = {
            "kind": _WORKLOADS,
            "labelSelector": ",".join(f"{name}={value}" for name, value in sorted(self.selector.items())),
        }
        return {
            "apiVersion": "kustomize.config.k8s.io/v1alpha1",
            "kind": "Component",
            "configMapGenerator": [
                {"name": self.configmap, "envs": [_ENV], "options": {"labels": object_labels(intent)}}
            ],
            **({"patches": [{"path": _PATCH, "target": target}]} if self.containers else {}),
        }

    def _patch(self, variables: dict[str, str]) -> dict[str, Any]:
        """Variables one by one, for lists of `env` are merged by name, and a list of `envFrom` would be replaced.

        Source: kubernetes/api core/v1 types.go, Container: Env has a patchMergeKey, EnvFrom none. Kind and name are
        those of each workload that the target of the patch selects.
        """
        env = [
            {"name": name, "valueFrom": {"configMapKeyRef": {"name": self.configmap, "key": name}}}
            for name in variables
        ]
        containers = [{"name": name, "env": env} for name in sorted(set(self.containers))]
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "selected"},
            "spec": {"template": {"spec": {"containers": containers}}},
        }


def _beside(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
