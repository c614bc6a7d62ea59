"""One go process: it walks the chain, remembers what it asked, and writes down every step."""

from collections.abc import Callable
from dataclasses import dataclass, field

from goproxyctl.gosem.chain import NOPROXY_INDEX, Hop, HopKind, read_chain
from goproxyctl.gosem.globs import matches_any
from goproxyctl.gosem.gourl import GoUrl
from goproxyctl.gosem.outcome import Answer, Class, Outcome, Purpose, read_answer
from goproxyctl.gosem.request import Decision, Failure, Outcomes, Request, Step, Where
from goproxyctl.gosem.settings import Settings
from goproxyctl.gosem.version import AUTH, GoVersion

#: Asks one hop; None when it had what was wanted.
Ask = Callable[[Hop], Failure | None]

_REDIRECTS = 10
_NOPROXY = Hop(NOPROXY_INDEX, NOPROXY_INDEX, HopKind.NOPROXY, "noproxy")
_LEARN = frozenset(Purpose) - {Purpose.SUPPORTED, Purpose.TILE}


class HangError(Exception):
    """A server never answers; go waits for ever. Source: cmd/go/internal/web/http.go sets no timeout."""


@dataclass(slots=True)
class Session:
    """What a go process knows while it runs.

    Shape: ``known`` holds what was asked before, by the text of the hop; ``steps`` grows; ``hops`` has the one that go
    puts before the chain; ``private``: GONOPROXY takes the module off the proxies.
    """

    settings: Settings
    outcomes: Outcomes
    go: GoVersion
    module: str
    steps: list[Step] = field(default_factory=list)
    known: dict[object, object] = field(default_factory=dict)
    hops: tuple[Hop, ...] = field(init=False)
    private: bool = field(init=False)

    def __post_init__(self) -> None:
        self.hops = hops_of(self.settings, self.go)
        self.private = matches_any(self.settings.noproxy.split(","), self.module)

    def walk(self, purpose: Purpose, ask: Ask) -> Failure | None:
        """Asks hop by hop until one has it or go must not go on; the failure that go shows, None when found.

        Source: cmd/go/internal/modfetch/proxy.go, TryProxies.
        """
        best: Failure | None = None
        rank = 0
        for place, hop in enumerate(self.hops):
            step = Step(purpose, hop.index)
            self.steps.append(step)
            step.failure = failure = ask(hop)
            if failure is None:
                return None
            best, rank = _better(best, rank, failure, hop)
            step.decision = _decide(failure, hop, last=place == len(self.hops) - 1)
            if step.decision is Decision.STOPPED:
                break
        return best

    def fetch(self, where: Where, purpose: Purpose, url: GoUrl) -> tuple[Answer, Outcome]:
        """Makes one request and writes it into the newest step. Raises: HangError."""
        outcome = self.outcomes.of(where, purpose)
        if url.scheme == "file" and purpose is Purpose.SUPPORTED and outcome is Outcome.OK:
            outcome = Outcome.NOT_FOUND  # nothing writes that file into a tree, healthy as it may be
        answer = read_answer(outcome, purpose)
        learns = self.module if purpose in _LEARN else ""
        sends = self._sends(outcome, url.scheme)
        step = self.steps[-1]
        query = f"?{url.query}" if url.query or url.force_query else ""
        path = (url.escaped_path() or "/") + query
        step.requests.append(Request(where, purpose, url.scheme, url.host, path, outcome, sends, learns))
        if answer.kind is Class.HANG:
            step.decision = Decision.HANGS
            raise HangError
        return answer, outcome

    def _sends(self, outcome: Outcome, scheme: str) -> int:
        """Source: cmd/go/internal/web/http.go, get: a 4xx over https is asked again, with credentials for that URL."""
        if outcome is Outcome.REDIRECT_LOOP:
            return _REDIRECTS
        status = outcome.status or 0
        return 2 if scheme == "https" and 400 <= status < 500 and self.go.has(AUTH) else 1


def hops_of(settings: Settings, go: GoVersion) -> tuple[Hop, ...]:
    """The chain as go walks it. Source: cmd/go/internal/modfetch/proxy.go, proxyList."""
    chain = read_chain(settings.proxy, go).hops
    return (_NOPROXY, *chain) if settings.noproxy and settings.proxy != "direct" else chain


def failed(answer: Answer, outcome: Outcome, where: Where, purpose: Purpose) -> Failure | None:
    """The failure that an answer is; None for a good one."""
    if answer.kind is Class.OK:
        return None
    return Failure("outcome", answer.kind, where, purpose, outcome)


def _better(best: Failure | None, rank: int, failure: Failure, hop: Hop) -> tuple[Failure | None, int]:
    """The failure that go shows so far, and its rank: 2 from a direct fetch, 1 any error, 0 not found."""
    if hop.kind is HopKind.DIRECT or (hop.kind is HopKind.NOPROXY and failure.id != "not-private"):
        return failure, 2
    if rank <= 1 and failure.kind is not Class.NOT_FOUND:
        return failure, 1
    return (failure, 0) if rank == 0 else (best, rank)


def _decide(failure: Failure, hop: Hop, *, last: bool) -> Decision:
    """What the separator after ``hop`` lets go do."""
    if failure.kind is not Class.NOT_FOUND and not hop.any_error:
        return Decision.STOPPED
    if last:
        return Decision.END
    if failure.id in {"not-private", "private"}:
        return Decision.PASSED
    return Decision.NEXT_NOT_FOUND if failure.kind is Class.NOT_FOUND else Decision.NEXT_ANY_ERROR
