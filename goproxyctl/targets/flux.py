"""flux: the source and the Kustomization that bring rendered manifests into the cluster."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import Name, Target
from goproxyctl.targets.gitlab_ci import YamlPath
from goproxyctl.targets.gitops import GitFolder, GitRevision, SourceUrl
from goproxyctl.targets.kubernetes import object_labels

Duration = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}(s|m|h)$", examples=["10m"])]


class Flux(Target):
    """Manifests for Flux: a GitRepository or an OCIRepository, and a Kustomization that applies a folder of it."""

    kind: Literal["flux"] = Field(description="A GitRepository or OCIRepository with a Kustomization, for Flux.")
    path: YamlPath = Field(
        description="The file, relative to the policy; outside the folder that Flux applies.",
        examples=["flux/goproxy.yaml"],
    )
    url: SourceUrl = Field(description="The git repository or OCI artifact that holds the rendered manifests.")
    revision: GitRevision = Field(default="main", description="The branch of a repository, or the tag of an artifact.")
    folder: GitFolder = Field(default="manifests", description="The folder of the source that is applied.")
    secret: Name | None = Field(
        default=None,
        description="The Secret, in the same namespace, with which Flux reads the source.",
        examples=["goproxy-source"],
    )
    account: Name | None = Field(
        default=None,
        description="The account that Flux applies as; without it, whatever Flux itself may do.",
        examples=["goproxy-writer"],
    )
    interval: Duration = Field(default="10m", description="How often Flux compares.")
    lend: bool = Field(default=False, description="Whether a failover may move GOPROXY in the ConfigMaps.")
    prune: bool = Field(default=True, description="Whether manifests that go from the source go from the cluster.")
    flux_namespace: Name = Field(default="flux-system", description="The namespace of both objects.")

    @property
    def carries_trust(self) -> bool:
        """It states no settings, so it leaves no reader without them."""
        return True

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file: ASCII, LF; the source comes first."""
        documents = [self._source(intent), self._kustomization(intent)]
        text = self.text("flux.yaml.j2", intent, documents=documents)
        yield Resource(Address(Place.FILE, self.path), text.encode("ascii"), intent.target)

    @property
    def _source_kind(self) -> str:
        return "OCIRepository" if self.url.startswith("oci://") else "GitRepository"

    def _metadata(self, intent: Intent) -> dict[str, Any]:
        return {
            "name": f"goproxy-{intent.owner}",
            "namespace": self.flux_namespace,
            "labels": object_labels(intent),
        }

    def _source(self, intent: Intent) -> dict[str, Any]:
        named = "tag" if self._source_kind == "OCIRepository" else "branch"
        return {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": self._source_kind,
            "metadata": self._metadata(intent),
            "spec": {
                "interval": self.interval,
                "url": self.url,
                "ref": {named: self.revision},
                **({"secretRef": {"name": self.secret}} if self.secret else {}),
            },
        }

    def _kustomization(self, intent: Intent) -> dict[str, Any]:
        """No substitutions, nothing forced; what was applied stays when the Kustomization itself is deleted."""
        lent = [{"paths": ["/data/GOPROXY"], "target": {"kind": "ConfigMap"}}]
        return {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": self._metadata(intent),
            "spec": {
                "interval": self.interval,
                "retryInterval": "1m",
                "timeout": "5m",
                "sourceRef": {"kind": self._source_kind, "name": f"goproxy-{intent.owner}"},
                "path": f"./{self.folder}",
                "prune": self.prune,
                "deletionPolicy": "Orphan",
                "wait": True,
                "force": False,
                **({"serviceAccountName": self.account} if self.account else {}),
                **({"ignore": lent} if self.lend else {}),
            },
        }
