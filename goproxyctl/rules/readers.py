"""Rules about who reads what the targets make: go commands of some age, editors, Windows."""

from goproxyctl.errors import Severity
from goproxyctl.intent import Fallback
from goproxyctl.rules.registry import Rule, each_stance
from goproxyctl.rules.settings import version
from goproxyctl.rules.subject import FieldPath, Finding, Findings, Stance, Subject
from goproxyctl.targets.base import Target
from goproxyctl.text import Text

#: Kinds whose readers run on Windows.
_WINDOWS = frozenset({"bat", "powershell"})
#: Kinds that reach the editor itself and its terminals, or every go command of the user.
_EVERYWHERE = frozenset({"vscode-settings", "devcontainer", "go-env"})
#: From then on go honours SSL_CERT_FILE on Windows, and then trusts nothing else.
#: Source: go.dev/doc/go1.27; crypto/x509/root_windows.go.
_CERT_FILE = (27, 0)


def too_old(stance: Stance) -> Findings:
    """Settings that the oldest go of the policy does not know yet. Source: the release notes, go.dev/doc."""
    intent = stance.intent
    minimum = version(intent.minimum_go) if intent.minimum_go else None
    piped = next(
        (at for at, hop in zip(stance.hop_at, intent.hops, strict=True) if hop.fallback is Fallback.ANY_ERROR), 0
    )
    known: tuple[tuple[bool, tuple[int, int], FieldPath, str], ...] = (
        (bool(intent.insecure), (14, 0), ("private", "insecure"), "GOINSECURE"),
        (any(hop.fallback is Fallback.ANY_ERROR for hop in intent.hops), (15, 0), ("chain", piped, "fallback"), "'|'"),
        (bool(intent.vcs), (16, 0), ("go", "vcs"), "GOVCS"),
        (intent.toolchain.startswith("go"), (21, 0), ("go", "toolchain"), "GOTOOLCHAIN"),
        (intent.auth is not None, (24, 0), ("go", "auth"), "GOAUTH"),
    )
    for used, since, path, what in known:
        if used and minimum and minimum < since:
            text = Text("go-too-old", "go {least} does not know {what}", least=intent.minimum_go, what=what)
            advice = Text("go-too-old.advice", "raise go.minimum to {version}", version=f"1.{since[0]}")
            yield Finding(path, text, advice)


def cert_file_ignored(subject: Subject) -> Findings:
    """An older go on Windows asks the system's store, whatever SSL_CERT_FILE says."""
    for path, target, stance in _windows_files(subject):
        minimum = stance.intent.minimum_go
        if minimum and version(minimum) < _CERT_FILE:
            yield Finding(
                path,
                Text("tls-cert-file-ignored", "on Windows go {least} does not look at this file", least=minimum),
                Text("tls-cert-file-ignored.advice", "put the authorities into the system's store there"),
                target=target.name,
            )


def cert_file_replaces(subject: Subject) -> Findings:
    """A newer go on Windows asks this file, and the system's store no longer."""
    for path, target, _ in _windows_files(subject):
        yield Finding(
            path,
            Text("tls-cert-file-replaces-store", "on Windows go 1.27 and newer then trusts this file only"),
            Text("tls-cert-file-replaces-store.advice", "see that the public authorities are in it too"),
            target=target.name,
        )


def _windows_files(subject: Subject) -> list[tuple[FieldPath, Target, Stance]]:
    found = [
        (("targets", index, "ca_file"), target, subject.stance_of(target)) for index, target in subject.targets.items()
    ]
    return [
        (path, target, stance)
        for path, target, stance in found
        if stance and getattr(target, "kind", "") in _WINDOWS and getattr(target, "ca_file", None)
    ]


def launch_alone(subject: Subject) -> Findings:
    """What a launch configuration sets reaches the program that is debugged and its build, not the editor."""
    kinds = {getattr(target, "kind", "") for target in subject.targets.values()}
    for index, target in subject.targets.items():
        if getattr(target, "kind", "") == "vscode-launch" and not kinds & _EVERYWHERE:
            yield Finding(
                ("targets", index, "kind"),
                Text("launch-env-scope", "only debug sessions get these settings: not gopls, not terminals, not tasks"),
                Text("launch-env-scope.advice", "add a target of kind vscode-settings"),
                target=target.name,
            )


#: The rules of this module.
RULES: tuple[Rule, ...] = (
    Rule(
        "go-too-old",
        Severity.WARNING,
        Text("rule.go-too-old", "a setting that the oldest go does not know"),
        Text("rule.go-too-old.why", "that go ignores it, or refuses the whole chain"),
        each_stance(too_old),
    ),
    Rule(
        "tls-cert-file-ignored",
        Severity.WARNING,
        Text("rule.tls-cert-file-ignored", "a certificate file that an old go on Windows ignores"),
        Text("rule.tls-cert-file-ignored.why", "it asks the system's store, and refuses what is not in there"),
        cert_file_ignored,
    ),
    Rule(
        "tls-cert-file-replaces-store",
        Severity.INFO,
        Text("rule.tls-cert-file-replaces-store", "a certificate file that replaces the store of Windows"),
        Text(
            "rule.tls-cert-file-replaces-store.why", "with the company's authority alone every public host is refused"
        ),
        cert_file_replaces,
    ),
    Rule(
        "launch-env-scope",
        Severity.WARNING,
        Text("rule.launch-env-scope", "an editor that knows the settings only while it debugs"),
        Text("rule.launch-env-scope.why", "gopls, terminals and tasks download modules too, with other settings"),
        launch_alone,
    ),
)
