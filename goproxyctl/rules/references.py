"""Rules about names: what refers to what, what stands twice, which paths are safe, what a reader can carry."""

import datetime as dt

from goproxyctl.errors import Severity
from goproxyctl.rules.names import suggest_or_list
from goproxyctl.rules.registry import Rule
from goproxyctl.rules.subject import FieldPath, Finding, Findings, Subject
from goproxyctl.targets.base import Target
from goproxyctl.text import Text

#: Names that Windows takes for devices, with any ending. Source: learn.microsoft.com, Naming Files, Paths.
_DEVICES = frozenset(["con", "prn", "aux", "nul", "conin$", "conout$"]) | {
    f"{port}{number}" for port in ("com", "lpt") for number in range(10)
}


def unknown_profile(subject: Subject) -> Findings:
    """A target must name a profile that exists."""
    for index, target in subject.targets.items():
        if target.profile is not None and target.profile not in subject.profiles:
            yield Finding(
                ("targets", index, "profile"),
                Text("profile-unknown", "there is no profile {name!r}", name=target.profile),
                suggest_or_list(target.profile, subject.profiles),
                target=target.name,
            )


def duplicate_names(subject: Subject) -> Findings:
    """Targets, hops and authorities are called by their names."""
    targets = [(("targets", index, "name"), name) for index, name in enumerate(subject.target_names) if name]
    groups: list[tuple[str | None, list[tuple[FieldPath, str]]]] = [(None, list(targets))]
    for stance in subject.stances:
        hops, trust = zip(stance.hop_at, stance.intent.hops, strict=True), enumerate(stance.intent.trust)
        groups.append((stance.profile, [(("chain", at, "name"), hop.name) for at, hop in hops]))
        groups.append((stance.profile, [(("trust", at, "name"), authority.name) for at, authority in trust]))
    for profile, group in groups:
        names = [name for _, name in group]
        for index, (path, name) in enumerate(group):
            if name in names[:index]:
                yield Finding(path, Text("name-duplicate", "{name!r} is taken already", name=name), profile=profile)


def unsafe_path(subject: Subject) -> Findings:
    """Paths that leave the policy's folder, or that Windows takes for something else."""
    for index, target in subject.targets.items():
        path = getattr(target, "path", None)
        why = why_unsafe(path) if isinstance(path, str) else None
        if why:
            yield Finding(("targets", index, "path"), why, target=target.name)


def why_unsafe(path: str) -> Text | None:
    """Why a relative path must not be written or read, or None."""
    for part in path.split("/"):
        if part in ("..", "."):
            return Text("path-unsafe.dots", "a path must not hold '.' or '..' as a part")
        if part.endswith((".", " ")):
            return Text("path-unsafe.tail", "a part of a path must not end with a blank or a dot")
        if part.partition(".")[0].lower() in _DEVICES:
            return Text("path-unsafe.device", "{part!r} is a device on Windows", part=part)
    return None


def unknown_waiver_target(subject: Subject) -> Findings:
    """A waiver must name a target that exists."""
    for index, waiver in subject.waivers.items():
        if waiver.target is not None and waiver.target not in subject.target_names:
            yield Finding(
                ("waivers", index, "target"),
                Text("waiver-target-unknown", "there is no target {name!r}", name=waiver.target),
                suggest_or_list(waiver.target, subject.target_names),
            )


def duplicate_waiver(subject: Subject) -> Findings:
    """One waiver for a rule and a target is enough."""
    seen: set[tuple[str, str | None]] = set()
    for index, waiver in subject.waivers.items():
        if (waiver.rule, waiver.target) in seen:
            yield Finding(("waivers", index, "rule"), Text("waiver-duplicate", "this is waived already"))
        seen.add((waiver.rule, waiver.target))


def waiver_date(subject: Subject) -> Findings:
    """The day must exist, and must not be over where today matters."""
    for index, waiver in subject.waivers.items():
        path = ("waivers", index, "expires")
        try:
            day = dt.date.fromisoformat(waiver.expires)
        except ValueError:
            yield Finding(path, Text("waiver-expired.no-day", "there is no such day"))
            continue
        if subject.today is not None and day < subject.today:
            yield Finding(
                path,
                Text("waiver-expired", "the waiver of {rule!r} has expired", rule=waiver.rule),
                Text("waiver-expired.advice", "mend what it waived, or agree on a new day"),
            )


def egress_not_carried(subject: Subject) -> Findings:
    """Go reads the forward proxy from the process environment only; some readers give it none."""
    for index, target in subject.targets.items():
        stance = subject.stance_of(target)
        if stance and stance.intent.process_settings() and not target.carries_process_settings:
            yield Finding(
                ("targets", index, "kind"),
                Text("egress-not-carried", "target {name!r} cannot carry the egress proxy", name=target.name),
                Text("egress-not-carried.advice", "go reads it from the process environment only; set it there"),
                target=target.name,
            )


#: Where a `ca-import` puts the authorities, go finds them whatever these say; go-env stands for the same machine.
_READ_BESIDE_THE_STORE = {"bat", "go-env", "powershell", "reg", "scheduled-task", "windows-environment"}


def trust_not_carried(subject: Subject) -> Findings:
    """Without a place for the certificates, the reader of a target does not learn of them."""
    imported = {getattr(target, "kind", "") for target in subject.targets.values()} >= {"ca-import"}
    for index, target in subject.targets.items():
        stance = subject.stance_of(target)
        stored = imported and getattr(target, "kind", "") in _READ_BESIDE_THE_STORE
        if stance and stance.intent.trust and not target.carries_trust and not stored:
            yield Finding(
                ("targets", index, "kind"),
                Text("trust-not-carried", "target {name!r} does not carry the trusted authorities", name=target.name),
                _ca_advice(target),
                target=target.name,
            )


def ca_file_not_carried(subject: Subject) -> Findings:
    """A certificate file for a reader that gives go no variables of its process."""
    for index, target in subject.targets.items():
        if getattr(target, "ca_file", None) and not target.carries_process_settings:
            yield Finding(
                ("targets", index, "ca_file"),
                Text("ca-file-not-carried", "target {name!r} cannot carry a certificate file", name=target.name),
                Text("ca-file-not-carried.advice", "leave it out: go reads it from the process environment only"),
                target=target.name,
            )


def hashed_configmap(subject: Subject) -> Findings:
    """Who names a ConfigMap as it is called in the policy never finds one whose name ends with a hash."""
    made = [target for target in subject.targets.values() if _form(target) in ("configmap", "kyverno")]
    plain = {_configmap(target) for target in made if not getattr(target, "immutable", False)}
    hashed = {_configmap(target): target.name for target in made if getattr(target, "immutable", False)}
    for index, target in subject.targets.items():
        named = _configmap(target)
        if _form(target) in ("kyverno native", "helm-values env-from") and named in hashed.keys() - plain:
            yield Finding(
                ("targets", index, "kind"),
                Text(
                    "configmap-hashed",
                    "no ConfigMap has the name {name!r}: the one of target {other!r} is immutable, and its name ends "
                    "with a hash",
                    name=named,
                    other=hashed[named],
                ),
                Text("configmap-hashed.advice", "leave immutable out of target {other!r}", other=hashed[named]),
                target=target.name,
            )


def _form(target: Target) -> str:
    """The kind, with the form of it by which a ConfigMap is only named, not made."""
    forms = {"native", "env-from"} & {getattr(target, "engine", ""), getattr(target, "form", "")}
    return " ".join((str(getattr(target, "kind", "")), *forms))


def _configmap(target: Target) -> str:
    return str(getattr(target, "configmap", ""))


def _ca_advice(target: Target) -> Text | None:
    if hasattr(target, "ca_file") and target.carries_process_settings:
        return Text("trust-not-carried.advice", "set ca_file to where its reader finds them")
    return Text("trust-not-carried.store", "put them into the system's store there")


#: The rules of this module.
RULES: tuple[Rule, ...] = (
    Rule(
        "profile-unknown",
        Severity.ERROR,
        Text("rule.profile-unknown", "a profile that does not exist"),
        Text("rule.profile-unknown.why", "the target would get other settings than its author thinks"),
        unknown_profile,
        waivable=False,
    ),
    Rule(
        "name-duplicate",
        Severity.ERROR,
        Text("rule.name-duplicate", "a name is used twice"),
        Text("rule.name-duplicate.why", "names are how people and reports tell things apart"),
        duplicate_names,
        waivable=False,
    ),
    Rule(
        "path-unsafe",
        Severity.ERROR,
        Text("rule.path-unsafe", "a path leaves the policy's folder, or Windows cannot have it"),
        Text("rule.path-unsafe.why", "a policy must not write where its readers do not look"),
        unsafe_path,
        waivable=False,
    ),
    Rule(
        "waiver-rule-unknown",
        Severity.ERROR,
        Text("rule.waiver-rule-unknown", "a waiver of a rule that does not exist"),
        Text("rule.waiver-rule-unknown.why", "it silences nothing"),
        waivable=False,
    ),
    Rule(
        "waiver-target-unknown",
        Severity.ERROR,
        Text("rule.waiver-target-unknown", "a waiver for a target that does not exist"),
        Text("rule.waiver-target-unknown.why", "it silences nothing"),
        unknown_waiver_target,
        waivable=False,
    ),
    Rule(
        "waiver-duplicate",
        Severity.ERROR,
        Text("rule.waiver-duplicate", "a finding is waived twice"),
        Text("rule.waiver-duplicate.why", "one of the two is forgotten when the other is mended"),
        duplicate_waiver,
        waivable=False,
    ),
    Rule(
        "waiver-expired",
        Severity.ERROR,
        Text("rule.waiver-expired", "a waiver has expired"),
        Text("rule.waiver-expired.why", "what was accepted for a while is to be mended or agreed on again"),
        waiver_date,
        waivable=False,
    ),
    Rule(
        "waiver-refused",
        Severity.ERROR,
        Text("rule.waiver-refused", "a waiver of a rule that cannot be waived"),
        Text("rule.waiver-refused.why", "without what the rule asks for there is nothing to make"),
        waivable=False,
    ),
    Rule(
        "waiver-unused",
        Severity.INFO,
        Text("rule.waiver-unused", "a waiver that waives nothing"),
        Text("rule.waiver-unused.why", "it would silence a finding that nobody agreed on yet"),
    ),
    Rule(
        "egress-not-carried",
        Severity.INFO,
        Text("rule.egress-not-carried", "a target cannot carry the egress proxy"),
        Text("rule.egress-not-carried.why", "go reads it from the process environment only"),
        egress_not_carried,
    ),
    Rule(
        "trust-not-carried",
        Severity.INFO,
        Text("rule.trust-not-carried", "a target does not carry the trusted authorities"),
        Text("rule.trust-not-carried.why", "go would not accept what the policy's proxies present"),
        trust_not_carried,
    ),
    Rule(
        "ca-file-not-carried",
        Severity.ERROR,
        Text("rule.ca-file-not-carried", "a target is told of a certificate file that it cannot carry"),
        Text("rule.ca-file-not-carried.why", "what the policy says there would come to nothing without a word"),
        ca_file_not_carried,
        waivable=False,
    ),
    Rule(
        "configmap-hashed",
        Severity.ERROR,
        Text("rule.configmap-hashed", "a ConfigMap is named that has another name in the cluster"),
        Text(
            "rule.configmap-hashed.why", "a pod waits for a ConfigMap that it names, and for this one it waits for ever"
        ),
        hashed_configmap,
    ),
)
