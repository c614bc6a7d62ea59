"""What is wrong with the settings that go has on a machine, each finding at its variable or at its line."""

from collections.abc import Iterator

from goproxyctl.gosem.layers import Effective, resolve
from goproxyctl.gosem.remark import Remark
from goproxyctl.gosem.variables import kind_of
from goproxyctl.rules.environment.chain import is_closed
from goproxyctl.rules.environment.faults import Reading
from goproxyctl.rules.environment.file import check_env_file, position_in
from goproxyctl.rules.environment.values import JUDGED, judge
from goproxyctl.rules.environment.way import check_way
from goproxyctl.rules.environment.whole import Settled, check_whole
from goproxyctl.rules.environment.words import text_of
from goproxyctl.rules.surroundings import Sighting, Surroundings
from goproxyctl.text import Text

#: What people take for a variable of go, and no go reads.
STRANGERS = frozenset(
    {"GONOSUMCHECK", "GOPROXYS", "GOPROXIES", "GOSUMDBS", "GOSUM", "GOPRIVATES", "GONOPRIVATE", "GOCHECKSUMDB"}
)
_SETTINGS = (
    "GO111MODULE", "GOAUTH", "GODEBUG", "GOFLAGS", "GOINSECURE", "GOMODCACHE", "GONOPROXY", "GONOSUMDB", "GOPRIVATE",
    "GOPROXY", "GOSUMDB", "GOTOOLCHAIN", "GOVCS", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "NETRC",
)  # fmt: skip


def check_environment(surroundings: Surroundings) -> Iterator[Sighting]:
    """Everything that is wrong: the file first, then each variable, then all of them together."""
    layers, go = surroundings.layers, surroundings.go
    windows = layers.system == "windows"
    if surroundings.env_file_bytes is not None:
        yield from check_env_file(surroundings.env_file_name, surroundings.env_file_bytes, go, windows=windows)
    settled = {name: resolve(name, layers, go) for name in _SETTINGS}
    reading = Reading(go, windows, ci=bool(layers.environment.get("CI")), closed=is_closed(settled["GOPROXY"].value))
    for effective in settled.values():
        yield from _of_layers(effective, surroundings)
        if effective.source in {"environment", "go.env"}:
            yield from _of_value(effective, reading._replace(in_file=effective.source == "go.env"))
    yield from _strangers(surroundings)
    stated = frozenset(name for name, one in settled.items() if one.source in {"environment", "env-file"})
    together = Settled({name: one.value for name, one in settled.items()}, stated, go)
    yield from check_whole(together)
    yield from check_way(layers, together.hops, go)


def _of_value(effective: Effective, reading: Reading) -> Iterator[Sighting]:
    for fault in judge(effective.variable, effective.value, reading) if effective.variable in JUDGED else ():
        yield Sighting(fault.rule, effective.variable, None, fault.text, fault.advice)


def _of_layers(effective: Effective, surroundings: Surroundings) -> Iterator[Sighting]:
    """Values that somebody set in vain."""
    in_file = [said for said in effective.shadowed if said.source == "env-file" and said.value]
    for remark in effective.remarks:
        if remark.id == "layers.shadowed":
            advice = Text("value.env-shadowed.advice", "remove one of the two")
            yield _at_line(
                Sighting("env-shadowed", effective.variable, None, text_of(remark), advice), surroundings, remark
            )
        elif remark.id == "layers.empty-is-unset" and (in_file or effective.source == "env-file"):
            advice = Text("value.env-empty-means-unset.advice", "use go env -u {name}", name=effective.variable)
            yield Sighting("env-empty-means-unset", effective.variable, None, text_of(remark), advice)
        elif remark.id == "layers.case":
            yield Sighting("unknown-var", str(remark.values["name"]), None, text_of(remark))
        elif remark.id == "layers.later" and not in_file:
            yield Sighting("env-later", effective.variable, None, text_of(remark))


def _at_line(sighting: Sighting, surroundings: Surroundings, remark: Remark) -> Sighting:
    """The same, at the line of the file that the remark names."""
    number = int(remark.values["line"])
    lines = surroundings.layers.env_file.lines
    text = lines[number - 1].text.decode("utf-8", "replace").rstrip("\r")
    return sighting._replace(position=position_in(surroundings.env_file_name, number, text, 0, len(text)))


def _strangers(surroundings: Surroundings) -> Iterator[Sighting]:
    for name in surroundings.layers.environment:
        if name in STRANGERS and kind_of(name, surroundings.go) == "unknown":
            said = text_of(Remark("layers.unknown", {"variable": name, "name": name}))
            yield Sighting("unknown-var", name, None, said)
