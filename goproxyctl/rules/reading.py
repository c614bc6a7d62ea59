"""What is found while the files are read: YAML, the shape of documents, files that belong to a policy."""

from goproxyctl.errors import Severity
from goproxyctl.rules.registry import Rule
from goproxyctl.text import Text

#: The rules of this module.
RULES: tuple[Rule, ...] = (
    Rule(
        "yaml-syntax",
        Severity.ERROR,
        Text("rule.yaml-syntax", "the file is not YAML"),
        Text("rule.yaml-syntax.why", "nothing can be read from it"),
        waivable=False,
    ),
    Rule(
        "yaml-limit",
        Severity.ERROR,
        Text("rule.yaml-limit", "the file is too large, too deep, or holds what a policy has no use for"),
        Text("rule.yaml-limit.why", "a policy is small; a file that is not would only slow every reader down"),
        waivable=False,
    ),
    Rule(
        "yaml-encoding",
        Severity.ERROR,
        Text("rule.yaml-encoding", "the file is not UTF-8"),
        Text("rule.yaml-encoding.why", "other encodings are read differently on every machine"),
        waivable=False,
    ),
    Rule(
        "yaml-character",
        Severity.ERROR,
        Text("rule.yaml-character", "an invisible character"),
        Text("rule.yaml-character.why", "it changes what a person or a program reads without being seen"),
        waivable=False,
    ),
    Rule(
        "yaml-document",
        Severity.ERROR,
        Text("rule.yaml-document", "the file is not a mapping"),
        Text("rule.yaml-document.why", "a policy is a mapping of fields"),
        waivable=False,
    ),
    Rule(
        "yaml-duplicate-key",
        Severity.ERROR,
        Text("rule.yaml-duplicate-key", "a field is given twice"),
        Text("rule.yaml-duplicate-key.why", "programs take the last one, people often see the first"),
        waivable=False,
    ),
    Rule(
        "yaml-key",
        Severity.ERROR,
        Text("rule.yaml-key", "the name of a field is not a text"),
        Text("rule.yaml-key.why", "no reader of JSON could take it"),
        waivable=False,
    ),
    Rule(
        "yaml-alias",
        Severity.ERROR,
        Text("rule.yaml-alias", "an anchor, an alias or a merge key"),
        Text("rule.yaml-alias.why", "they hide what a field says and can make a small file enormous"),
        waivable=False,
    ),
    Rule(
        "yaml-tag",
        Severity.ERROR,
        Text("rule.yaml-tag", "a tag"),
        Text("rule.yaml-tag.why", "the type of each field is fixed; a tag would only hide another value"),
        waivable=False,
    ),
    Rule(
        "yaml-quote",
        Severity.ERROR,
        Text("rule.yaml-quote", "a text without quotes that some readers take for something else"),
        Text("rule.yaml-quote.why", "YAML 1.1 reads off as false, 1.20 as 1.2 and 22:22 as 1342; quotes keep the text"),
        waivable=False,
    ),
    Rule(
        "field-unknown",
        Severity.ERROR,
        Text("rule.field-unknown", "a field that does not exist"),
        Text("rule.field-unknown.why", "it would have no effect, and nobody would notice"),
        waivable=False,
    ),
    Rule(
        "field-missing",
        Severity.ERROR,
        Text("rule.field-missing", "a field is missing"),
        Text("rule.field-missing.why", "nothing sensible can be assumed for it"),
        waivable=False,
    ),
    Rule(
        "field-type",
        Severity.ERROR,
        Text("rule.field-type", "a value of the wrong type"),
        Text("rule.field-type.why", "a value is never guessed"),
        waivable=False,
    ),
    Rule(
        "field-value",
        Severity.ERROR,
        Text("rule.field-value", "a value that a field cannot have"),
        Text("rule.field-value.why", "only values that every artifact can carry unchanged are taken"),
        waivable=False,
    ),
    Rule(
        "kind-unknown",
        Severity.ERROR,
        Text("rule.kind-unknown", "a target of an unknown kind"),
        Text("rule.kind-unknown.why", "nothing can be made for it"),
        waivable=False,
    ),
    Rule(
        "policy-kind",
        Severity.ERROR,
        Text("rule.policy-kind", "a base is used as a policy"),
        Text(
            "rule.policy-kind.why", "a base says what policies have in common; it has no owner and stands for nothing"
        ),
        waivable=False,
    ),
    Rule(
        "extends",
        Severity.ERROR,
        Text("rule.extends", "a base cannot be used"),
        Text("rule.extends.why", "the policy would not say what its author thinks it says"),
        waivable=False,
    ),
    Rule(
        "private-lost",
        Severity.ERROR,
        Text("rule.private-lost", "a variation forgets a private pattern"),
        Text(
            "rule.private-lost.why",
            "a list replaces the one it varies; names that were private would reach public proxies",
        ),
        waivable=False,
    ),
    Rule(
        "trust-file",
        Severity.ERROR,
        Text("rule.trust-file", "a certificate file cannot be used"),
        Text(
            "rule.trust-file.why",
            "an authority is trusted with everything; its file must be exactly the one that was agreed on",
        ),
        waivable=False,
    ),
    Rule(
        "target-conflict",
        Severity.ERROR,
        Text("rule.target-conflict", "two targets want the same place"),
        Text("rule.target-conflict.why", "each would take back what the other wrote"),
        waivable=False,
    ),
    Rule(
        "target-unfit",
        Severity.ERROR,
        Text("rule.target-unfit", "a target cannot carry what the policy says"),
        Text("rule.target-unfit.why", "its reader would take the value for another one, or for none"),
        waivable=False,
    ),
    Rule(
        "target-path-reserved",
        Severity.ERROR,
        Text("rule.target-path-reserved", "a target wants a file of goproxyctl itself"),
        Text("rule.target-path-reserved.why", "the policy, or the record of what was applied, would be overwritten"),
        waivable=False,
    ),
    Rule(
        "proxy-implicit-scheme",
        Severity.ERROR,
        Text("rule.proxy-implicit-scheme", "an address without a scheme"),
        Text("rule.proxy-implicit-scheme.why", "go adds https:// itself, other readers do not"),
        waivable=False,
    ),
    Rule(
        "proxy-wrong-separator",
        Severity.ERROR,
        Text("rule.proxy-wrong-separator", "more than one address in one place"),
        Text("rule.proxy-wrong-separator.why", "the separators of go are the fallback of each hop"),
        waivable=False,
    ),
    Rule(
        "proxy-inline-secret",
        Severity.ERROR,
        Text("rule.proxy-inline-secret", "a credential in an address"),
        Text("rule.proxy-inline-secret.why", "it would stand in every artifact, log and image made of the policy"),
        waivable=False,
    ),
    Rule(
        "proxy-keyword-case",
        Severity.ERROR,
        Text("rule.proxy-keyword-case", "direct or off in other letters"),
        Text(
            "rule.proxy-keyword-case.why",
            "go takes DIRECT for the address of a proxy, and then refuses the whole chain",
        ),
        waivable=False,
    ),
    Rule(
        "proxy-file-form",
        Severity.ERROR,
        Text("rule.proxy-file-form", "a folder as a hop"),
        Text(
            "rule.proxy-file-form.why",
            "what stands there differs from machine to machine, and go takes a folder in one form on each system only",
        ),
        waivable=False,
    ),
    Rule(
        "proxy-http-credentials",
        Severity.ERROR,
        Text("rule.proxy-http-credentials", "credentials in an http address"),
        Text(
            "rule.proxy-http-credentials.why", "go refuses to send them; now they stand where everybody can read them"
        ),
        waivable=False,
    ),
    Rule(
        "goflags-invalid",
        Severity.ERROR,
        Text("rule.goflags-invalid", "a flag that does not belong into GOFLAGS"),
        Text("rule.goflags-invalid.why", "a flag that one go command does not know makes every one of them fail"),
        waivable=False,
    ),
    Rule(
        "insecure-flag",
        Severity.ERROR,
        Text("rule.insecure-flag", "the flag -insecure"),
        Text("rule.insecure-flag.why", "go 1.17 removed it, and every command fails"),
        waivable=False,
    ),
    Rule(
        "auth-goauth-form",
        Severity.ERROR,
        Text("rule.auth-goauth-form", "a GOAUTH that go refuses, or that runs a program"),
        Text(
            "rule.auth-goauth-form.why", "what goproxyctl writes must be right on every machine and run nothing there"
        ),
        waivable=False,
    ),
    Rule(
        "private-glob-blank",
        Severity.ERROR,
        Text("rule.private-glob-blank", "a blank in a pattern"),
        Text("rule.private-glob-blank.why", "go does not trim patterns; this one never matches"),
        waivable=False,
    ),
    Rule(
        "fwd-noproxy-syntax",
        Severity.ERROR,
        Text("rule.fwd-noproxy-syntax", "a bypass that go ignores"),
        Text("rule.fwd-noproxy-syntax.why", "hosts that should be reached directly go through the proxy"),
        waivable=False,
    ),
)
