"""The rules about layers, go env files, and the way out of a machine."""

from goproxyctl.errors import Severity
from goproxyctl.rules.registry import Rule
from goproxyctl.text import Text

_ERROR, _WARNING, _REMARK = Severity.ERROR, Severity.WARNING, Severity.INFO

#: The rules of this module.
RULES: tuple[Rule, ...] = (
    Rule(
        "envfile-encoding",
        _ERROR,
        Text("environment.envfile-encoding", "a go env file that an editor saved in another form"),
        Text("environment.envfile-encoding.why", "a carriage return becomes part of a value; UTF-16 is ignored whole"),
    ),
    Rule(
        "envfile-syntax",
        _ERROR,
        Text("environment.envfile-syntax", "shell syntax in a go env file"),
        Text("environment.envfile-syntax.why", "quotes and comments become part of a value, other lines are ignored"),
    ),
    Rule(
        "env-goroot-line",
        _ERROR,
        Text("environment.env-goroot-line", "GOROOT in a go env file"),
        Text("environment.env-goroot-line.why", "another go reads it too, and fails with the folder of the first"),
    ),
    Rule(
        "env-process-only",
        _ERROR,
        Text("environment.env-process-only", "a variable that go takes from the environment only"),
        Text("environment.env-process-only.why", "in a go env file it has no effect; go env -w refuses it"),
    ),
    Rule(
        "unknown-var",
        _ERROR,
        Text("environment.unknown-var", "a variable that no go reads"),
        Text("environment.unknown-var.why", "it has no effect, and looks as if it had one"),
    ),
    Rule(
        "env-later",
        _REMARK,
        Text("environment.env-later", "a variable that this go does not know yet"),
        Text("environment.env-later.why", "it has no effect until go is newer"),
    ),
    Rule(
        "env-shadowed",
        _WARNING,
        Text("environment.env-shadowed", "a line of the go env file that the environment hides"),
        Text("environment.env-shadowed.why", "go env -w seems to work and changes nothing"),
    ),
    Rule(
        "env-empty-means-unset",
        _WARNING,
        Text("environment.env-empty-means-unset", "a variable set to nothing, to clear a line of the go env file"),
        Text("environment.env-empty-means-unset.why", "go takes empty for not set, and the line still counts"),
    ),
    Rule(
        "fwd-proxy-form",
        _WARNING,
        Text("environment.fwd-proxy-form", "an HTTP proxy that go cannot use"),
        Text("environment.fwd-proxy-form.why", "go uses none, or dials a host of an odd name"),
    ),
    Rule(
        "fwd-all-proxy",
        _WARNING,
        Text("environment.fwd-all-proxy", "ALL_PROXY alone"),
        Text("environment.fwd-all-proxy.why", "curl reads it, go does not"),
    ),
    Rule(
        "fwd-case-conflict",
        _WARNING,
        Text("environment.fwd-case-conflict", "two spellings of a variable with two values"),
        Text("environment.fwd-case-conflict.why", "go takes upper case, other tools take lower case"),
    ),
    Rule(
        "fwd-scheme-mismatch",
        _WARNING,
        Text("environment.fwd-scheme-mismatch", "an HTTP proxy for the other scheme"),
        Text(
            "environment.fwd-scheme-mismatch.why", "HTTPS_PROXY is for https URLs only, HTTP_PROXY for http URLs only"
        ),
    ),
    Rule(
        "fwd-noproxy-hides-mirror",
        _WARNING,
        Text("environment.fwd-noproxy-hides-mirror", "a public mirror that is kept from the HTTP proxy"),
        Text(
            "environment.fwd-noproxy-hides-mirror.why", "where the HTTP proxy is the only way out, it cannot be reached"
        ),
    ),
    Rule(
        "tls-cert-file-replaces-store",
        _WARNING,
        Text("environment.tls-cert-file-replaces-store", "certificates that replace those of the system"),
        Text(
            "environment.tls-cert-file-replaces-store.why",
            "since 1.27, on Windows and macOS, a bundle with the company's root alone breaks every public host",
        ),
    ),
    Rule(
        "tls-cert-file-ignored",
        _WARNING,
        Text("environment.tls-cert-file-ignored", "certificates that go does not read"),
        Text("environment.tls-cert-file-ignored.why", "before 1.27 Windows and macOS have their own store only"),
    ),
)
