"""What is wrong with a PowerShell script that we render, as far as that can be said without PowerShell.

A parser (tree-sitter), and lists of what our templates may use: the scripts are ours, so a word that is in no list is a
mistake, or a new line here that somebody has looked up. Source: learn.microsoft.com, the pages of each cmdlet.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Language, Node, Parser
from tree_sitter_powershell import language

#: Cmdlets and their parameters; what 5.1 lacks is not here.
COMMANDS: dict[str, frozenset[str]] = {
    "Add-Type": frozenset({"-AssemblyName"}),
    "ConvertFrom-Json": frozenset({"-InputObject"}),
    "ConvertTo-Json": frozenset({"-Compress", "-InputObject"}),
    "ForEach-Object": frozenset({"-Process"}),
    "Get-Command": frozenset({"-Name", "-CommandType", "-ErrorAction"}),
    "Get-Item": frozenset({"-LiteralPath"}),
    "Get-Random": frozenset({"-Maximum"}),
    "Join-Path": frozenset({"-ChildPath", "-Path"}),
    "New-Object": frozenset({"-ArgumentList", "-TypeName"}),
    "Set-StrictMode": frozenset({"-Version"}),
    "Start-Sleep": frozenset({"-Milliseconds", "-Seconds"}),
    "Test-Path": frozenset({"-LiteralPath"}),
    "Where-Object": frozenset({"-FilterScript"}),
    "Write-Output": frozenset({"-InputObject"}),
    "Write-Verbose": frozenset({"-Message"}),
    "Write-Warning": frozenset({"-Message"}),
}

#: Types, and after "::" or "." the members that are used, of whatever type.
TYPES = """
CmdletBinding Environment ordered string string[] switch System.Convert System.Diagnostics.Process System.IO.Directory System.IO.File
System.IO.Path System.Text.Encoding void
"""
MEMBERS = """
Arguments Combine Copy Count CreateNoWindow Delete EnvironmentVariables ExitCode FileName GetDirectoryName
GetEnvironmentVariable GetFolderPath InvocationName Keys Name Path PSObject Properties ReadToEnd
ReadToEndAsync ReadAllBytes ReadAllLines RedirectStandardError RedirectStandardOutput Remove Result ShouldProcess
StandardError StandardOutput StandardOutputEncoding Start SystemDirectory Trim UTF8 UseShellExecute Value WaitForExit
ToBase64String WorkingDirectory WriteAllBytes
"""
ATTRIBUTES = frozenset({"CmdletBinding", "SupportsShouldProcess"})
#: Words in quotes that PowerShell or .NET takes as a name: as the argument of that parameter, or of that member.
NAMED = {
    "-TypeName": frozenset({"System.Diagnostics.ProcessStartInfo"}),
    "-CommandType": frozenset({"Application"}),
    "-ErrorAction": frozenset({"SilentlyContinue"}),
    "GetFolderPath": frozenset({"ApplicationData"}),
}
#: Commands that change something, by their text.
CHANGES = r"^Invoke-Go .*'-[wu]'"

_AUTOMATIC = frozenset({"_", "false", "myinvocation", "null", "pscmdlet", "true"})
_PREFERENCES = frozenset({"erroractionpreference", "psdefaultparametervalues"})
_OPERATORS = "-and -ceq -clike -cne -cnotcontains -eq -f -gt -join -lt -ne -not"
_KEYWORDS = "catch def do else elseif elif end fi finally for foreach if in then try until while"
#: What a script that changes anything opens with.
_OPENINGS = ("#Requires -Version 5.1", "Set-StrictMode -Version 3.0", "$ErrorActionPreference = 'Stop'")


@dataclass(frozen=True)
class Script:
    """A parsed script."""

    text: str
    root: Node

    @cached_property
    def nodes(self) -> list[Node]:
        """Every node."""
        found, rest = [], [self.root]
        while rest:
            node = rest.pop()
            found.append(node)
            rest += node.children
        return found

    def of(self, *types: str) -> Iterator[Node]:
        """The nodes of these types."""
        return (node for node in self.nodes if node.type in types)

    @cached_property
    def functions(self) -> dict[str, frozenset[str]]:
        """The script's own functions, and the parameters that each declares."""
        found = {}
        for node in self.of("function_statement"):
            name = next(_text(child) for child in node.children if child.type == "function_name")
            inner = Script(self.text, node).of("script_parameter")
            found[name] = frozenset(f"-{_variable(_last(parameter, 'variable'))}" for parameter in inner)
        return found


def complaints(content: bytes) -> list[str]:
    """Everything that is wrong, each in words; none for a good script."""
    found = list(_bytes(content))
    text = content.decode("utf-8-sig", "replace")
    script = Script(text, Parser(Language(language())).parse(text.encode()).root_node)
    for check in _CHECKS:
        found += check(script)
    return found


def _text(node: Node) -> str:
    return (node.text or b"").decode()


def _line(node: Node) -> int:
    return node.start_point[0] + 1


def _last(node: Node, kind: str) -> Node:
    return [child for child in node.children if child.type == kind][-1]


def _variable(node: Node) -> str:
    return _text(node).lstrip("$@").strip("{}")


def _bytes(content: bytes) -> Iterator[str]:
    if not content.startswith(b"\xef\xbb\xbf"):
        yield "no byte order mark: Windows PowerShell reads the code page"
    if not content.removeprefix(b"\xef\xbb\xbf").isascii():
        yield "not ASCII: typographic quotes are quotes to PowerShell"
    if not content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r"):
        yield "a line does not end with CRLF"
    if not content.endswith(b"\n"):
        yield "the last line does not end"
    if re.search(rb"`[ \t]+\r", content):
        yield "a blank after a backtick: the line does not go on"


def _grammar(script: Script) -> Iterator[str]:
    for node in script.nodes:
        if node.type == "ERROR" or node.is_missing:
            yield f"line {_line(node)}: not PowerShell: {_text(node)[:40]!r}"


def _operators(script: Script) -> Iterator[str]:
    for node in script.of("pipeline_chain_tail", "redirection"):
        yield f"line {_line(node)}: {_text(node)[:20]!r} is not in 5.1, or writes a file"
    for node in script.of("generic_token"):
        if re.search(r"[<>='\"]", _text(node)):
            yield f"line {_line(node)}: {_text(node)!r} is a bare word: it compares and quotes nothing"
    for node in script.nodes:
        if re.fullmatch(r"-[a-z]+", node.type) and _text(node).lower() not in _OPERATORS.split():
            yield f"line {_line(node)}: {_text(node)} is no operator of ours"
    for node in script.of("if_statement", "while_statement", "elseif_clause"):
        condition = [child for child in node.children if child.type == "pipeline"]
        if any(inner.type == "assignment_expression" for child in condition for inner in child.children):
            yield f"line {_line(node)}: an assignment where a comparison is meant"


def _statements(script: Script) -> Iterator[str]:
    for node in script.of("try_statement"):
        if not any(child.type in {"catch_clauses", "finally_clause"} for child in node.children):
            yield f"line {_line(node)}: try without catch or finally"
    for node in script.of("flow_control_statement"):
        words = _text(node).split(None, 1)
        if words[0] == "exit" and (len(words) == 1 or re.fullmatch(r"0\d+|\d{4,}|2[6-9]\d", words[1])):
            yield f"line {_line(node)}: exit without a number that Windows and every shell keep"
    for node in script.of("hash_literal_body"):
        keys = [_text(child.children[0]).lower() for child in node.children if child.type == "hash_entry"]
        if len(set(keys)) < len(keys):
            yield f"line {_line(node)}: a key stands twice"
    for node in script.of("string_literal"):
        for name in re.findall(r"(?<!`)\$(?!env:|script:|global:)\w+:", _text(node)) if _text(node)[0] == '"' else ():
            yield f"line {_line(node)}: {name} in a string is another scope; write ${{name}}:"


def _commands(script: Script) -> Iterator[str]:
    known = {**COMMANDS, **script.functions}
    called = set()
    for node in script.of("command"):
        name = _text(node.children[0])
        called.add(name)
        if name not in known:
            what = "a keyword out of place" if name.lower() in _KEYWORDS.split() else "no command of ours"
            yield f"line {_line(node)}: {name!r} is {what}"
            continue
        elements = [child for group in node.children if group.type == "command_elements" for child in group.children]
        used = [child for child in elements if child.type == "command_parameter"]
        for parameter in used:
            if _text(parameter) not in known[name]:
                yield f"line {_line(parameter)}: {name} has no parameter {_text(parameter)}"
        values = [child for child in elements if child.type not in {"command_parameter", "command_argument_sep"}]
        if len(values) != len(used):
            yield f"line {_line(node)}: {name} has {len(values)} values for {len(used)} parameters"
    for name in script.functions.keys() - called:
        yield f"function {name} is never called"


def _names(script: Script) -> Iterator[str]:
    for node in script.of("type_spec"):
        if _text(node) not in {*TYPES.split(), *ATTRIBUTES}:
            yield f"line {_line(node)}: {_text(node)!r} is no type of ours"
    for node in script.of("member_name"):
        if _text(node) not in MEMBERS.split():
            yield f"line {_line(node)}: {_text(node)!r} is no member of ours"
    for node in script.of("attribute_argument"):
        if _text(node) not in ATTRIBUTES:
            yield f"line {_line(node)}: {_text(node)!r} is no attribute of ours"
    for word, allowed in NAMED.items():
        for match in re.finditer(rf"{word}[ (]'?([\w.]+)", script.text):
            if match[1] not in allowed:
                yield f"{match[0]!r}: no such name"


def _variables(script: Script) -> Iterator[str]:
    assigned, read = set(), {}
    for node in script.of("variable"):
        name = _variable(node).lower()
        if name.startswith("env:"):
            continue
        if _is_assigned(node):
            assigned.add(name)
        else:
            read[name] = _line(node)
    for name in read.keys() - assigned - _AUTOMATIC:
        yield f"line {read[name]}: ${name} is never assigned"
    for name in assigned - read.keys() - _PREFERENCES:
        yield f"${name} is never read"


def _is_assigned(node: Node) -> bool:
    if node.parent and node.parent.type in {"script_parameter", "foreach_statement"}:
        return node.parent.type == "script_parameter" or _first_variable(node.parent) == node
    outer: Node | None = node
    while outer and outer.type != "left_assignment_expression":
        if outer.text != node.text:
            return False
        outer = outer.parent
    return outer is not None and outer.text == node.text


def _first_variable(node: Node) -> Node | None:
    return next((child for child in node.children if child.type == "variable"), None)


def _formats(script: Script) -> Iterator[str]:
    for node in script.of("format_operator"):
        before, values = node.prev_sibling, node.next_sibling
        while values and values.child_count == 1:
            values = values.children[0]
        if before and values:
            places = {int(number) for number in re.findall(r"\{(\d+)\}", _text(before))}
            given = 1 + sum(child.type == "," for child in values.children)
            if places != set(range(given)):
                yield f"line {_line(node)}: {len(places)} places for {given} values"


def _openings(script: Script) -> Iterator[str]:
    lines = script.text.splitlines()
    if "[CmdletBinding" in script.text:
        yield from (f"no line {opening!r}" for opening in _OPENINGS if opening not in lines)


def _what_if(script: Script) -> Iterator[str]:
    for node in script.of("command"):
        if re.search(CHANGES, _text(node)) and not _is_asked_for(node):
            yield f"line {_line(node)}: changes something with -WhatIf too"


def _is_asked_for(node: Node) -> bool:
    """Whether an if statement around the node asks ShouldProcess."""
    outer: Node | None = node
    while outer:
        condition = [child for child in outer.children if outer.type == "if_statement" and child.type == "pipeline"]
        if any("$PSCmdlet.ShouldProcess(" in _text(child) for child in condition):
            return True
        outer = outer.parent
    return False


_CHECKS: tuple[Callable[[Script], Iterator[str]], ...] = (
    _grammar,
    _operators,
    _statements,
    _commands,
    _names,
    _variables,
    _formats,
    _openings,
    _what_if,
)
