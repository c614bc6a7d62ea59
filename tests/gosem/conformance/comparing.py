"""Prediction against observation, module by module."""

from collections.abc import Callable
from dataclasses import dataclass

from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.request import Failure, Request, Result, Route
from goproxyctl.gosem.route import route
from goproxyctl.gosem.settings import settings_of
from goproxyctl.gosem.version import GoVersion
from tests.gosem.conformance.cases import Case, Module
from tests.gosem.conformance.running import Observed
from tests.gosem.conformance.servers import Line
from tests.gosem.conformance.serving import REPOSITORIES, module_of, purpose_of

#: Requests that belong to the process, not to a module.
_SHARED = {Purpose.SUPPORTED, Purpose.TILE}
_UNSENT = {Outcome.REFUSED, Outcome.TLS, Outcome.DNS}
Router = Callable[..., Route]


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where go did something else."""

    module: str
    what: str
    predicted: object
    observed: object


def compare(case: Case, seen: Observed, go: GoVersion, router: Router = route) -> list[Divergence]:
    """Every difference between the routes of the case's modules and what go did."""
    settings = settings_of(case.environment, go)
    found: list[Divergence] = []
    routes: list[Route] = []
    fatal = False
    for number, module in enumerate(case.modules):
        predicted = router(module.path, module.query, settings, case.outcomes(module), go, recorded=case.recorded)
        routes.append(predicted)
        fatal = fatal or predicted.fatal
        found += _compare_module(number, module, predicted, seen)
    found += _compare_shared(routes, seen)
    status = int(any(r.result is Result.FAILS for r in routes))
    if seen.status != status:
        found.append(Divergence("", "exit status", status, (seen.status, seen.stderr)))
    return found


def _compare_module(number: int, module: Module, predicted: Route, seen: Observed) -> list[Divergence]:
    sent = [line for r in predicted.requests if r.purpose not in _SHARED for line in lines_of(r)]
    logged = _logged(number, seen)
    found = []
    if sent != logged:
        found.append(Divergence(module.path, "requests", sent, logged))
    error = seen.errors.get(module.path, seen.stderr)
    if (predicted.result is Result.FAILS) != bool(error):
        found.append(Divergence(module.path, "result", (predicted.result, predicted.failure), error))
    elif predicted.failure and not shows(predicted, error):
        found.append(Divergence(module.path, "error", predicted.failure, error))
    return found


def lines_of(request: Request) -> list[Line]:
    """What a predicted request leaves in a log."""
    if request.outcome in _UNSENT:
        return []
    if request.purpose is Purpose.VCS:
        return [("https", REPOSITORIES, "")]
    return [(request.scheme, request.host, request.path)] * request.sends


def _logged(number: int, seen: Observed) -> list[Line]:
    """The module's lines of the log; all visits of its repository after finding it are one."""
    lines: list[Line] = []
    visited = False
    for line in seen.log:
        if purpose_of(line) in _SHARED or module_of(line) != number:
            continue
        if line[1] == REPOSITORIES:
            if not visited:
                lines.append(("https", REPOSITORIES, ""))
            visited = True
            continue
        visited = visited and purpose_of(line) is not Purpose.GO_GET
        lines.append(line)
    return lines


def _compare_shared(routes: list[Route], seen: Observed) -> list[Divergence]:
    found = []
    probes = [r for route in routes for r in _probes(route)]
    first = next((_probes(route) for route in routes if _probes(route)), [])
    sent = [line for r in first for line in lines_of(r)]
    logged = [line for line in seen.log if purpose_of(line) is Purpose.SUPPORTED]
    if sent != logged:
        found.append(Divergence("", "supported", sent, logged))
    tiles = {line[1] for line in seen.log if purpose_of(line) is Purpose.TILE}
    wanted = {r.host for route in routes for r in route.requests if r.purpose is Purpose.TILE}
    if tiles != wanted:
        found.append(Divergence("", "tiles", wanted, tiles))
    assert len({r.host for r in probes}) == len({r.host for r in first})
    return found


def _probes(route: Route) -> list[Request]:
    return [r for r in route.requests if r.purpose is Purpose.SUPPORTED]


_WORDS = {
    "off": "module lookup disabled by GOPROXY=off",
    "private": "disabled by GOPRIVATE/GONOPROXY",
    "no-version": "no matching versions",
    "mismatch": "checksum mismatch",
    "go-sum": "checksum mismatch",
    "bad-zip": "zip: not a valid zip file",
}


def shows(predicted: Route, error: str) -> bool:
    """Whether go's error is about the failure that the route names."""
    failure = predicted.failure
    assert failure is not None
    if failure.id in _WORDS:
        return _WORDS[failure.id] in error
    if failure.remark is not None:
        return str(failure.remark.values["says"]).partition(":")[0] in error
    return all(part in error for part in _parts(predicted, failure))


def _parts(predicted: Route, failure: Failure) -> list[str]:
    asked = [r for r in predicted.requests if (r.where, r.purpose) == (failure.where, failure.purpose)]
    host = REPOSITORIES if failure.purpose is Purpose.VCS else asked[-1].host if asked else ""
    outcome = failure.outcome
    if failure.purpose in {Purpose.LOOKUP, Purpose.TILE}:
        return ["verifying"] if not outcome or outcome.status == 200 else _detail(outcome)
    if outcome is None:
        return [host]
    if (outcome, failure.purpose) == (Outcome.TAMPERED, Purpose.INFO):
        return ["proxy returned info for version"]
    if failure.purpose is Purpose.GO_GET and outcome is Outcome.TRUNCATED:
        return [host]
    return [host, *_detail(outcome)]


def _detail(outcome: Outcome) -> list[str]:
    if outcome.status and outcome.status > 200:
        return [f": {outcome.status} "]
    words = {Outcome.REDIRECT_LOOP: ["stopped after 10 redirects"], Outcome.TRUNCATED: ["unexpected EOF"]}
    return words.get(outcome, [])
