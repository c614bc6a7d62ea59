"""What ``go mod download module@version`` requests, in order, and how it ends."""

from collections.abc import Callable
from dataclasses import dataclass

from goproxyctl.gosem import toolchain
from goproxyctl.gosem.chain import Hop, read_chain
from goproxyctl.gosem.modpath import Query, escape, is_prefix, query_of
from goproxyctl.gosem.outcome import Answer, Class, Content, Outcome, Purpose
from goproxyctl.gosem.repo import Found, ask
from goproxyctl.gosem.request import Assumed, Failure, Outcomes, Result, Route
from goproxyctl.gosem.session import HangError, Session
from goproxyctl.gosem.settings import Settings
from goproxyctl.gosem.verify import check_sum
from goproxyctl.gosem.version import NEWEST, RETRACT, GoVersion

HEALTHY: Outcomes = Assumed()


@dataclass(slots=True)
class _Download:
    """One module on its way; ``recorded``: go.sum has its checksums already."""

    session: Session
    recorded: bool = False
    version: str | None = None
    fatal: bool = False


def route(
    module: str,
    version: str,
    settings: Settings,
    outcomes: Outcomes = HEALTHY,
    go: GoVersion = NEWEST,
    *,
    recorded: bool = False,
) -> Route:
    """The requests of ``go mod download module@version`` with an empty module cache, and how it ends.

    Shape: ``version`` is a version, "latest", a prefix or range, or a branch or commit; ``recorded``: the checksums
    stand in go.sum, so the checksum database is not asked.
    Source: cmd/go/internal/modcmd/download.go, runDownload and DownloadModule; cmd/go/internal/modload/list.go.
    """
    download = _Download(Session(settings, outcomes, go, module), recorded)
    return _finish(download, version, lambda: _fetch(download, version))


def route_toolchain(
    name: str,
    settings: Settings,
    outcomes: Outcomes = HEALTHY,
    go: GoVersion = NEWEST,
    *,
    platform: str = "linux-amd64",
) -> Route:
    """The requests for the toolchain ``name`` ("go1.27.3"): its zip alone, and always the checksum database.

    Source: cmd/go/internal/toolchain/select.go, Exec; cmd/go/internal/modfetch/sumdb.go, useSumDB.
    """
    version = toolchain.module_version(name, *platform.split("-"))
    download = _Download(Session(settings, outcomes, go, toolchain.MODULE), version=version)
    return _finish(download, version, lambda: _fault(download) or _zip(download, version))


def _finish(download: _Download, query: str, work: Callable[[], Failure | None]) -> Route:
    session = download.session
    try:
        failure = work()
        result = Result.FAILS if failure else Result.OK
    except HangError:
        failure, result = None, Result.HANGS
    return Route(session.module, query, download.version, tuple(session.steps), result, failure, download.fatal)


def _fault(download: _Download) -> Failure | None:
    """A chain that go cannot read fails every lookup before the first request."""
    session = download.session
    faults = read_chain(session.settings.proxy, session.go).faults
    return Failure("fault", Class.OTHER, remark=faults[0]) if faults else None


def _fetch(download: _Download, query: str) -> Failure | None:
    failure = _fault(download) or _resolve(download, query)
    if failure or download.version is None:
        return failure
    return _mod(download, download.version) or _zip(download, download.version)


def _resolve(download: _Download, query: str) -> Failure | None:
    """From the query to a version. Source: cmd/go/internal/modload/query.go, queryProxy."""
    session = download.session
    kind = query_of(query)
    if kind in {Query.LATEST, Query.LISTED}:
        return session.walk(Purpose.LIST, lambda hop: _choose(download, hop, query, retractions=True))

    def stat(hop: Hop) -> Failure | None:
        found = ask(session, hop, Purpose.INFO, f"@v/{escape(query)}.info")
        # what a branch or commit stands for is the hop's to say; only a version must come back as it was asked for
        if isinstance(found, Failure) and (kind is Query.VERSION or not _states_another(found)):
            return found
        download.version = query if kind is Query.VERSION else _pick(session, hop, query)
        return None

    return session.walk(Purpose.INFO, stat)


def _states_another(failure: Failure) -> bool:
    """Whether a hop answered with another version than the one it was asked for."""
    return failure.outcome is Outcome.TAMPERED and failure.purpose is Purpose.INFO


def _pick(session: Session, hop: Hop, query: str) -> str:
    """The version that a query makes of a list: the oldest that is newer than one, else the newest.

    Source: cmd/go/internal/modload/query.go, newQueryMatcher, preferLower.
    """
    listed = session.outcomes.listed(hop.server if hop.url else "origin")
    return listed[0 if query.startswith(">") else -1]


def _choose(download: _Download, hop: Hop, query: str, *, retractions: bool) -> Failure | None:
    """One hop's choice among the versions it lists; @latest only when it lists none and the query is "latest".

    Source: cmd/go/internal/modload/query.go, queryProxy and filterVersions.
    """
    session = download.session
    prefix = query if is_prefix(query) else ""
    listed = _ask_list(session, hop, prefix)
    if isinstance(listed, Failure):
        return listed
    if listed.content is Content.BROKEN:
        if query != "latest":
            return Failure("no-version", Class.OTHER, hop.server, Purpose.LIST)
        latest = ask(session, hop, Purpose.LATEST, "@latest")
        if isinstance(latest, Failure):
            return latest if latest.kind is not Class.NOT_FOUND else _no_version(hop)
    version = _pick(session, hop, query)
    if retractions:
        _read_retractions(download)
    if listed.content is not Content.BROKEN:
        stated = ask(session, hop, Purpose.INFO, f"@v/{escape(version)}.info")
        if isinstance(stated, Failure):
            return stated
    session.known["disk", f"@v/{escape(version)}.info"] = Answer(Class.OK)
    download.version = version
    return None


def _ask_list(session: Session, hop: Hop, prefix: str) -> Found:
    """The list is remembered per prefix. Source: cmd/go/internal/modfetch/cache.go, cachingRepo.Versions."""
    key = (hop.text, "versions", prefix)
    if key not in session.known:
        session.known.pop((hop.text, Purpose.LIST, "@v/list"), None)
        session.known[key] = ask(session, hop, Purpose.LIST, "@v/list")
    found = session.known[key]
    assert isinstance(found, Answer | Failure)
    return found


def _no_version(hop: Hop) -> Failure:
    return Failure("no-version", Class.OTHER, hop.server, Purpose.LATEST)


def _read_retractions(download: _Download) -> None:
    """Reads the newest go.mod for retractions, through the whole chain again; what goes wrong is ignored.

    Source: cmd/go/internal/modload/modfile.go, CheckRetractions and queryLatestVersionIgnoringRetractions.
    """
    session = download.session
    if not session.go.has(RETRACT) or "retractions" in session.known:
        return
    session.known["retractions"] = True
    inner = _Download(session, download.recorded)
    failure = session.walk(Purpose.LIST, lambda hop: _choose(inner, hop, "latest", retractions=False))
    if failure is None and inner.version is not None:
        _mod(inner, inner.version)
        download.fatal = download.fatal or inner.fatal


def _mod(download: _Download, version: str) -> Failure | None:
    """The go.mod, verified inside the walk: a hop whose go.mod does not verify failed with class OTHER.

    Source: cmd/go/internal/modfetch/cache.go, cachingRepo.GoMod.
    """
    session = download.session
    path = f"@v/{escape(version)}.mod"
    if ("disk", path) in session.known:
        return None

    def read(hop: Hop) -> Failure | None:
        found = ask(session, hop, Purpose.MOD, path)
        if isinstance(found, Failure):
            return found
        return _verify(download, version, found.content, Purpose.MOD)

    failure = session.walk(Purpose.MOD, read)
    if failure is None:
        session.known["disk", path] = Answer(Class.OK)
    return failure


def _zip(download: _Download, version: str) -> Failure | None:
    """The zip, looked at and verified only after the walk: what is wrong with it never leads to another hop.

    Source: cmd/go/internal/modfetch/fetch.go, downloadZip and hashZip.
    """
    session = download.session
    answers: list[Answer] = []

    def read(hop: Hop) -> Failure | None:
        found = ask(session, hop, Purpose.ZIP, f"@v/{escape(version)}.zip")
        if isinstance(found, Failure):
            return found
        answers.append(found)
        return None

    failure = session.walk(Purpose.ZIP, read)
    if failure:
        return failure
    if answers[0].content is Content.BROKEN:
        return Failure("bad-zip", Class.OTHER, purpose=Purpose.ZIP)
    return _verify(download, version, answers[0].content, Purpose.ZIP)


def _verify(download: _Download, version: str, content: Content, purpose: Purpose) -> Failure | None:
    """Against go.sum when it has the checksum, else against the database. Source: fetch.go, checkModSum."""
    if not download.recorded:
        return check_sum(download.session, version, content, purpose)
    if content is Content.GENUINE:
        return None
    download.fatal = True
    return Failure("go-sum", Class.OTHER, purpose=purpose)
