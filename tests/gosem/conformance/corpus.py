"""Recorded runs of real go commands: what they did, kept so that it can be compared again without them."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, cast, get_args

from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.version import GoVersion
from tests.gosem.conformance import grammar
from tests.gosem.conformance.cases import Case, Module, Table, make_case, make_direct_case
from tests.gosem.conformance.running import Observed, run_case
from tests.gosem.toolchains import VERSIONS, require_go_version, version_of
from tests.oracles import ROOT

FILE = ROOT / "tests" / "data" / "go-runs.json"
#: How much go says of one module is kept.
_WORDS = 400


def record(tls: Path, processes: int, values: int) -> None:
    """Runs every version anew and rewrites the file."""
    runs, said = [], []
    for version in VERSIONS:
        binary, go = require_go_version(version), version_of(version)
        random = Random(f"corpus/{go}")
        cases = [make_direct_case(random, 8), *(make_case(random, 8) for _ in range(processes))]
        runs += [{"go": str(go), "case": _pack(c), "seen": _pack_seen(run_case(binary, c, tls))} for c in cases]
        for variable in get_args(grammar.Variable):
            for value in grammar.make_values(variable, random, values):
                words = grammar.ask_go(binary, variable, value)[-_WORDS:]
                said.append([str(go), variable, value, words.replace("/tmp/", "")])
    lines = ",\n".join(json.dumps(run, sort_keys=True) for run in runs)
    words = ",\n".join(json.dumps(entry) for entry in said)
    FILE.write_text(f'{{"runs": [\n{lines}\n],\n"said": [\n{words}\n]}}\n')


def recorded_runs() -> Iterator[tuple[GoVersion, Case, Observed]]:
    """Every recorded process."""
    for run in json.loads(FILE.read_text())["runs"]:
        yield GoVersion.parse(run["go"]), _unpack(run["case"]), _unpack_seen(run["seen"])


def recorded_words() -> Iterator[tuple[GoVersion, grammar.Variable, str, str]]:
    """Every recorded value, and what go said of it."""
    for go, variable, value, words in json.loads(FILE.read_text())["said"]:
        yield GoVersion.parse(go), cast("grammar.Variable", variable), value, words


def _pack(case: Case) -> dict[str, Any]:
    return {
        "environment": case.environment,
        "hosts": case.hosts,
        "modules": [[m.path, m.query, _pack_table(m.table), [*m.versions.items()]] for m in case.modules],
        "shared": _pack_table(case.shared),
        "refused": sorted(case.refused),
        "untrusted": sorted(case.untrusted),
        "recorded": case.recorded,
    }


def _unpack(case: dict[str, Any]) -> Case:
    modules = [
        Module(path, query, _unpack_table(table), {where: tuple(listed) for where, listed in versions})
        for path, query, table, versions in case["modules"]
    ]
    rest = {key: case[key] for key in ("environment", "hosts", "recorded")}
    return Case(
        **rest, modules=modules, shared=_unpack_table(case["shared"]),
        refused=set(case["refused"]), untrusted=set(case["untrusted"]),
    )  # fmt: skip


def _pack_table(table: Table) -> list[list[Any]]:
    return [[where, purpose and purpose.value, outcome.value] for (where, purpose), outcome in table.items()]


def _unpack_table(entries: list[list[Any]]) -> Table:
    return {(where, Purpose(purpose)): Outcome(outcome) for where, purpose, outcome in entries}


def _pack_seen(seen: Observed) -> dict[str, Any]:
    errors = {module: words[:_WORDS].replace("/tmp/", "") for module, words in seen.errors.items()}
    return {"log": seen.log, "errors": errors, "status": seen.status, "stderr": seen.stderr[:_WORDS]}


def _unpack_seen(seen: dict[str, Any]) -> Observed:
    return Observed(
        [cast("tuple[str, str, str]", tuple(line)) for line in seen["log"]],
        **{k: seen[k] for k in ("errors", "status", "stderr")},
    )
