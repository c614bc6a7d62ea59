"""secret-ref: a patch that gives containers the netrc of a Secret. No credential passes through here, only its name."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import PosixFile, Target
from goproxyctl.targets.gitlab_ci import YamlPath
from goproxyctl.targets.kubernetes import FileKey, Namespace, ObjectName

Workload = Literal["CronJob", "DaemonSet", "Deployment", "Job", "StatefulSet"]
_VOLUME = "goproxy-netrc"
#: Units: permission bits; YAML and JSON of Kubernetes write them in decimal. Nobody but the file's user reads it.
_OWNER_READS = 0o400


class SecretRef(Target):
    """A strategic merge patch for kustomize, or for `kubectl patch --patch-file`."""

    kind: Literal["secret-ref"] = Field(
        description="A patch that mounts a Secret with a netrc into containers; it holds the name of the Secret only."
    )
    path: YamlPath = Field(
        description="The file, relative to the policy; it ends with .yml or .yaml.", examples=["kustomize/netrc.yaml"]
    )
    secret: ObjectName = Field(
        default="goproxy-netrc", description="The Secret; something else makes it, External Secrets for example."
    )
    key: FileKey = Field(default="netrc", description="The key in the Secret that holds the netrc.")
    workload: Workload = Field(default="Deployment", description="The kind of workload that is patched.")
    containers: Annotated[tuple[Namespace, ...], Field(min_length=1)] = Field(
        description="The containers that get it; each must exist in every workload that is patched.",
        examples=[["build"]],
    )
    folder: PosixFile = Field(
        default="/etc/goproxy-netrc",
        description="The folder in the container where it is mounted; it hides what is there.",
    )

    @property
    def carries_trust(self) -> bool:
        """It states no settings, so it leaves no reader without them."""
        return True

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file: ASCII, LF."""
        text = self.text("secret-ref.yaml.j2", intent, path=self.path, workload=self.workload, document=self._patch())
        yield Resource(Address(Place.FILE, self.path), text.encode("ascii"), intent.target)

    def _patch(self) -> dict[str, Any]:
        """Without an apiVersion nobody can take the patch for a manifest; kustomize asks for a name, and ignores it."""
        pod: dict[str, Any] = {"spec": {"containers": self._containers(), "volumes": [self._volume()]}}
        template: dict[str, Any] = {"spec": {"template": pod}}
        spec = {"spec": {"jobTemplate": template}} if self.workload == "CronJob" else template
        return {"kind": self.workload, "metadata": {"name": "selected"}, **spec}

    def _containers(self) -> list[dict[str, Any]]:
        """NETRC is read by go, not by git, which looks below HOME. Source: golang/go cmd/go/internal/auth/netrc.go."""
        env = [{"name": "NETRC", "value": f"{self.folder}/netrc"}]
        mounts = [{"name": _VOLUME, "mountPath": self.folder, "readOnly": True}]
        return [{"name": name, "env": env, "volumeMounts": mounts} for name in sorted(set(self.containers))]

    def _volume(self) -> dict[str, Any]:
        items = [{"key": self.key, "path": "netrc"}]
        return {
            "name": _VOLUME,
            "secret": {"secretName": self.secret, "defaultMode": _OWNER_READS, "items": items},
        }
