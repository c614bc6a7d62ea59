"""What a policy wants on one machine: of which target or profile, and where it says so."""

from typing import NamedTuple

import click

from goproxyctl.cli.options import DEFAULT_POLICY, Selection
from goproxyctl.cli.reader import Folder, open_folder, placed
from goproxyctl.cli.shell import Shell
from goproxyctl.errors import GoproxyctlError, PolicyError, Position
from goproxyctl.intent import Intent
from goproxyctl.policy import Policy, load_policy
from goproxyctl.targets.base import Target
from goproxyctl.text import Text

#: The field behind each variable; what stands above it counts when it is not there.
_FIELDS = {
    "GOPROXY": ("chain",),
    "GOPRIVATE": ("private", "modules"),
    "GONOPROXY": ("private", "modules"),
    "GONOSUMDB": ("private", "modules"),
    "GOINSECURE": ("private", "insecure"),
    "GOSUMDB": ("checksum", "database"),
    "GOTOOLCHAIN": ("go", "toolchain"),
    "GOFLAGS": ("go", "flags"),
    "GOAUTH": ("go", "auth"),
    "GOVCS": ("go", "vcs"),
    "HTTP_PROXY": ("egress", "http"),
    "HTTPS_PROXY": ("egress", "https"),
    "NO_PROXY": ("egress", "bypass"),
}


class Wants(NamedTuple):
    """A policy and the part of it that is for this machine. ``chosen``: target or profile, in words."""

    policy: Policy
    folder: Folder
    file: str
    intent: Intent
    profile: str | None
    chosen: Text | None = None

    @property
    def applies(self) -> bool:
        """Whether a target writes the file of ``go env -w`` of this machine, with these very settings."""
        return any(
            _is_of_the_machine(t) and (t.profile or self.policy.profile) == self.profile for t in self.policy.targets
        )

    def place(self, variable: str) -> tuple[Position | None, str | None]:
        """Where the policy says what the variable is to be, and which layer that is; nothing when it follows."""
        path = ("spec", *_FIELDS[variable]) if variable in _FIELDS else ()
        layer = self.policy.source(path, self.profile) if path else None
        if layer is None:
            return None, None
        position = self.policy.position(path, self.profile)
        if not layer.startswith("profile "):
            layer = self.folder.name(layer)
        return position._replace(file=self.folder.name(position.file)), layer


def read_wants(shell: Shell, selection: Selection, notes: list[Text]) -> Wants | None:
    """What the policy wants; None when there is none, and nobody asked for one.

    Raises: PolicyError, StoreError, GoproxyctlError for a policy that was asked for and cannot be used.
    """
    asked = selection.file != DEFAULT_POLICY or bool(selection.targets) or selection.profile is not None
    if len(selection.targets) > 1:
        raise click.UsageError(
            shell.words(Text("explain.one-target", "--target: this machine can be one of them only"))
        )
    if not asked and not (shell.cwd / DEFAULT_POLICY).is_file():
        return None
    folder, name = open_folder(selection.file, shell.cwd)
    try:
        with placed(folder):
            policy = load_policy(name, folder.read, profile=selection.profile, today=None)
    except PolicyError:
        if asked:
            raise
        notes.append(
            Text("explain.invalid", "{file} is not valid, so it is left out; goproxyctl validate shows why",
                 file=selection.file)
        )  # fmt: skip
        return None
    return _chosen(policy, folder, selection)


def _chosen(policy: Policy, folder: Folder, selection: Selection) -> Wants:
    """The target that was named, the profile that was named, or the target that writes the go env file here."""
    target = next((t for t in policy.targets if t.name in selection.targets), None)
    if selection.targets and target is None:
        raise GoproxyctlError(policy.unknown_target(selection.targets[0]))
    if target is None and selection.profile is None:
        target = next(filter(_is_of_the_machine, policy.targets), None)
    if target is None:
        chosen = Text("explain.profile", "profile {name}", name=policy.profile) if policy.profile else None
        intent = policy.intents[policy.profile]
        return Wants(policy, folder, selection.file, intent, policy.profile, chosen)
    chosen = Text("explain.target", "target {name}", name=target.name)
    return Wants(policy, folder, selection.file, policy.intent(target), target.profile or policy.profile, chosen)


def _is_of_the_machine(target: Target) -> bool:
    """Whether the target writes the file that go reads on this machine. Their kind's module stays unimported here."""
    return getattr(target, "kind", "") == "go-env" and getattr(target, "path", None) is None
