"""argocd: the AppProject, and the Application or ApplicationSet, that bring rendered manifests into clusters."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import Name, Target
from goproxyctl.targets.gitlab_ci import YamlPath
from goproxyctl.targets.gitops import GitFolder, GitRevision, GitUrl
from goproxyctl.targets.kubernetes import Labels, object_labels

_API = "argoproj.io/v1alpha1"
#: The cluster that Argo CD itself runs in.
_HERE = "https://kubernetes.default.svc"
_WRITER = r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$"

NamespaceGlob = Annotated[str, Field(pattern=r"^[a-z0-9*]([a-z0-9*-]{0,61}[a-z0-9*])?$", examples=["team-*"])]
#: A kind of Kubernetes and its group, as kubectl writes them.
KindName = Annotated[
    str,
    Field(pattern=r"^[A-Z][A-Za-z0-9]{0,62}(\.[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)?$", examples=["Policy.kyverno.io"]),
]


class ArgoCD(Target):
    """Manifests for Argo CD: what it may do (AppProject), and what it does (Application or ApplicationSet)."""

    kind: Literal["argocd"] = Field(
        description="An AppProject with an Application, or an ApplicationSet over clusters and folders, for Argo CD."
    )
    path: YamlPath = Field(
        description="The file, relative to the policy; outside the folder that Argo CD syncs.",
        examples=["argocd/goproxy.yaml"],
    )
    repo: GitUrl = Field(description="The git repository that holds the rendered manifests.")
    revision: GitRevision = Field(default="main", description="The branch, tag or commit that is synced.")
    folder: GitFolder = Field(default="manifests", description="The folder of the repository that is synced.")
    namespaces: tuple[NamespaceGlob, ...] = Field(
        min_length=1,
        description="The namespaces that the project may write into; a star stands for anything.",
        examples=[["team-*"]],
    )
    clusters: Labels | None = Field(
        default=None,
        description="Labels of the clusters, registered with Argo CD, that get an Application each; "
        "without any it is the cluster that Argo CD runs in.",
        examples=[{"goproxy": "enabled"}],
    )
    split: bool = Field(default=False, description="An Application for each folder below `folder`.")
    plugin: Name | None = Field(
        default=None,
        description="The config management plugin that renders the folder of a policy; without it, manifests are read.",
        examples=["goproxyctl"],
    )
    kinds: tuple[KindName, ...] = Field(
        default=("ConfigMap",),
        description="The kinds in namespaces that the project may write; none but these.",
        examples=[["ConfigMap", "Policy.kyverno.io"]],
    )
    cluster_kinds: tuple[KindName, ...] = Field(
        default=(),
        description="The kinds outside namespaces that the project may write.",
        examples=[["ClusterPolicy.kyverno.io"]],
    )
    lend: bool = Field(default=False, description="Whether a failover may move GOPROXY in the ConfigMaps.")
    left_to: tuple[Annotated[str, Field(pattern=_WRITER)], ...] = Field(
        default=(), description="Field managers whose fields are left alone.", examples=[["my-operator"]]
    )
    prune: bool = Field(default=True, description="Whether manifests that go from git go from the cluster.")
    wave: int = Field(
        default=-10, ge=-1000, le=1000, description="The sync wave, before that of the workloads.", examples=[-10]
    )
    argocd_namespace: Name = Field(default="argocd", description="The namespace that Argo CD runs in.")

    @property
    def carries_trust(self) -> bool:
        """It states no settings, so it leaves no reader without them."""
        return True

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file: ASCII, LF; the project comes before what belongs to it."""
        documents = [self._project(intent), self._set(intent) if self.clusters or self.split else self._single(intent)]
        text = self.text("argocd.yaml.j2", intent, namespace=self.argocd_namespace, documents=documents)
        yield Resource(Address(Place.FILE, self.path), text.encode("ascii"), intent.target)

    def _named(self, intent: Intent, wave: int) -> dict[str, Any]:
        annotations = {"argocd.argoproj.io/sync-wave": str(wave)}
        return {"name": _name(intent), "namespace": self.argocd_namespace, "labels": object_labels(intent),
                "annotations": annotations}  # fmt: skip

    def _project(self, intent: Intent) -> dict[str, Any]:
        """What the Applications may do, each thing once: Argo CD refuses a project that says one twice.

        Clusters are allowed by address: Argo CD 2 compares no names where an Application says the address. An
        Application of ours names no namespace, for its manifests do; that is one with an empty name, to be allowed too.
        Source: argo-cd, app_project_types.go, ValidateProject and IsDestinationPermitted; argo-cd issue 11510.
        """
        server = "*" if self.clusters else _HERE
        names = {*self.namespaces, *(() if "*" in self.namespaces else ("",))}
        return {
            "apiVersion": _API,
            "kind": "AppProject",
            "metadata": self._named(intent, self.wave - 1),
            "spec": {
                "description": f"Module settings of go for {intent.owner}",
                "sourceRepos": [self.repo],
                "destinations": [{"server": server, "namespace": name} for name in sorted(names)],
                "clusterResourceWhitelist": [_group_kind(kind) for kind in sorted(set(self.cluster_kinds))],
                "namespaceResourceWhitelist": [_group_kind(kind) for kind in sorted(set(self.kinds))],
            },
        }

    def _single(self, intent: Intent) -> dict[str, Any]:
        return {
            "apiVersion": _API,
            "kind": "Application",
            "metadata": self._named(intent, self.wave),
            "spec": self._application(intent, self.folder, {"server": _HERE}),
        }

    def _set(self, intent: Intent) -> dict[str, Any]:
        """One template for as many Applications as there are clusters, folders, or pairs of both.

        Source: argo-cd docs, ApplicationSet generators.
        """
        clusters = {"clusters": {"selector": {"matchLabels": dict(sorted((self.clusters or {}).items()))}}}
        folders = {
            "git": {"repoURL": self.repo, "revision": self.revision, "directories": [{"path": f"{self.folder}/*"}]}
        }
        used = [*([clusters] if self.clusters else []), *([folders] if self.split else [])]
        names = [
            *(["{{.nameNormalized}}"] if self.clusters else []),
            *(["{{.path.basenameNormalized}}"] if self.split else []),
        ]
        where = {"server": "{{.server}}"} if self.clusters else {"server": _HERE}
        folder = "{{.path.path}}" if self.split else self.folder
        return {
            "apiVersion": _API,
            "kind": "ApplicationSet",
            "metadata": self._named(intent, self.wave),
            "spec": {
                "goTemplate": True,
                "goTemplateOptions": ["missingkey=error"],
                "generators": [{"matrix": {"generators": used}}] if len(used) > 1 else used,
                # What the set made stays when the set goes: pods that need the ConfigMap still start.
                "syncPolicy": {"preserveResourcesOnDeletion": True},
                "template": {
                    "metadata": {
                        "name": "-".join([_name(intent), *names]),
                        "labels": object_labels(intent),
                        "annotations": {"argocd.argoproj.io/sync-wave": str(self.wave)},
                    },
                    "spec": self._application(intent, folder, where),
                },
            },
        }

    def _application(self, intent: Intent, folder: str, where: Mapping[str, str]) -> dict[str, Any]:
        ignored = self._ignored()
        options = ["ServerSideApply=true", *(["RespectIgnoreDifferences=true"] if ignored else [])]
        return {
            "project": _name(intent),
            "source": {"repoURL": self.repo, "targetRevision": self.revision, "path": folder, **self._reading()},
            "destination": dict(where),
            "syncPolicy": {
                "automated": {"prune": self.prune, "selfHeal": True, "allowEmpty": False},
                "syncOptions": options,
                "retry": {"limit": 5, "backoff": {"duration": "5s", "factor": 2, "maxDuration": "3m"}},
            },
            **({"ignoreDifferences": ignored} if ignored else {}),
        }

    def _reading(self) -> dict[str, Any]:
        """How the folder becomes manifests: a plugin renders its policy, or its files are they."""
        if self.plugin is None:
            return {"directory": {"recurse": not self.split, "include": "{*.yaml,*.yml}"}}
        profile = [{"name": "profile", "string": self.profile}] if self.profile else []
        return {"plugin": {"name": self.plugin, **({"parameters": profile} if profile else {})}}

    def _ignored(self) -> list[dict[str, Any]]:
        lent = {"group": "", "kind": "ConfigMap", "jsonPointers": ["/data/GOPROXY"]}
        others = {"group": "*", "kind": "*", "managedFieldsManagers": sorted(set(self.left_to))}
        return [*([lent] if self.lend else []), *([others] if self.left_to else [])]


def _name(intent: Intent) -> str:
    return f"goproxy-{intent.owner}"


def _group_kind(name: str) -> dict[str, str]:
    kind, _, group = name.partition(".")
    return {"group": group, "kind": kind}
