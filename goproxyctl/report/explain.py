"""Where the settings of go come from on a machine, as text: one variable in full, or all of them in a table."""

from collections.abc import Iterator, Sequence

from goproxyctl.errors import Problem
from goproxyctl.gosem.layers import Source
from goproxyctl.gosem.views import Who
from goproxyctl.report.account import Account, Entry, Setting, masked
from goproxyctl.report.advice import Verdict, Wanted
from goproxyctl.report.findings import findings_text
from goproxyctl.report.style import Paint, Style, Words, aligned, joined, padded, stripped, width
from goproxyctl.text import Text, shown

_VIEWS: dict[Who, Text] = {
    "started-earlier": Text("explain.started-earlier", "an editor, service or CI runner started before it was set"),
    "new": Text("explain.new", "a program started now, by the registry"),
    "machine": Text("explain.machine", "a service under another account"),
}
_VERDICTS: dict[Verdict, tuple[Text, Paint]] = {
    "same": (Text("explain.same", "as wanted"), Paint.ADD),
    "equivalent": (Text("explain.equivalent", "the same to go"), Paint.ADD),
    "differs": (Text("explain.differs", "differs"), Paint.WARNING),
}
#: What a layer that is no file begins with.
_PROFILE = "profile "
#: Stands for a value of no characters.
_NOTHING = "-"
_SHADOWS, _OTHERS = Text("explain.hides", "hides"), Text("explain.others", "others")
_PLAIN_SOURCES: dict[Source, Text] = {
    "environment": Text("explain.environment", "environment"),
    "default": Text("explain.default", "default"),
    "fixed": Text("explain.fixed", "go itself"),
    "nowhere": Text("explain.nowhere", "not read by go"),
}


def explain_text(account: Account, words: Words, style: Style) -> str:
    """The table, or each variable in full; then notes and findings."""
    parts = [_head(account.setting, words)]
    if account.whole:
        parts += [_table(account, words, style), _below(account, words, style)]
    else:
        parts += [_full(entry, account.setting, words, style) for entry in account.entries]
    parts.append([words(Text("explain.note", "note: {what}", what=note)) for note in account.notes])
    found = findings_text([_nearby(problem, account.setting) for problem in account.findings], words, style)
    return "\n".join([joined(part) for part in parts if part] + ([found] if found else []))


def _head(setting: Setting, words: Words) -> list[str]:
    at = Text("explain.on", "go {version} on {system}", version=setting.go, system=setting.system)
    return [words(Text("explain.head", "{go}; {file}", go=at, file=_file(setting)))]


def _file(setting: Setting) -> Text:
    if not setting.env_file:
        whys = {
            "off": Text("explain.file-off", "no go env file is read: GOENV=off"),
            "relative-home": Text("explain.file-relative", "no go env file is read: XDG_CONFIG_HOME is relative"),
        }
        return whys.get(setting.at.why, Text("explain.file-no-home", "no go env file is read: there is no home folder"))
    path = _short(setting.env_file, setting)
    if setting.env_file_there:
        return Text("explain.file", "go env file: {path}", path=path)
    return Text("explain.file-none", "go env file: {path} (not there)", path=path)


def _short(path: str, setting: Setting) -> str:
    """A path below the home folder, as people write it."""
    for separator in "/\\":
        if setting.home and path.startswith(setting.home + separator):
            return f"~{separator}{path[len(setting.home) + 1 :]}"
    return path


def _nearby(problem: Problem, setting: Setting) -> Problem:
    """The finding with its file as people write it."""
    return problem._replace(position=problem.position._replace(file=_short(problem.position.file, setting)))


def _where(source: Source, line: int, name: str, variable: str, setting: Setting) -> Text | str:
    if source == "env-file":
        return f"{_short(setting.env_file, setting)}:{line}"
    if source == "go.env":
        return f"$GOROOT/go.env:{line}"
    if source == "environment" and name != variable:
        return Text("explain.environment-as", "environment, as {name}", name=name)
    return _PLAIN_SOURCES[source]


def _source(entry: Entry, setting: Setting) -> Text | str:
    effective = entry.effective
    follows = next((remark for remark in effective.remarks if remark.id == "layers.follows"), None)
    if follows:
        return Text("explain.follows", "as {of}", of=follows.values["of"])
    if entry.computed:
        return _PLAIN_SOURCES["fixed"]
    if effective.source == "default" and _value(entry, setting) == _NOTHING:
        return Text("explain.unset", "not set")
    return _where(effective.source, effective.line, entry.spelling, effective.variable, setting)


def _value(entry: Entry, setting: Setting) -> str:
    """The value; in parentheses what an empty one amounts to. A folder that nobody named is short."""
    effective = entry.effective
    if effective.value:
        return masked(_short(effective.value, setting) if effective.source == "default" else effective.value)
    if entry.computed:
        return masked(entry.computed)
    means = next((remark for remark in effective.remarks if remark.id == "layers.means"), None)
    return f"({means.values['means']})" if means else _NOTHING


def _said(what: Text | str, words: Words) -> str:
    return words(what) if isinstance(what, Text) else shown(what)


def _table(account: Account, words: Words, style: Style) -> list[str]:
    """A line for each variable: whether it is as the policy wants, name, where it comes from, value."""
    cells = aligned([_row(entry, account.setting, words) for entry in account.entries])
    lines = []
    for entry, (mark, name, source, value) in zip(account.entries, cells, strict=True):
        paint = _VERDICTS[entry.wanted.verdict][1] if entry.wanted else None
        first = f"{style(mark, paint)}  " if account.setting.policy else ""
        lines.append(stripped(f"  {first}{style(name, Paint.STRONG)}  {style(source, Paint.FAINT)}  {value}"))
    return lines


def _row(entry: Entry, setting: Setting, words: Words) -> list[str]:
    mark = words(_VERDICTS[entry.wanted.verdict][0]) if entry.wanted else ""
    return [mark, entry.effective.variable, _said(_source(entry, setting), words), _value(entry, setting)]


def _below(account: Account, words: Words, style: Style) -> list[str]:
    """What the table cannot show: how many differ, what to do, who sees something else, where go disagrees."""
    entries, lines = account.entries, []
    if account.setting.policy:
        count = sum(entry.wanted is not None and entry.wanted.verdict == "differs" for entry in entries)
        lines.append(style(words(_summary(account.setting, count)), Paint.STRONG))
    lines += [f"  {', '.join(names)}: {text}" for text, names in _advice(entries, words).items()]
    others = [entry.effective.variable for entry in entries if entry.explanation.views or entry.running]
    if others:
        more = Text(
            "explain.others-more",
            "not everybody on this machine sees the same {names}; goproxyctl explain {first} tells who sees what",
            names=", ".join(others),
            first=others[0],
        )
        lines.append(words(more))
    for entry in entries:
        if entry.told is not None:
            lines.append(style(words(_told(entry)), Paint.ERROR))
    return lines


def _advice(entries: Sequence[Entry], words: Words) -> dict[str, list[str]]:
    """Each thing to do, with the variables that it is for."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        for text in entry.advice:
            found.setdefault(words(text), []).append(entry.effective.variable)
    return found


def _summary(setting: Setting, count: int) -> Text:
    policy = (
        Text("explain.policy", "{file} ({chosen})", file=setting.policy, chosen=setting.chosen)
        if setting.chosen
        else setting.policy
    )
    if count:
        return Text("explain.count", "differs from {policy}: {count}", policy=policy, count=count)
    return Text("explain.all-same", "all as {policy} wants it", policy=policy)


def _told(entry: Entry) -> Text:
    return Text(
        "explain.told",
        "go itself says {name} is {told}, and that is not what is found here; is go a script that sets variables? "
        "If not, this is a bug of goproxyctl",
        name=entry.effective.variable,
        told=masked(entry.told or "") or _NOTHING,
    )


def _full(entry: Entry, setting: Setting, words: Words, style: Style) -> list[str]:
    """One variable: its value, then a line for each thing there is to know, all behind their labels."""
    rows = [(words(label), _said(what, words), paint) for label, what, paint in _facts(entry, setting, words)]
    columns = max(width(label) for label, _, _ in rows)
    lines = [f"{style(entry.effective.variable, Paint.STRONG)} = {_value(entry, setting)}"]
    last = ""
    for label, what, paint in rows:
        first = padded(label if label != last else "", columns)
        lines.append(f"  {style(first, Paint.FAINT)}  {style(what, paint)}")
        last = label
    return lines


def _facts(entry: Entry, setting: Setting, words: Words) -> Iterator[tuple[Text, Text | str, Paint | None]]:
    effective = entry.effective
    yield Text("explain.from", "from"), _source(entry, setting), None
    for said in effective.shadowed:
        where = _said(_where(said.source, said.line, said.name, effective.variable, setting), words)
        yield (
            _SHADOWS,
            Text("explain.shadowed", "{where}: {value}", where=where, value=masked(said.value) or _NOTHING),
            None,
        )
    if entry.wanted:
        yield Text("explain.wants", "policy"), _wanted(entry.wanted, setting), _VERDICTS[entry.wanted.verdict][1]
    for view in entry.explanation.views:
        value = masked(view.effective.value) or _NOTHING
        yield _OTHERS, Text("explain.view", "{who}: {value}", who=_VIEWS[view.who], value=value), None
    for one in entry.running:
        who = (
            Text("explain.started-this", "{name}, which started this (pid {number})", name=one.name, number=one.number)
            if one.ours
            else Text("explain.running", "{name}, running (pid {number})", name=one.name, number=one.number)
        )
        value = masked(one.effective.value) or _NOTHING
        yield _OTHERS, Text("explain.view", "{who}: {value}", who=who, value=value), None
    if entry.told is not None:
        yield Text("explain.go-says", "go env"), _told(entry), Paint.ERROR
    for remark in entry.remarks:
        yield Text("explain.remark", "know"), remark, None
    for text in entry.advice:
        yield Text("explain.do", "do"), text, Paint.STRONG


def _wanted(wanted: Wanted, setting: Setting) -> Text:
    """The wanted value, whether it is that, and who says so."""
    at = wanted.position
    by: Text | str = f"{at.file}:{at.line}" if at and wanted.layer else setting.policy or ""
    if wanted.layer and wanted.layer.startswith(_PROFILE):
        profile = Text("explain.profile", "profile {name}", name=wanted.layer.removeprefix(_PROFILE))
        by = Text("explain.by-profile", "{where}, {profile}", where=by, profile=profile)
    verdict = _VERDICTS[wanted.verdict][0]
    if wanted.verdict == "same":
        return Text("explain.wants-same", "{verdict} ({by})", verdict=verdict, by=by)
    return Text("explain.wants-other", "{verdict}: {value} ({by})", verdict=verdict, value=masked(wanted.value), by=by)
