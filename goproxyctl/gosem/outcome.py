"""What a server can answer, and which answers the go command can tell apart."""

from dataclasses import dataclass
from enum import Enum
from functools import cache


class Purpose(Enum):
    """What a request is for; the value is its name in reports."""

    INFO = "info"
    MOD = "mod"
    ZIP = "zip"
    LIST = "list"
    LATEST = "latest"
    SUPPORTED = "supported"
    LOOKUP = "lookup"
    TILE = "tile"
    GO_GET = "go-get"
    VCS = "vcs"


class Outcome(Enum):
    """What a request meets.

    Shape: HTML, EMPTY and TAMPERED come with status 200: a login page, no bytes, well-formed but different content.
    """

    OK = "200"
    HTML = "200-html"
    EMPTY = "200-empty"
    TAMPERED = "200-tampered"
    NO_CONTENT = "204"
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    GONE = "410"
    TOO_MANY = "429"
    SERVER_ERROR = "500"
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    REFUSED = "refused"
    RESET = "reset"
    DNS = "dns"
    TLS = "tls"
    TIMEOUT = "timeout"
    TRUNCATED = "truncated"
    REDIRECT_LOOP = "redirect-loop"
    HANG = "hang"

    @property
    def status(self) -> int | None:
        """The HTTP status; None where no answer arrives."""
        return int(self.value[:3]) if self.value[0].isdigit() else None


class Class(Enum):
    """How the walk along the chain takes an answer.

    Source: golang/go cmd/go/internal/modfetch/proxy.go, TryProxies; cmd/go/internal/web/api.go, HTTPError.Is.
    """

    OK = "ok"
    NOT_FOUND = "not-found"
    OTHER = "other"
    HANG = "hang"


class Content(Enum):
    """What a good answer carries: what was published, or something else that go takes all the same."""

    GENUINE = "genuine"
    ALTERED = "altered"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as go takes it; ``content`` says something only for class OK."""

    kind: Class
    content: Content = Content.GENUINE


_OK = Answer(Class.OK)
_NOT_FOUND = Answer(Class.NOT_FOUND)
_OTHER = Answer(Class.OTHER)
_BROKEN = Answer(Class.OK, Content.BROKEN)
_ALTERED = Answer(Class.OK, Content.ALTERED)

#: How an answer with status 200 but other content is taken. A list without a version is BROKEN: @latest is asked then.
#: Source: cmd/go/internal/modfetch/proxy.go, Stat, Versions, Latest, GoMod, Zip; golang.org/x/mod/sumdb/client.go.
_BODIES: dict[Outcome, dict[Purpose, Answer]] = {
    Outcome.HTML: {
        Purpose.INFO: _OTHER,
        Purpose.LATEST: _OTHER,
        Purpose.LIST: _BROKEN,
        Purpose.MOD: _ALTERED,
        Purpose.ZIP: _BROKEN,
        Purpose.SUPPORTED: _OK,
        Purpose.GO_GET: _NOT_FOUND,
    },
    Outcome.EMPTY: {
        Purpose.INFO: _OTHER,
        Purpose.LATEST: _OTHER,
        Purpose.LIST: _BROKEN,
        Purpose.MOD: _ALTERED,
        Purpose.ZIP: _BROKEN,
        Purpose.SUPPORTED: _OK,
        Purpose.GO_GET: _NOT_FOUND,
    },
    Outcome.TAMPERED: {
        Purpose.INFO: _OTHER,
        Purpose.LATEST: _OK,
        Purpose.LIST: _OK,
        Purpose.MOD: _ALTERED,
        Purpose.ZIP: _ALTERED,
        Purpose.SUPPORTED: _OK,
        Purpose.GO_GET: _NOT_FOUND,
    },
}


@cache
def read_answer(outcome: Outcome, purpose: Purpose) -> Answer:
    """How go takes ``outcome`` as the answer to a request for ``purpose``.

    Source: cmd/go/internal/modfetch/repo.go, lookupDirect: a module whose origin cannot be found does not exist.
    """
    if outcome is Outcome.OK:
        return _OK
    if outcome is Outcome.HANG:
        return Answer(Class.HANG)
    if outcome in _BODIES:
        return _BODIES[outcome].get(purpose, _OTHER)
    if purpose is Purpose.GO_GET or outcome in {Outcome.NOT_FOUND, Outcome.GONE}:
        return _NOT_FOUND
    return _OTHER


def same_for_go(one: Outcome, other: Outcome, purpose: Purpose) -> bool:
    """Whether go goes on in the same way after either outcome; only the text of its error may differ."""
    return read_answer(one, purpose) == read_answer(other, purpose)


@cache
def told_apart(purpose: Purpose) -> tuple[Outcome, ...]:
    """One outcome for each way in which go can go on after a request for ``purpose``, the plainest of each first."""
    first: dict[Answer, Outcome] = {}
    for outcome in (Outcome.OK, Outcome.NOT_FOUND, Outcome.UNAVAILABLE, Outcome.HANG, *Outcome):
        first.setdefault(read_answer(outcome, purpose), outcome)
    return tuple(first.values())
