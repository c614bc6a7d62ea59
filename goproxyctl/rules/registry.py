"""How rules are kept and run, and how waivers silence what they find."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from goproxyctl.errors import Severity
from goproxyctl.rules.subject import FieldPath, Finding, Findings, Fix, Stance, Subject
from goproxyctl.text import Text

Check = Callable[[Subject], Findings]


class Rule(NamedTuple):
    """One rule. ``check`` is None for what is found while a file is read, and for rules that are not about policies."""

    id: str
    severity: Severity
    title: Text
    why: Text
    check: Check | None = None
    waivable: bool = True


def each_stance(check: Callable[[Stance], Findings]) -> Check:
    """A rule about settings as a rule about the policy: it looks at the settings of every profile."""

    def run(subject: Subject) -> Findings:
        for stance in subject.stances:
            yield from (finding._replace(profile=stance.profile) for finding in check(stance))

    return run


def run_rules(rules: Mapping[str, Rule], subject: Subject) -> Iterator[tuple[Rule, Finding]]:
    """Everything that the rules find and no waiver silences."""
    used: set[int] = set()
    for rule in rules.values():
        for finding in rule.check(subject) if rule.check else ():
            about = _targets(finding, subject)
            waivers = _waivers(rule, about, subject)
            used |= waivers.keys()
            if None not in waivers.values() and not (about and about <= set(waivers.values())):
                yield rule, finding
    yield from _useless(rules, subject, used)


def _waivers(rule: Rule, about: set[str], subject: Subject) -> dict[int, str | None]:
    """The waivers of a rule that are for all targets (None), or for one of those that a finding is about."""
    if not rule.waivable:
        return {}
    fitting = ((index, waiver.target) for index, waiver in subject.waivers.items() if waiver.rule == rule.id)
    return {index: target for index, target in fitting if target is None or target in about}


def _targets(finding: Finding, subject: Subject) -> set[str]:
    """The target that a finding is about, or all that get the settings it is about."""
    if finding.target is not None:
        return {finding.target}
    return {t.name for t in subject.targets.values() if (t.profile or subject.default_profile) == finding.profile}


def _useless(rules: Mapping[str, Rule], subject: Subject, used: set[int]) -> Iterator[tuple[Rule, Finding]]:
    """Waivers of rules that do not exist, that cannot be waived, or that found nothing."""
    for index, waiver in subject.waivers.items():
        path: FieldPath = ("waivers", index, "rule")
        if waiver.rule not in rules:
            yield from _stranger(rules, waiver.rule, path)
        elif not rules[waiver.rule].waivable:
            yield rules["waiver-refused"], Finding(path, _refused(waiver.rule))
        elif index not in used:
            text = Text("waiver-unused", "rule {name!r} finds nothing that this waives", name=waiver.rule)
            fix = Fix("remove", path[:-1])
            yield (
                rules["waiver-unused"],
                Finding(path, text, Text("waiver-unused.advice", "remove the waiver"), fix=fix),
            )


def _stranger(rules: Mapping[str, Rule], name: str, path: FieldPath) -> Iterator[tuple[Rule, Finding]]:
    """A waiver of what is found in other places than policies, of what nobody can waive, or of no rule at all."""
    from goproxyctl.rules.catalogue import catalogue
    from goproxyctl.rules.names import suggest

    known = catalogue()
    if name not in known:
        text = Text("waiver-rule-unknown", "there is no rule {name!r}", name=name)
        yield rules["waiver-rule-unknown"], Finding(path, text, suggest(name, known))
    elif not any(rule.waivable for rule in known[name].values()):
        yield rules["waiver-refused"], Finding(path, _refused(name))


def _refused(name: str) -> Text:
    return Text("waiver-refused", "rule {name!r} cannot be waived", name=name)
