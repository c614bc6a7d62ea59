"""Can a private name escape, a refusal be bypassed, what breaks a build, what hangs it; each answer shows how."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from goproxyctl.gosem.outcome import Answer, Class, Outcome, Purpose, read_answer
from goproxyctl.gosem.reach import Reached, reach
from goproxyctl.gosem.request import Assumed, Result, Route, Where
from goproxyctl.gosem.route import route, route_toolchain
from goproxyctl.gosem.settings import Settings
from goproxyctl.gosem.toolchain import MODULE
from goproxyctl.gosem.version import NEWEST, GoVersion

_MODULE_FILES = (Purpose.INFO, Purpose.MOD, Purpose.ZIP, Purpose.LIST, Purpose.LATEST)
#: How a gatekeeper says no: "you may not", and "there is no such thing", which lets go move on.
REFUSALS = (Outcome.FORBIDDEN, Outcome.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Sample:
    """A module that stands for its kind.

    Shape: ``may_learn`` are the hosts (with port) that may learn its path, None: any; ``healthy`` says what servers
    answer when nothing is wrong, e.g. 404 from a mirror that cannot know a private module.
    """

    module: str
    version: str = "v1.0.0"
    may_learn: frozenset[str] | None = None
    healthy: Assumed = field(default_factory=Assumed)


@dataclass(frozen=True, slots=True)
class Leak:
    """A host learns a path that it may not learn; ``reached`` shows how."""

    sample: Sample
    reached: Reached


@dataclass(frozen=True, slots=True)
class Bypass:
    """A build succeeds although the gatekeeper refused the module.

    Shape: ``purposes`` is what it refused; ``asked`` False: it was not even asked; ``source`` is the host that gave
    the zip, "" for a file.
    """

    sample: Sample
    gatekeeper: int
    refusal: Outcome
    purposes: tuple[Purpose, ...]
    asked: bool
    source: str
    route: Route


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing goes wrong, and the build fails or hangs.

    Shape: ``where`` answers ``outcomes`` (all of them lead here) to ``purpose``, None: to everything.
    """

    sample: Sample
    where: Where
    purpose: Purpose | None
    outcomes: tuple[Outcome, ...]
    result: Result
    route: Route


@dataclass(frozen=True, slots=True)
class Proof:
    """What can happen under one set of settings; an empty tuple is the proof that it cannot.

    Shape: ``healthy`` has the route of every sample when nothing is wrong, the toolchain's last.
    """

    healthy: tuple[tuple[Sample, Route], ...]
    leaks: tuple[Leak, ...]
    bypasses: tuple[Bypass, ...]
    losses: tuple[Loss, ...]

    @property
    def breaks(self) -> tuple[Loss, ...]:
        """The single failures that break a build."""
        return tuple(loss for loss in self.losses if loss.result is Result.FAILS)

    @property
    def hangs(self) -> tuple[Loss, ...]:
        """The single failures that hang a build."""
        return tuple(loss for loss in self.losses if loss.result is Result.HANGS)


def prove(
    settings: Settings,
    samples: Sequence[Sample],
    *,
    gatekeepers: Collection[int] = (),
    toolchain: str | None = None,
    go: GoVersion = NEWEST,
) -> Proof:
    """Everything that the servers' answers can do to fetching the samples, and the toolchain of that name.

    Shape: ``gatekeepers`` are indexes of hops.
    """
    subjects = [*samples, *([Sample(MODULE, toolchain)] if toolchain else [])]
    return Proof(
        tuple((sample, travel(sample, settings, sample.healthy, go)) for sample in subjects),
        tuple(leak for sample in samples for leak in find_leaks(sample, settings, go)),
        tuple(b for sample in samples for hop in gatekeepers for b in find_bypasses(sample, hop, settings, go)),
        tuple(loss for sample in subjects for loss in find_losses(sample, settings, go)),
    )


def travel(sample: Sample, settings: Settings, outcomes: Assumed, go: GoVersion) -> Route:
    """The route of a sample; for the module of toolchains its version is a toolchain's name."""
    if sample.module == MODULE:
        return route_toolchain(sample.version, settings, outcomes, go)
    return route(sample.module, sample.version, settings, outcomes, go)


def find_leaks(sample: Sample, settings: Settings, go: GoVersion = NEWEST) -> Iterator[Leak]:
    """The hosts that can learn the sample's path and may not."""
    if sample.may_learn is None:
        return
    for reached in reach(sample.module, sample.version, settings, go):
        if reached.learns and reached.host not in sample.may_learn:
            yield Leak(sample, reached)


def find_bypasses(sample: Sample, gatekeeper: int, settings: Settings, go: GoVersion = NEWEST) -> Iterator[Bypass]:
    """The refusals of a gatekeeper after which go finds the module elsewhere.

    All others are healthy: whatever else goes wrong only takes sources away.
    """
    for refusal in REFUSALS:
        for purposes in (_MODULE_FILES, (Purpose.ZIP,)):
            table = dict(sample.healthy.table)
            table.update({(gatekeeper, purpose): refusal for purpose in purposes})
            taken = travel(sample, settings, Assumed(table, sample.healthy.versions), go)
            if taken.result is not Result.OK:
                continue
            asked = any(request.where == gatekeeper for request in taken.requests)
            yield Bypass(sample, gatekeeper, refusal, purposes, asked, _source(taken), taken)
            if not asked:
                return
            break


def _source(taken: Route) -> str:
    """Who gave the zip: the last that was asked for it, or whose repository it is."""
    wanted = [r.host for r in taken.requests if r.purpose in {Purpose.ZIP, Purpose.VCS}]
    return wanted[-1] if wanted else ""


def find_losses(sample: Sample, settings: Settings, go: GoVersion = NEWEST) -> Iterator[Loss]:
    """The single failures after which the sample cannot be fetched: a server that is asked when all is well fails.

    Shape: first of the whole server, then of single endpoints, those only where they say something new.
    """
    healthy = travel(sample, settings, sample.healthy, go)
    if healthy.result is not Result.OK:
        return
    asked: dict[Where, dict[Purpose, None]] = {}
    for request in healthy.requests:
        asked.setdefault(request.where, {})[request.purpose] = None
    for where, purposes in asked.items():
        harmful: set[tuple[Outcome, Result]] = set()
        for purpose in (None, *purposes):
            for loss in _lose(sample, where, purpose, settings, go):
                fresh = {(outcome, loss.result) for outcome in loss.outcomes} - harmful
                if fresh:
                    yield loss
                harmful |= fresh


def _lose(sample: Sample, where: Where, purpose: Purpose | None, settings: Settings, go: GoVersion) -> Iterator[Loss]:
    """The outcomes at one place that break or hang, those that go cannot tell apart together."""
    for outcomes in _alike(purpose):
        table = dict(sample.healthy.table)
        for affected in [purpose] if purpose else Purpose:
            table[where, affected] = outcomes[0]
        taken = travel(sample, settings, Assumed(table, sample.healthy.versions), go)
        if taken.result is not Result.OK:
            yield Loss(sample, where, purpose, outcomes, taken.result, taken)


def _alike(purpose: Purpose | None) -> list[tuple[Outcome, ...]]:
    """All outcomes but the good one, in groups that go takes alike for ``purpose``, or for every purpose."""
    groups: dict[tuple[Answer, ...], list[Outcome]] = {}
    for outcome in Outcome:
        taken = tuple(read_answer(outcome, p) for p in ([purpose] if purpose else Purpose))
        if any(answer != Answer(Class.OK) for answer in taken):
            groups.setdefault(taken, []).append(outcome)
    return [tuple(group) for group in groups.values()]
