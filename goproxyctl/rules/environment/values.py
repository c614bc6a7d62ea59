"""Every value of a variable that decides how go reaches modules, judged on its own, wherever it stands."""

from collections.abc import Callable, Iterator

from goproxyctl.rules.environment.chain import judge_chain
from goproxyctl.rules.environment.egress import judge_bypass, judge_proxy
from goproxyctl.rules.environment.faults import Fault, Reading, certain
from goproxyctl.rules.environment.flags import judge_flags
from goproxyctl.rules.environment.globs import judge_govcs, judge_insecure, judge_private
from goproxyctl.rules.environment.settings import (
    judge_auth,
    judge_debug,
    judge_module_cache,
    judge_module_mode,
    judge_sumdb,
    judge_toolchain,
)

_ALONE: dict[str, Callable[[str], Iterator[Fault]]] = {
    "GOPRIVATE": judge_private,
    "GONOPROXY": judge_private,
    "GONOSUMDB": judge_private,
    "GOINSECURE": judge_insecure,
    "GOVCS": judge_govcs,
    "GO111MODULE": judge_module_mode,
    "GODEBUG": judge_debug,
    "NO_PROXY": judge_bypass,
    "no_proxy": judge_bypass,
}
#: Those whose judgement depends on who reads them.
_READ: dict[str, Callable[[str, Reading], Iterator[Fault]]] = {
    "GOPROXY": judge_chain,
    "GOSUMDB": judge_sumdb,
    "GOTOOLCHAIN": judge_toolchain,
    "GOFLAGS": judge_flags,
    "GOMODCACHE": judge_module_cache,
    "GOAUTH": judge_auth,
    "HTTP_PROXY": judge_proxy,
    "HTTPS_PROXY": judge_proxy,
    "http_proxy": judge_proxy,
    "https_proxy": judge_proxy,
}
#: The variables that there is something to say about.
JUDGED = frozenset(_ALONE) | frozenset(_READ)
#: Longer values are no settings. Units: characters.
MAX_VALUE = 8192
#: Of these an empty value in a file is an error of its own; of the others it means their default.
_NEVER_EMPTY = frozenset({"GOPROXY", "GOSUMDB"})


def judge(variable: str, value: str, reading: Reading) -> Iterator[Fault]:
    """Everything that is wrong with the value, but for what depends on something unknown in it."""
    if len(value) > MAX_VALUE or (not value and not (reading.in_file and variable in _NEVER_EMPTY)):
        return
    if variable in _ALONE:
        yield from certain(_ALONE[variable](value), value)
    elif variable in _READ:
        yield from certain(_READ[variable](value, reading), value)
