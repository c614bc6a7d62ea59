"""A route: the requests of a go command in order, why it went on or stopped after each hop, and how it ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, Protocol

from goproxyctl.gosem.outcome import Class, Outcome, Purpose
from goproxyctl.gosem.remark import Remark

#: Whom a request asks: a hop by its index in the chain (the first of the same URL), the module's own origin, or the
#: checksum database itself.
Where = int | Literal["origin", "sumdb"]


class Outcomes(Protocol):
    """What the servers answer."""

    def of(self, where: Where, purpose: Purpose) -> Outcome:
        """What a request to ``where`` for ``purpose`` meets."""

    def listed(self, where: Where) -> Sequence[str]:
        """The versions that ``where`` lists, oldest first; the newest is also what it makes of a branch or commit."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """Outcomes by table: an entry for one endpoint counts before one for the whole server; the default is healthy."""

    table: Mapping[tuple[Where, Purpose | None], Outcome] = field(default_factory=dict)
    versions: Mapping[Where, Sequence[str]] = field(default_factory=dict)
    version: str = "v1.0.0"

    def of(self, where: Where, purpose: Purpose) -> Outcome:
        """What a request to ``where`` for ``purpose`` meets."""
        found = self.table.get((where, purpose))
        return found or self.table.get((where, None), Outcome.OK)

    def listed(self, where: Where) -> Sequence[str]:
        """The versions that ``where`` lists; ``version`` alone unless told otherwise."""
        return self.versions.get(where, (self.version,))


@dataclass(frozen=True, slots=True)
class Request:
    """One GET, or a visit of a version control system.

    Shape: ``host`` has the port, "" for a file; ``path`` is as sent, with its query; ``sends`` is how often it is sent
    (a 4xx over https twice, a redirect loop ten times); ``learns`` is the module path that the host can read in it.
    """

    where: Where
    purpose: Purpose
    scheme: str
    host: str
    path: str
    outcome: Outcome
    sends: int = 1
    learns: str = ""


class Decision(Enum):
    """What go does after a hop."""

    DONE = "done"
    NEXT_NOT_FOUND = "next-not-found"
    NEXT_ANY_ERROR = "next-any-error"
    STOPPED = "stopped"
    END = "end"
    PASSED = "passed"
    HANGS = "hangs"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something failed: the class of the error, where it arose, and what it is.

    Shape: ``id`` is stable: "outcome" (the answer itself), "off", "not-private", "private", "sumdb", "mismatch",
    "bad-zip", "no-version", "go-sum", "fault"; ``where`` and ``purpose`` None when no request is to blame.
    """

    id: str
    kind: Class
    where: Where | None = None
    purpose: Purpose | None = None
    outcome: Outcome | None = None
    remark: Remark | None = None


@dataclass(slots=True)
class Step:
    """One hop asked for one thing: its requests (from memory: none), what came of it, what go does next.

    Shape: ``hop`` is the index of the hop, None for the checksum database, whose requests are steps of their own that
    follow the step they serve.
    """

    purpose: Purpose
    hop: int | None
    requests: list[Request] = field(default_factory=list)
    failure: Failure | None = None
    decision: Decision = Decision.DONE


class Result(Enum):
    """How the command ends."""

    OK = "ok"
    FAILS = "fails"
    HANGS = "hangs"


@dataclass(frozen=True, slots=True)
class Route:
    """All that a go command requests for one module, and how it ends.

    Shape: ``version`` is what the query came to, None when it came to nothing; ``failure`` is the one that go shows;
    ``fatal``: go exits at once, other modules of the same command included.
    """

    module: str
    query: str
    version: str | None
    steps: tuple[Step, ...]
    result: Result
    failure: Failure | None = None
    fatal: bool = False

    @property
    def requests(self) -> tuple[Request, ...]:
        """Every request, in order."""
        return tuple(request for step in self.steps for request in step.requests)

    @property
    def learners(self) -> tuple[str, ...]:
        """The hosts that learn the module's path, in the order in which they do."""
        return tuple(dict.fromkeys(r.host for r in self.requests if r.learns and r.host))
