"""Why a text does not have the form that its field takes: the reason that helps most, and the rule it belongs to."""

import re
from collections.abc import Callable
from typing import NamedTuple

from goproxyctl.policy import grammar
from goproxyctl.text import Text


class Hint(NamedTuple):
    """The rule, what is wrong, and what to do. ``mend``: the text that was certainly meant, when that can be told."""

    rule: str
    text: Text
    advice: Text | None = None
    mend: Callable[[str], str] | None = None


#: A regular expression of what is wrong with a text, and the words for it. The first that is found is said.
_Finding = tuple[str, Hint]

_SPLIT_CHAIN = Text("url.one.advice", "give each address an entry of its own; the fallback of a hop is the separator")
_GLOB_RULE = "private-glob-syntax"

_SECRETS: tuple[_Finding, ...] = (
    (
        r"^[A-Za-z][A-Za-z0-9+.-]*:/{0,2}[^/?#]*@|^[^/:?#]*:[^/@]*@",
        Hint(
            "proxy-inline-secret",
            Text("url.userinfo", "an address in a policy must not hold credentials"),
            Text("url.userinfo.advice", "put them into netrc; they are known now, so replace them"),
        ),
    ),
    (
        r"[?]",
        Hint(
            "proxy-inline-secret",
            Text("url.query", "an address must not hold a query ('?…')"),
            Text(
                "url.query.advice", "go sends it with every request and prints it in errors; use netrc for credentials"
            ),
        ),
    ),
)

_MARKS: tuple[_Finding, ...] = (
    (r"#", Hint("field-value", Text("url.fragment", "an address must not hold a fragment ('#…')"), None)),
    (r"[,|;，｜]", Hint("proxy-wrong-separator", Text("url.one", "this is more than one address"), _SPLIT_CHAIN)),
    (
        r"[\s\"'`<>\\^{}]",
        Hint("field-value", Text("url.blank", "an address must not hold blanks, quotes or backslashes"), None),
    ),
    (
        r"[^\x00-\x7f]",
        Hint(
            "field-value",
            Text("url.ascii", "an address must be ASCII"),
            Text("url.ascii.advice", "write the host name in punycode (xn--…), and other characters as %XX"),
        ),
    ),
)

_NO_SCHEME = r"^(?![A-Za-z][A-Za-z0-9+.-]*://)"
_SCHEME_MISSING = Text("url.scheme-missing", "the address has no scheme")

_PARTS: tuple[_Finding, ...] = (
    (
        r"^(?!(?:https?|socks5h?)://)",
        Hint("proxy-bad-item", Text("url.scheme", "the scheme must be https or http, in lower case"), None),
    ),
    (r"^[a-z0-9]+://(/|$)", Hint("proxy-bad-item", Text("url.host-missing", "the address has no host"), None)),
    (r"^[a-z0-9]+://[^/]*[A-Z]", Hint("field-value", Text("url.host-case", "write the host name in lower case"), None)),
    (
        r"^[a-z0-9]+://(0x[0-9a-f.x]+|[0-9.]+)([:/]|$)",
        Hint("field-value", Text("url.host-number", "write an IPv4 address as four numbers from 0 to 255"), None),
    ),
    (
        r"%(?![0-9A-Fa-f]{2})",
        Hint("field-value", Text("url.percent", "a '%' must be followed by two hexadecimal digits"), None),
    ),
)

_HTTPS_MISSING: _Finding = (
    _NO_SCHEME,
    Hint(
        "proxy-implicit-scheme",
        _SCHEME_MISSING,
        Text("url.scheme-missing.advice", "begin it with https://"),
        "https://{}".format,
    ),
)
_URL = (*_SECRETS, *_MARKS, _HTTPS_MISSING, *_PARTS)

_PROXY: tuple[_Finding, ...] = (
    (
        r"^http://[^/?#]*@",
        Hint(
            "proxy-http-credentials",
            Text("url.http-userinfo", "go sends no credentials over http, and a policy must not hold any"),
            Text("url.http-userinfo.advice", "use https:// and netrc; they are known now, so replace them"),
        ),
    ),
    *_SECRETS,
    (
        r"^(?i:file:)|^[A-Za-z]:[/\\]|^\\\\|^/(?!/)",
        Hint(
            "proxy-file-form",
            Text("url.file", "a hop is reached over https or http; files differ from machine to machine"),
            None,
        ),
    ),
    (
        r"^https?:/(?!/)",
        Hint(
            "proxy-bad-item",
            Text("url.slash", "with one slash after the scheme the address has no host"),
            Text("url.slash.advice", "write two"),
            lambda url: url.replace(":/", "://", 1),
        ),
    ),
    *_URL,
)

_EGRESS: tuple[_Finding, ...] = (
    *_SECRETS,
    *_MARKS,
    (
        _NO_SCHEME,
        Hint(
            "proxy-implicit-scheme",
            _SCHEME_MISSING,
            Text("url.scheme-missing.egress", "begin it with http://, as go does"),
            "http://{}".format,
        ),
    ),
    *_PARTS,
    (
        r"^[a-z0-9]+://[^/]+/.",
        Hint("field-value", Text("url.no-path", "the address of a forward proxy has no path"), None),
    ),
)

_GLOBS: tuple[_Finding, ...] = (
    (
        r",",
        Hint(
            _GLOB_RULE,
            Text("glob.comma", "this is more than one pattern"),
            Text("glob.comma.advice", "give each pattern an entry of its own"),
        ),
    ),
    (r"\s", Hint("private-glob-blank", Text("glob.blank", "with a blank a pattern matches nothing"), None, str.strip)),
    (
        r"://",
        Hint(
            _GLOB_RULE,
            Text("glob.scheme", "a pattern is a module path, not an address"),
            Text("glob.scheme.advice", "leave out the scheme"),
            lambda glob: glob.partition("://")[2].removesuffix("/"),
        ),
    ),
    (r":[0-9]*", Hint(_GLOB_RULE, Text("glob.port", "a module path has no port; the pattern matches nothing"), None)),
    (
        r"[{}]",
        Hint(
            _GLOB_RULE,
            Text("glob.braces", "go does not know '{{a,b}}'; the pattern matches nothing"),
            Text("glob.braces.advice", "give each pattern an entry of its own"),
        ),
    ),
    (r"[\"'`]", Hint(_GLOB_RULE, Text("glob.quote", "quotes inside a pattern match nothing"), None)),
    (r"^!|\[!", Hint(_GLOB_RULE, Text("glob.not", "go does not know '!'; a class is negated with '[^…]'"), None)),
    (
        r"^/|//",
        Hint(_GLOB_RULE, Text("glob.slash", "a module path has no empty part; the pattern matches nothing"), None),
    ),
    (
        r"/$",
        Hint(
            _GLOB_RULE,
            Text("glob.tail", "the '/' at the end says nothing"),
            Text("glob.tail.advice", "leave it out"),
            lambda glob: glob[:-1],
        ),
    ),
    (
        r"[\[\]]",
        Hint(_GLOB_RULE, Text("glob.class", "this class ('[…]') is malformed; the pattern matches nothing"), None),
    ),
    (r".", Hint(_GLOB_RULE, Text("glob.character", "a character here can stand in no module path"), None)),
)

_PATHS: tuple[_Finding, ...] = (
    (r"^/|^[A-Za-z]:|^\\", Hint("path-unsafe", Text("path.absolute", "a path is relative to the policy file"), None)),
    (r"\\", Hint("path-unsafe", Text("path.backslash", "write '/' between the parts of a path, on Windows too"), None)),
    (r"[ .](/|$)", Hint("path-unsafe", Text("path.tail", "a part of a path must not end with a blank or a dot"), None)),
    (
        r"^~",
        Hint(
            "path-unsafe",
            Text("path.home", "this target is kept in the policy's folder; '~' is not possible here"),
            None,
        ),
    ),
    (
        r"[^A-Za-z0-9._+@/ -]",
        Hint(
            "path-unsafe",
            Text("path.character", "a character that some reader of paths cannot take"),
            Text("path.character.advice", "use letters, digits, '.', '_', '-', '+', '@' and '/'"),
        ),
    ),
)

_CHECKSUM: tuple[_Finding, ...] = (
    (
        r"://",
        Hint(
            "sumdb-url-form",
            Text("checksum.url", "the database is a name, not an address"),
            Text("checksum.url.advice", "database: sum.golang.org; an address goes into 'url'"),
            lambda url: url.partition("://")[2].removesuffix("/"),
        ),
    ),
    (r"(?i)^\s*off\s*$", Hint("sumdb-url-form", Text("checksum.off", 'only the exact word "off" turns it off'), None)),
    (
        r"",
        Hint(
            "sumdb-url-form",
            Text("checksum.name", "go knows no such database"),
            Text("checksum.name.advice", "use sum.golang.org, sum.golang.google.cn, or name+hash+key of your own"),
        ),
    ),
)


def _one(rule: str, text: Text, advice: Text | None = None) -> tuple[_Finding, ...]:
    return (("", Hint(rule, text, advice)),)


_FORMS: dict[str, tuple[_Finding, ...]] = {
    grammar.PROXY_URL: _PROXY,
    grammar.HTTPS_URL: (
        (r"^http://", Hint("sumdb-url-form", Text("url.https", "this address must begin with https://"), None)),
        *_URL,
    ),
    grammar.EGRESS_URL: _EGRESS,
    grammar.GLOB: _GLOBS,
    grammar.MODULE: (
        (r"://", Hint("field-value", Text("module.scheme", "a module path has no scheme"), None)),
        (r"@", Hint("field-value", Text("module.version", "a sample is a module path without its version"), None)),
    ),
    grammar.VCS_RULE: _one(
        "govcs-invalid", Text("vcs.form", "a rule is pattern:vcs|vcs, with git, hg, svn, bzr, fossil, all or off")
    ),
    grammar.GO_VERSION: _one(
        "field-value", Text("go.version", "a version of go is written like 1.26 or 1.26.6, without 'go'")
    ),
    grammar.TOOLCHAIN: _one(
        "toolchain-invalid",
        Text(
            "go.toolchain", "a toolchain is local, auto, path, or goX.Y.Z, with +auto or +path after local or goX.Y.Z"
        ),
    ),
    grammar.CHECKSUM_DATABASE: _CHECKSUM,
    grammar.BYPASS: _one(
        "fwd-noproxy-syntax",
        Text("bypass.form", "go ignores this entry"),
        Text("bypass.form.advice", "write a host, .domain, host:port, an address, or a network such as 10.0.0.0/8"),
    ),
    grammar.SHA256: _one("field-value", Text("sha256.form", "a SHA-256 has 64 digits from 0-9 and a-f")),
    grammar.DATE: _one("field-value", Text("date.form", "a date is written like 2027-03-31")),
    grammar.RULE_ID: _one("waiver-rule-unknown", Text("rule.form", "this is not the name of a rule")),
    grammar.WORDS: _one("field-value", Text("words.form", "this must be one line of text")),
    grammar.EXTENDS: _PATHS,
}

_REPOSITORY: tuple[_Finding, ...] = (
    (r"^[\w.-]+@[\w.-]+:", Hint("field-value", Text("repository.short", "this is git's short form for ssh"),
                               Text("repository.short.advice", "write ssh://git@host/path"))),
)  # fmt: skip
#: Fields of targets whose patterns the kinds define; these take paths.
_PATH_FIELDS = re.compile(r"path|file|.*_file|.*_path")


def explain(pattern: str, value: str, field: str) -> Hint:
    """Why ``value`` does not match ``pattern``, as far as we know the field or the pattern."""
    other = _REPOSITORY if field in {"repo", "url"} else ()
    findings = _FORMS.get(pattern) or (_PATHS if _PATH_FIELDS.fullmatch(field) else other)
    for expression, hint in findings:
        if re.search(expression, value):
            return hint
    if "/" not in pattern and value != value.lower():
        return Hint("field-value", Text("name.case", "write it in lower case"), None)
    return Hint("field-value", Text("field.form", "{field!r} does not have the form that is needed", field=field), None)
