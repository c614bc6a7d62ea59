"""What we can produce: one module per kind. The registry names them; a kind is imported when a policy uses it."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goproxyctl.targets.base import Target

#: kind -> "module:class", in order of name.
KINDS: dict[str, str] = {
    "allow-list": "allow_list:AllowList",
    "argocd": "argocd:ArgoCD",
    "bat": "bat:Bat",
    "ca-import": "ca_import:CaImport",
    "configmap": "configmap:ConfigMap",
    "devcontainer": "devcontainer:DevContainer",
    "dockerfile": "dockerfile:Dockerfile",
    "flux": "flux:Flux",
    "github-actions": "github_actions:GitHubActions",
    "gitlab-ci": "gitlab_ci:GitLabCI",
    "go-env": "go_env:GoEnv",
    "helm-values": "helm_values:HelmValues",
    "kustomize": "kustomize:Kustomize",
    "kyverno": "kyverno:Kyverno",
    "powershell": "powershell:PowerShell",
    "reg": "reg:Reg",
    "scheduled-task": "scheduled_task:ScheduledTask",
    "secret-ref": "secret_ref:SecretRef",
    "sh": "sh:Sh",
    "trust-bundle": "trust_bundle:TrustBundle",
    "vscode-launch": "vscode_launch:VSCodeLaunch",
    "vscode-settings": "vscode_settings:VSCodeSettings",
    "windows-environment": "windows_environment:WindowsEnvironment",
}


def load_kind(kind: str) -> "type[Target]":
    """The class of a kind. Raises: KeyError for a kind that is not there."""
    module, _, name = KINDS[kind].partition(":")
    found: type[Target] = getattr(import_module(f"goproxyctl.targets.{module}"), name)
    return found
