"""What go prints when it cannot fetch a module: its own words, as far as they do not depend on the machine."""

import re
from collections.abc import Sequence

from goproxyctl.gosem.chain import Hop
from goproxyctl.gosem.modpath import Query, query_of
from goproxyctl.gosem.outcome import Class, Outcome, Purpose
from goproxyctl.gosem.request import Failure, Request, Route
from goproxyctl.gosem.toolchain import MODULE

#: Source: golang/go net/http/status.go, StatusText.
_STATUS = {
    Outcome.NO_CONTENT: "204 No Content",
    Outcome.UNAUTHORIZED: "401 Unauthorized",
    Outcome.FORBIDDEN: "403 Forbidden",
    Outcome.NOT_FOUND: "404 Not Found",
    Outcome.GONE: "410 Gone",
    Outcome.TOO_MANY: "429 Too Many Requests",
    Outcome.SERVER_ERROR: "500 Internal Server Error",
    Outcome.BAD_GATEWAY: "502 Bad Gateway",
    Outcome.UNAVAILABLE: "503 Service Unavailable",
}
#: Source: golang/go net/net.go and net/dial.go; crypto/x509/verify.go; net/http/client.go, defaultCheckRedirect.
_NETWORK = {
    Outcome.REFUSED: "connect: connection refused",
    Outcome.RESET: "read: connection reset by peer",
    Outcome.DNS: "no such host",
    Outcome.TLS: "tls: failed to verify certificate: x509: certificate signed by unknown authority",
    Outcome.TIMEOUT: "i/o timeout",
    Outcome.REDIRECT_LOOP: "stopped after 10 redirects",
}
#: Source: golang/go encoding/json/scanner.go; cmd/go/internal/modfetch/proxy.go, Stat.
_BODIES = {
    Outcome.HTML: "invalid character '<' looking for beginning of value",
    Outcome.EMPTY: "unexpected end of JSON input",
}
_DATABASE = frozenset({Purpose.SUPPORTED, Purpose.LOOKUP, Purpose.TILE})


def say(route: Route, hops: Sequence[Hop] = ()) -> str:
    """The line that go ends with when ``route`` fails; "" when it does not, for a go that hangs says nothing.

    ``hops``: the chain it went along, for go names a proxy as GOPROXY has it.
    """
    failure = route.failure
    if failure is None:
        return ""
    if route.module == MODULE and failure.kind is Class.NOT_FOUND:
        platform = route.query.rpartition(".")[2].replace("-", "/")
        return f"go: download {_toolchain(route)} for {platform}: toolchain not available"
    return f"go: {_subject(route, failure)}{_verifying(route, failure)}{_reason(route, failure, hops)}"


def _toolchain(route: Route) -> str:
    """Source: cmd/go/internal/toolchain/select.go, Exec."""
    return route.query.partition("-")[2].rpartition(".")[0]


def _subject(route: Route, failure: Failure) -> str:
    """Source: cmd/go/internal/modload/query.go, queryModule; golang.org/x/mod/module, ModuleError."""
    download = f"download {_toolchain(route)}: " if route.module == MODULE else ""
    late = failure.purpose is Purpose.GO_GET and route.steps[-1].purpose in {Purpose.MOD, Purpose.ZIP}
    if failure.id == "bad-zip" or late:  # an error of the repository itself; those of a proxy name the version
        return download
    kind = query_of(route.query)
    listing = failure.purpose in {Purpose.LIST, Purpose.LATEST} and failure.id == "outcome"
    if listing or (failure.id == "no-version" and kind is Query.LATEST):
        return f"module {route.module}: "
    invalid = "invalid version: " if kind is Query.REVISION and failure.purpose is Purpose.INFO else ""
    return f"{download}{route.module}@{_version(route, failure)}: {invalid}"


def _version(route: Route, failure: Failure) -> str:
    """The version that is spoken of: the one a list led to, even where it could not be had."""
    stated = re.search(r"/@v/(v[^/]*)\.info$", route.requests[-1].path.partition("?")[0]) if route.requests else None
    chosen = stated[1] if stated and failure.purpose is Purpose.INFO else route.query
    return route.version or chosen


def _verifying(route: Route, failure: Failure) -> str:
    """Source: cmd/go/internal/modfetch/fetch.go, checkModSum and checkSumDB."""
    missing = failure.remark is not None and failure.remark.id.startswith("sumdb.")
    if not (failure.purpose in _DATABASE or missing or failure.id in {"mismatch", "go-sum"}):
        return ""
    fetched = [step.purpose for step in route.steps if step.purpose in {Purpose.MOD, Purpose.ZIP}]
    noun, file = ("module", "") if fetched[-1] is Purpose.ZIP else ("go.mod", "/go.mod")
    about = f"{route.module}@{route.version}{file}: " if failure.purpose in _DATABASE else ""
    return f"verifying {noun}: {about}"


def _reason(route: Route, failure: Failure, hops: Sequence[Hop]) -> str:
    if failure.remark is not None:
        return str(failure.remark.values["says"])
    if failure.id == "outcome" and failure.outcome is not None:
        request = next(r for r in reversed(route.requests) if (r.where, r.purpose) == (failure.where, failure.purpose))
        return _met(route.module, request, failure.outcome, hops)
    return {
        "off": "module lookup disabled by GOPROXY=off",
        "bad-zip": "zip: not a valid zip file",
        "no-version": f'no matching versions for query "{route.query}"',
    }.get(failure.id, "checksum mismatch")


def _met(module: str, request: Request, outcome: Outcome, hops: Sequence[Hop]) -> str:
    """Source: cmd/go/internal/web/api.go, HTTPError.Error; net/url, Error.Error; cmd/go/internal/vcs/vcs.go."""
    url = f"{request.scheme}://{request.host}{shown_path(request)}"
    if request.purpose is Purpose.VCS:
        return "git ls-remote -q origin: exit status 128"
    lost = f'unrecognized import path "{module}": ' if request.purpose is Purpose.GO_GET else ""
    if outcome in _STATUS:
        return f"{lost}reading {url}: {_STATUS[outcome]}"
    if outcome in _NETWORK:
        return f'{lost}{"https fetch: " if lost else ""}Get "{url}": {_NETWORK[outcome]}'
    if outcome is Outcome.TRUNCATED:
        reading = f"reading {url}" if request.purpose in _DATABASE else f'read "{url}"'
        return f"{lost}parsing {module}: unexpected EOF" if lost else f"{reading}: unexpected EOF"
    return f"{lost}parse {url}: no go-import meta tags ()" if lost else _content(request, outcome, hops)


def _content(request: Request, outcome: Outcome, hops: Sequence[Hop]) -> str:
    """Source: cmd/go/internal/modfetch/proxy.go, Stat, versionError and newProxyRepo (redactedBase)."""
    if outcome is Outcome.TAMPERED:
        return "proxy returned info for version ... instead of requested version"
    bases = (hop.url.redacted().partition("?") for hop in hops if hop.index == request.where and hop.url)
    base, question, _ = next(bases, (f"{request.scheme}://{request.host}", "", ""))
    base += "?***" if question else ""
    return f'invalid response from proxy "{base}": {_BODIES[outcome]}'


def shown_path(request: Request) -> str:
    """The path of a request without the query of a proxy's own URL, which may hold a token."""
    path, question, _ = request.path.partition("?")
    return f"{path}?***" if question and isinstance(request.where, int) else request.path
