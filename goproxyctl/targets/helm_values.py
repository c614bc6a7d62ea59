"""helm-values: values for a chart, so that what it starts has the variables."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import CA_FILE, PosixFile, Target
from goproxyctl.targets.gitlab_ci import YamlPath
from goproxyctl.targets.kubernetes import ObjectName

ValuePath = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,62}(\.[A-Za-z_][A-Za-z0-9_-]{0,62}){0,9}$",
        examples=["extraEnv", "runner.extraEnvVars"],
    ),
]


class HelmValues(Target):
    """A values file for ``helm -f``, beside the ones that people write: Helm merges mappings, and replaces lists."""

    #: Source: charts may run values through tpl ({{ X }}); the kubelet expands $(X) in env; Flux postBuild ${X}.
    expands: ClassVar[tuple[str, ...]] = ("$(", "${", "{{")

    kind: Literal["helm-values"] = Field(description="A values file for a Helm chart, with the variables in its shape.")
    path: YamlPath = Field(
        description="The file, relative to the policy; it ends with .yml or .yaml.",
        examples=["helm/goproxy-values.yaml"],
    )
    at: ValuePath = Field(description="Where the chart wants them: the names of the values, with dots between them.")
    form: Literal["list", "map", "env-from"] = Field(
        default="list",
        description="How the chart wants them: names with values, a mapping, or a reference to the ConfigMap.",
    )
    configmap: ObjectName = Field(
        default="goproxy-env", description="The ConfigMap that env-from refers to; another target makes it."
    )
    ca_file: PosixFile | None = Field(default=None, description=CA_FILE)

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file: ASCII, LF."""
        values = self._values(self.checked(intent.variables(self.ca_file)))
        for name in reversed(self.at.split(".")):
            values = {name: values}
        text = self.text("helm-values.yaml.j2", intent, path=self.path, values=values)
        yield Resource(Address(Place.FILE, self.path), text.encode("ascii"), intent.target)

    def _values(self, variables: dict[str, str]) -> Any:
        if self.form == "map":
            return variables
        if self.form == "list":
            return [{"name": name, "value": value} for name, value in variables.items()]
        return [{"configMapRef": {"name": self.configmap}}]
