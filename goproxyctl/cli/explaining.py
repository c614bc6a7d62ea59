"""``explain``: the machine looked at, the policy beside it, and what follows from both."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

import click

from goproxyctl.cli.explain import ALWAYS, RARE
from goproxyctl.cli.machine import STOCK, Machine, Sources, asking_go, own_registry, read_machine
from goproxyctl.cli.options import Selection
from goproxyctl.cli.running import Program, holding, running_programs
from goproxyctl.cli.shell import Shell
from goproxyctl.cli.wanting import Wants, read_wants
from goproxyctl.errors import Position, Problem
from goproxyctl.gosem.layers import Effective, resolve
from goproxyctl.gosem.layers import shown as shown_by_go
from goproxyctl.gosem.locations import read_variable
from goproxyctl.gosem.remark import Remark
from goproxyctl.gosem.variables import is_of_the_build, kind_of, names_of
from goproxyctl.gosem.version import NEWEST, GoVersion
from goproxyctl.gosem.views import explain
from goproxyctl.report.account import Account, Entry, Running, Setting, explain_body, masked
from goproxyctl.report.advice import Means, Wanted, advise, compare
from goproxyctl.report.explain import explain_text
from goproxyctl.rules.environment.check import check_environment
from goproxyctl.rules.environment.words import text_of
from goproxyctl.rules.names import suggest
from goproxyctl.text import Text

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: Said already by the source, or by the value in parentheses, or by the lines of what is hidden.
_SHOWN_OTHERWISE = {"layers.follows", "layers.means", "layers.of-the-build", "layers.shadowed"}


def explain_machine(shell: Shell, selection: Selection, variables: Sequence[str], sources: Sources) -> int:
    """Prints the account; the exit code. Raises: PolicyError, StoreError, GoproxyctlError, click.UsageError."""
    _check(shell, variables, sources)
    names = list(dict.fromkeys(map(_name, variables))) or [*ALWAYS, *RARE]
    notes: list[Text] = []
    with asking_go(shell, sources, *names) as answer:
        wants = read_wants(shell, selection, notes)  # go runs meanwhile
        machine = read_machine(shell, sources, answer, own_registry())
    findings = _findings(machine, names if variables else ())
    said = {problem.text.id for problem in findings}
    programs = _programs(shell, machine, notes) if sources.running and machine.here else []
    entries = (_beside(_unrepeated(entry, said), programs) for entry in _entries(names, machine, wants))
    account = Account(
        _setting(machine, wants),
        [entry for entry in entries if variables or _belongs(entry)],
        findings,
        [*notes, *machine.notes],
        whole=not variables,
    )
    shell.report(
        "explain",
        selection.form,
        lambda: explain_body(account),
        lambda style: explain_text(account, shell.words, style),
    )
    return 0


def _check(shell: Shell, variables: Sequence[str], sources: Sources) -> None:
    for name in variables:
        if not _VARIABLE.fullmatch(name):
            raise click.UsageError(
                shell.words(Text("explain.no-name", "{name}: this is no name of a variable", name=name))
            )
    try:
        GoVersion.parse(sources.go or "1")
    except ValueError as error:
        wrong = Text("explain.go-version", "--go {version}: this is no version of go; an example: {newest}",
                     version=sources.go, newest=NEWEST)  # fmt: skip
        raise click.UsageError(shell.words(wrong)) from error


def _name(typed: str) -> str:
    """The variable that was meant: go's own have capitals."""
    return typed if kind_of(typed.upper(), NEWEST) == "unknown" else typed.upper()


def _setting(machine: Machine, wants: Wants | None) -> Setting:
    layers = machine.layers
    return Setting(
        machine.go,
        layers.system,
        machine.at,
        machine.env_file.path,
        machine.env_file.content is not None,
        machine.go_env.path,
        bool(machine.told),
        read_variable(layers.environment, "USERPROFILE" if layers.system == "windows" else "HOME", layers.system),
        wants.file if wants else None,
        wants.chosen if wants else None,
    )


def _entries(names: Sequence[str], machine: Machine, wants: Wants | None) -> Iterator[Entry]:
    values = wants.intent.variables() if wants else {}
    applies = machine.here and wants is not None and wants.applies
    means = Means(machine.layers.system, machine.go, machine.at, applies)
    for name in names:
        found = explain(name, machine.layers, machine.go, machine.hives)
        effective, computed, wanted = found.effective, _computed(name, machine), None
        if wants and name in values:
            verdict = compare(name, effective.value, values[name])
            wanted = Wanted(values[name], verdict, *wants.place(name))
        differs = wanted is not None and wanted.verdict == "differs"
        yield Entry(
            found,
            wanted,
            None if computed else _told(name, machine),
            tuple(advise(effective, wanted, means)) if wanted and differs else _meant(effective),
            tuple(_words(remark) for remark in effective.remarks if remark.id not in _SHOWN_OTHERWISE),
            computed,
            _spelling(name, machine),
        )


def _meant(effective: Effective) -> tuple[Text, ...]:
    """The name that was probably meant, for one that no go reads."""
    unknown = effective.source == "nowhere" and kind_of(effective.variable, NEWEST) == "unknown"
    near = suggest(effective.variable, (*ALWAYS, *RARE)) if unknown else None
    return (near,) if near else ()


def _spelling(name: str, machine: Machine) -> str:
    """The name under which the environment has the variable, where go finds it there."""
    layers = machine.layers
    for known in names_of(name):
        for key, value in layers.environment.items():
            if value and (key == known or (layers.system == "windows" and key.upper() == known.upper())):
                return key
    return name


def _computed(name: str, machine: Machine) -> str:
    """What only go can tell: what it computes, and defaults that depend on its build."""
    by_go = kind_of(name, machine.go) == "fixed" or is_of_the_build(name)
    nobody = shown_by_go(name, machine.layers, machine.go) == ""
    return machine.told.get(name, "") if by_go and nobody else ""


def _told(name: str, machine: Machine) -> str | None:
    """What ``go env`` says, where that is not what it should say by all that was read."""
    told = machine.told.get(name)
    ours = shown_by_go(name, machine.layers, machine.go)
    # JSON has no way to write bytes that are no UTF-8
    plain = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in ours)
    return told if told is not None and told != plain else None


def _words(remark: Remark) -> Text:
    values = {name: masked(value) if isinstance(value, str) else value for name, value in remark.values.items()}
    return text_of(Remark(remark.id, values))


def _findings(machine: Machine, names: Collection[str]) -> list[Problem]:
    """What is wrong with these settings, with its weight; what stands in no file is at its variable."""
    seen = [one for one in check_environment(machine.surroundings) if one.variable in names or not names]
    if not seen:
        return []
    from goproxyctl.rules.environment import machine_rules, rules

    weights = {rule.id: rule.severity for module in (rules, machine_rules) for rule in module.RULES}
    return [
        Problem(one.position or Position(one.variable, 0, 0), one.rule, weights[one.rule], one.text, one.advice)
        for one in seen
    ]


def _unrepeated(entry: Entry, said: Collection[str]) -> Entry:
    """Without the remarks that are findings too."""
    return entry._replace(remarks=tuple(text for text in entry.remarks if text.id not in said))


def _programs(shell: Shell, machine: Machine, notes: list[Text]) -> list[tuple[Program, Machine]]:
    """What the programs that run now have for their machine: their own environment, and the files that it names."""
    seen = running_programs()
    if seen is None:
        notes.append(
            Text("explain.no-look", "--running: what a running program has in its environment cannot be read here; on "
                 "Linux and in a 64-bit Python on Windows it can")
        )  # fmt: skip
        return []
    go_env = machine.go_env.path if machine.go_env.content is not None and machine.go_env.path != STOCK else None
    sources = Sources(go=str(machine.go), ask=False, goroot_env=go_env)
    found = [
        (program, read_machine(shell._replace(env=program.environment), sources, dict))
        for program in seen
        if program.environment is not None
    ]
    notes.append(
        Text("explain.looked-at", "running programs looked at: {names}", names=_named(program for program, _ in found))
        if found
        else Text("explain.none-runs", "no editor, terminal or CI runner of this user is running")
    )
    if hidden := [program for program in seen if program.environment is None]:
        notes.append(
            Text("explain.may-not-look", "{names}: may not be looked at ({count}); where they run as administrator or "
                 "for another account, run explain there", count=len(hidden), names=_named(hidden))
        )  # fmt: skip
    return found


def _named(programs: Iterable[Program | Running]) -> str:
    return ", ".join(f"{program.name} ({program.number})" for program in programs)


def _beside(entry: Entry, programs: Sequence[tuple[Program, Machine]]) -> Entry:
    """With the programs for which the variable is something else than for one that is started now."""
    name = entry.effective.variable
    new = next((view.effective for view in entry.explanation.views if view.who == "new"), entry.effective)
    running = holding(
        ((program, resolve(name, machine.layers, machine.go)) for program, machine in programs), new.value
    )
    old = [
        one
        for one in running
        if not (entry.wanted and compare(name, one.effective.value, entry.wanted.value) != "differs")
    ]
    again = Text(
        "explain.restart",
        "start again, in this order, for they keep what they were started with: {names}",
        names=_named(old),
    )
    return entry._replace(running=running, advice=(*entry.advice, *([again] if old else [])))


def _belongs(entry: Entry) -> bool:
    """Whether the variable has a row in the table of all."""
    effective = entry.effective
    return effective.variable in ALWAYS or bool(
        entry.wanted or entry.told is not None or effective.shadowed or effective.source not in {"default", "nowhere"}
    )
