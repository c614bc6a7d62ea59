"""What one hop is asked about a module: its endpoints at a proxy, or its origin in a direct fetch."""

from collections.abc import Callable

from goproxyctl.gosem.chain import Hop, HopKind
from goproxyctl.gosem.globs import matches_any
from goproxyctl.gosem.gourl import GoUrl, join_module
from goproxyctl.gosem.modpath import escape, has_known_repository, host_of
from goproxyctl.gosem.outcome import Answer, Class, Outcome, Purpose, read_answer
from goproxyctl.gosem.request import Failure
from goproxyctl.gosem.session import Session, failed

#: What a hop answered: good content, or why not.
Found = Answer | Failure

_NOT_PRIVATE = Failure("not-private", Class.NOT_FOUND)
_PRIVATE = Failure("private", Class.NOT_FOUND)
_OFF = Failure("off", Class.NOT_FOUND)
#: What goes wrong before a server answers, so that GOINSECURE tries http after https.
_TRANSPORT = frozenset(
    {Outcome.REFUSED, Outcome.RESET, Outcome.DNS, Outcome.TLS, Outcome.TIMEOUT, Outcome.REDIRECT_LOOP}
)


def ask(session: Session, hop: Hop, purpose: Purpose, path: str) -> Found:
    """What ``hop`` has at ``path``, a file of the proxy protocol.

    Shape: everything but a zip is remembered per hop, failures included, and not asked again; what the module cache
    has by now is not asked of anybody.
    Source: cmd/go/internal/modfetch/repo.go, lookup; cmd/go/internal/modfetch/cache.go, cachingRepo.
    """
    if hop.kind is HopKind.DIRECT or (session.private and hop.kind is HopKind.NOPROXY):
        return _once(session, hop, purpose, path, lambda: _ask_origin(session, hop))
    if session.private:
        return _PRIVATE
    if hop.url is None:
        return _NOT_PRIVATE if hop.kind is HopKind.NOPROXY else _OFF
    if purpose is Purpose.ZIP:
        return _ask_proxy(session, hop, hop.url, purpose, path)
    url = hop.url
    return _once(session, hop, purpose, path, lambda: _ask_proxy(session, hop, url, purpose, path))


def _once(session: Session, hop: Hop, purpose: Purpose, path: str, asker: Callable[[], Found]) -> Found:
    key = (hop.text, purpose, path)
    if key not in session.known:
        on_disk = session.known.get(("disk", path))
        session.known[key] = on_disk or asker()
    found = session.known[key]
    assert isinstance(found, Answer | Failure)
    return found


def _ask_proxy(session: Session, hop: Hop, url: GoUrl, purpose: Purpose, path: str) -> Found:
    answer, outcome = session.fetch(hop.server, purpose, join_module(url, f"{escape(session.module)}/{path}"))
    return failed(answer, outcome, hop.server, purpose) or answer


def _ask_origin(session: Session, hop: Hop) -> Found:
    """A direct fetch: find the repository once per hop, then let the version control system work; one visit for us."""
    key = (hop.text, "repository")
    if key not in session.known:
        session.known[key] = _find_repository(session)
    lost = session.known[key]
    if isinstance(lost, Failure):
        return lost
    outcome = session.outcomes.of("origin", Purpose.VCS)
    visited = (hop.text, "visited")
    if visited not in session.known:
        session.known[visited] = True
        answer, outcome = session.fetch("origin", Purpose.VCS, GoUrl("https", host=host_of(session.module)))
    else:
        answer = read_answer(outcome, Purpose.VCS)
    return failed(answer, outcome, "origin", Purpose.VCS) or answer


def _find_repository(session: Session) -> Failure | None:
    """Asks the module's host for its go-import tag; a module without one does not exist.

    Source: cmd/go/internal/modfetch/repo.go, lookupDirect; cmd/go/internal/vcs/vcs.go, repoRootForImportDynamic.
    """
    if has_known_repository(session.module):
        return None
    host, slash, rest = session.module.partition("/")
    insecure = matches_any(session.settings.insecure.split(","), session.module)
    failure: Failure | None = None
    for scheme in ("https", "http") if insecure else ("https",):
        url = GoUrl(scheme, host=host, path=slash + rest, query="go-get=1")
        answer, outcome = session.fetch("origin", Purpose.GO_GET, url)
        failure = failed(answer, outcome, "origin", Purpose.GO_GET)
        if outcome not in _TRANSPORT:
            break
    return failure
