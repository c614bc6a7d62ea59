"""Rules about the authorities that a policy trusts, and about the stores that they are put into."""

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from goproxyctl.errors import Severity
from goproxyctl.intent import Intent
from goproxyctl.rules.names import suggest_or_list
from goproxyctl.rules.registry import Rule, each_stance
from goproxyctl.rules.subject import Finding, Findings, Stance, Subject
from goproxyctl.text import Text

if TYPE_CHECKING:
    from goproxyctl.targets.authorities import AuthorityTarget

#: Long enough to have a new authority trusted everywhere before the old one ends. Units: days.
SOON_DAYS = 60
#: The kinds that carry authorities.
_CARRIERS = frozenset({"ca-import", "trust-bundle"})


def not_an_authority(stance: Stance) -> Findings:
    """A certificate that may not sign others makes nobody's certificate valid."""
    from goproxyctl.formats.certificates import read_certificates

    for index, trust in enumerate(stance.intent.trust):
        for certificate in read_certificates(trust.pem):
            if not certificate.authority:
                yield Finding(
                    ("trust", index, "file"),
                    Text("trust-not-authority", "{subject!r} is no certificate authority", subject=certificate.subject),
                    Text("trust-not-authority.advice", "ask for the certificate of the authority that signed it"),
                )


def expired(subject: Subject) -> Findings:
    """An authority outside its time is trusted by nobody; only where today matters."""
    for today, path, profile, name, first, last in _times(subject):
        if not first <= today <= last:
            text = (
                Text("trust-expired", "{subject!r} ended on {day}", subject=name, day=last)
                if last < today
                else Text("trust-expired.early", "{subject!r} begins on {day}", subject=name, day=first)
            )
            advice = Text("trust-expired.advice", "replace the file, and its sum, with the authority that is valid now")
            yield Finding(path, text, advice, profile=profile)


def expires_soon(subject: Subject) -> Findings:
    """Time to have the next authority beside this one."""
    for today, path, profile, name, first, last in _times(subject):
        if first <= today <= last < today + dt.timedelta(days=SOON_DAYS):
            yield Finding(
                path,
                Text("trust-expires-soon", "{subject!r} ends on {day}", subject=name, day=last),
                Text("trust-expires-soon.advice", "add its successor to spec.trust before that day"),
                profile=profile,
            )


_Time = tuple[dt.date, tuple[str | int, ...], str | None, str, dt.date, dt.date]


def _times(subject: Subject) -> Iterator[_Time]:
    """Today, and of each certificate its place, profile, name, first and last day."""
    from goproxyctl.formats.certificates import read_certificates

    if subject.today is None:
        return
    for stance in subject.stances:
        for index, trust in enumerate(stance.intent.trust):
            for found in read_certificates(trust.pem):
                days = found.not_before.date(), found.not_after.date()
                yield subject.today, ("trust", index, "file"), stance.profile, found.subject, *days


def nothing_to_import(subject: Subject) -> Findings:
    """A target that carries authorities, of a policy that has none."""
    for index, target, intent in _imports(subject):
        if not intent.trust and not getattr(target, "public", False):
            yield Finding(
                ("targets", index, "kind"),
                Text(
                    "authorities-empty",
                    "target {name!r} has no authority to carry: spec.trust is empty",
                    name=target.name,
                ),
                Text("authorities-empty.advice", "name the authority in spec.trust, with the SHA-256 of its file"),
                target=target.name,
            )


def unknown_authority(subject: Subject) -> Findings:
    """A target may name only authorities that its settings have."""
    for index, target, intent in _imports(subject):
        known = [trust.name for trust in intent.trust]
        for place, name in enumerate(target.authorities or ()):
            if known and name not in known:
                yield Finding(
                    ("targets", index, "authorities", place),
                    Text("authorities-unknown", "there is no authority {name!r} in spec.trust", name=name),
                    suggest_or_list(name, known),
                    target=target.name,
                )


def no_root(subject: Subject) -> Findings:
    """In the root store an intermediate authority becomes an anchor, beyond the reach of its own root."""
    from goproxyctl.formats.certificates import read_certificates

    for index, target, intent in _imports(subject):
        for trust in target.chosen(intent) if getattr(target, "store", "") == "root" else ():
            for found in read_certificates(trust.pem):
                if not found.self_issued:
                    yield Finding(
                        ("targets", index, "kind"),
                        Text("ca-import-no-root", "{subject!r} is signed by another authority, so it is no root",
                             subject=found.subject),
                        Text("ca-import-no-root.advice", "import its root here, and itself with store: intermediate"),
                        target=target.name,
                    )  # fmt: skip


def _imports(subject: Subject) -> "Iterator[tuple[int, AuthorityTarget, Intent]]":
    """The targets that carry authorities, each with the settings that it gets."""
    for index, target in subject.targets.items():
        stance = subject.stance_of(target)
        if stance and getattr(target, "kind", "") in _CARRIERS:
            from goproxyctl.targets.authorities import AuthorityTarget

            assert isinstance(target, AuthorityTarget)
            yield index, target, stance.intent


#: The rules of this module.
RULES: tuple[Rule, ...] = (
    Rule(
        "trust-not-authority",
        Severity.ERROR,
        Text("rule.trust-not-authority", "a trusted certificate that is no authority"),
        Text("rule.trust-not-authority.why", "nothing that it signed is accepted by anyone"),
        each_stance(not_an_authority),
    ),
    Rule(
        "trust-expired",
        Severity.ERROR,
        Text("rule.trust-expired", "an authority outside its time"),
        Text("rule.trust-expired.why", "every connection that depends on it fails"),
        expired,
    ),
    Rule(
        "trust-expires-soon",
        Severity.WARNING,
        Text("rule.trust-expires-soon", "an authority that ends soon"),
        Text("rule.trust-expires-soon.why", "its successor must be trusted everywhere before that day"),
        expires_soon,
    ),
    Rule(
        "authorities-empty",
        Severity.WARNING,
        Text("rule.authorities-empty", "a target for certificates without a certificate"),
        Text("rule.authorities-empty.why", "nothing is written, so nothing more is trusted"),
        nothing_to_import,
    ),
    Rule(
        "authorities-unknown",
        Severity.ERROR,
        Text("rule.authorities-unknown", "an authority that does not exist"),
        Text("rule.authorities-unknown.why", "another authority would be trusted than its author thinks, or none"),
        unknown_authority,
        waivable=False,
    ),
    Rule(
        "ca-import-no-root",
        Severity.WARNING,
        Text("rule.ca-import-no-root", "an intermediate authority in the root store"),
        Text("rule.ca-import-no-root.why", "it stays trusted when its own root withdraws it"),
        no_root,
    ),
)
