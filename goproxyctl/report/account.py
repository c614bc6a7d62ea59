"""The settings of go on a machine, explained: as a value, and as JSON."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from goproxyctl.errors import Problem
from goproxyctl.gosem.layers import Effective, Said, Source
from goproxyctl.gosem.locations import EnvFileAt, System
from goproxyctl.gosem.version import GoVersion
from goproxyctl.gosem.views import Explanation
from goproxyctl.report.advice import Wanted
from goproxyctl.report.document import message
from goproxyctl.report.findings import findings_body
from goproxyctl.text import Text, shown

#: What follows the path of a URL may be a token, and go itself shows it in clear.
_QUERY = re.compile(r"(?P<keep>://[^\s\"'?#|,]*[?#])[^\s\"'|,]+")


class Running(NamedTuple):
    """A program that runs now, and what the variable is for it. ``ours``: whether this very run was started by it."""

    name: str
    number: int
    effective: Effective
    ours: bool = False


class Entry(NamedTuple):
    """Everything about one variable.

    ``told``: what ``go env`` says, where that is something else. ``remarks``: what gosem remarks, in words.
    ``computed``: the value, where go alone can tell it. ``spelling``: the name that the environment has it under.
    ``running``: programs for which it is something else.
    """

    explanation: Explanation
    wanted: Wanted | None = None
    told: str | None = None
    advice: tuple[Text, ...] = ()
    remarks: tuple[Text, ...] = ()
    computed: str = ""
    spelling: str = ""
    running: tuple[Running, ...] = ()

    @property
    def effective(self) -> Effective:
        """The value and its source."""
        return self.explanation.effective


class Setting(NamedTuple):
    """The machine, as far as a report names it. ``policy``: the file; ``chosen``: profile or target of it, in words."""

    go: GoVersion
    system: System
    at: EnvFileAt
    env_file: str
    env_file_there: bool
    go_env: str
    asked: bool
    home: str = ""
    policy: str | None = None
    chosen: Text | None = None


class Account(NamedTuple):
    """The whole report. ``whole``: all variables were asked for, so that they come as a table."""

    setting: Setting
    entries: Sequence[Entry]
    findings: Sequence[Problem]
    notes: Sequence[Text]
    whole: bool


def masked(value: str) -> str:
    """``value`` as it may be shown: without what may be a credential."""
    return shown(_QUERY.sub(r"\g<keep>***", value))


def explain_body(account: Account) -> dict[str, Any]:
    """The account for a program."""
    setting = account.setting
    return {
        "go": {"version": str(setting.go), "asked": setting.asked},
        "system": setting.system,
        "env_file": {"path": shown(setting.env_file) or None, "there": setting.env_file_there, "why": setting.at.why},
        "go_env": shown(setting.go_env) or None,
        "policy": {"file": setting.policy, "chosen": message(setting.chosen) if setting.chosen else None}
        if setting.policy
        else None,
        "variables": [_entry_body(entry, setting) for entry in account.entries],
        "notes": [message(note) for note in account.notes],
        **findings_body(account.findings),
    }


def _entry_body(entry: Entry, setting: Setting) -> dict[str, Any]:
    effective, wanted = entry.effective, entry.wanted
    return {
        "name": effective.variable,
        "value": masked(entry.computed or effective.value),
        "source": "fixed" if entry.computed else effective.source,
        "file": _file_of(effective.source, setting),
        "line": effective.line or None,
        "shadowed": [_said_body(said, setting) for said in effective.shadowed],
        "others": [
            {"who": view.who, "value": masked(view.effective.value), "source": view.effective.source}
            for view in entry.explanation.views
        ],
        "running": [
            {
                "name": shown(one.name),
                "pid": one.number,
                "value": masked(one.effective.value),
                "source": one.effective.source,
                "started_this": one.ours,
            }
            for one in entry.running
        ],
        "wanted": _wanted_body(wanted) if wanted else None,
        "go_env": masked(entry.told) if entry.told is not None else None,
        "remarks": [message(text) for text in entry.remarks],
        "advice": [message(text) for text in entry.advice],
    }


def _said_body(said: Said, setting: Setting) -> dict[str, Any]:
    return {
        "source": said.source,
        "name": shown(said.name),
        "value": masked(said.value),
        "file": _file_of(said.source, setting),
        "line": said.line or None,
    }


def _file_of(source: Source, setting: Setting) -> str | None:
    return {"env-file": shown(setting.env_file), "go.env": shown(setting.go_env)}.get(source)


def _wanted_body(wanted: Wanted) -> dict[str, Any]:
    at = wanted.position
    return {
        "value": masked(wanted.value),
        "verdict": wanted.verdict,
        "file": shown(at.file) if at else None,
        "line": at.line if at else None,
        "layer": wanted.layer,
    }
