"""A few statements of PowerShell, carried out: enough to run functions that decide, from the text of a script.

No part of goproxyctl is used and nothing is guessed: what is not known here is an error. Strings compare as -ceq does.
Source: about_Operators, about_Booleans, about_Hash_Tables, about_Functions.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

import tree_sitter
import tree_sitter_powershell

Command = Callable[..., Any]
Frame = dict[str, Any]

_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "-ceq": operator.eq,
    "-cne": operator.ne,
    "-eq": operator.eq,
    "-ne": operator.ne,
    "-lt": operator.lt,
    "-le": operator.le,
    "-gt": operator.gt,
    "+": operator.add,
    "-join": lambda parts, separator: separator.join(parts),
}
_CASTS: dict[str, Callable[[Any], Any]] = {"[int]": int, "[long]": int, "[char]": chr, "[string]": str}
#: The name in a frame of what a block has put out.
_OUT = ""
#: What holds one thing and is that thing, unless it is one of these.
_WHOLE = {
    "variable",
    "expandable_string_literal",
    "flow_control_statement",
    "statement_list",
    "statement_block",
    "script_block",
    "command",
    "argument_list",
}


class ThrownError(Exception):
    """An error of the script, which a catch takes."""


class _Return(Exception):  # noqa: N818 - it is none
    def __init__(self, value: Any) -> None:
        self.value = value


class Node:
    """A node of tree-sitter's tree, read once: asking the tree itself each time takes most of a run."""

    def __init__(self, node: tree_sitter.Node, source: bytes) -> None:
        self.type, self._source = node.type, source
        self.start, self.end = node.start_byte, node.end_byte
        self.wrong = node.type == "ERROR" or node.is_missing
        self.children = [Node(child, source) for child in node.children]
        self.named = [mine for mine, child in zip(self.children, node.children, strict=True) if child.is_named]

    @property
    def text(self) -> str:
        return self._source[self.start : self.end].decode()


def parse(content: bytes) -> Node:
    """The tree of a script. Raises: AssertionError where tree-sitter finds an error."""
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    source = content.removeprefix(b"\xef\xbb\xbf")
    root = Node(parser.parse(source).root_node, source)
    assert not [node.text[:80] for node in walk(root) if node.wrong]
    return root


def walk(node: Node) -> list[Node]:
    """The node and everything below it."""
    return [node, *(inner for child in node.children for inner in walk(child))]


class Script:
    """The assignments of a script at its top, and its functions. ``commands`` are what it may call besides those."""

    def __init__(
        self, content: bytes, commands: Mapping[str, Command] | None = None, types: Mapping[str, Any] | None = None
    ) -> None:
        self._runs: dict[str, Callable[[Node, Frame], None]] = {
            "statement_list": self._all,
            "statement_block": self._all,
            "script_block": self._all,
            "assignment_expression": self._assign,
            "if_statement": self._if,
            "for_statement": self._for,
            "foreach_statement": self._foreach,
            "post_increment_expression": self._increment,
            "flow_control_statement": self._return,
            "try_statement": self._try,
        }
        self._values: dict[str, Callable[[Node, Frame], Any]] = {
            "variable": self._variable,
            "foreach_statement": lambda n, f: self._captured(n, f, self._foreach),
            "pipeline_chain": self._pipe,
            "statement_list": lambda n, f: self._captured(n, f, self._all),
            "verbatim_string_characters": lambda n, _: _unquoted(n),
            "expandable_string_literal": self._expanded,
            "decimal_integer_literal": lambda n, _: int(n.text),
            "array_expression": self._array,
            "array_literal_expression": lambda n, f: [self._value(part, f) for part in n.named],
            "hash_literal_expression": self._hash,
            "comparison_expression": self._binary,
            "comparison_argument_expression": self._binary,
            "logical_expression": self._binary,
            "additive_expression": self._binary,
            "expression_with_unary_operator": self._not,
            "element_access": lambda n, f: self._value(n.named[0], f)[self._value(n.named[1], f)],
            "member_access": lambda n, f: _member(self._value(n.named[0], f), n.named[1].text),
            "invokation_expression": self._invoke,
            "cast_expression": self._cast,
            "parenthesized_expression": lambda n, f: self._value(n.named[0], f),
            "type_literal": lambda n, _: n.text,
            "command": self._command,
        }
        self.root = parse(content)
        self.commands, self.types = dict(commands or {}), dict(types or {})
        self.environment: dict[str, str] = {}
        self.variables: Frame = {"true": True, "false": False, "null": None}
        self.functions = {_child(n, "function_name").text: n for n in walk(self.root) if n.type == "function_statement"}
        body = next(node for node in walk(self.root) if node.type == "statement_list")
        for statement in body.children:
            if _peel(statement).type == "assignment_expression" and "$PSCommandPath" not in statement.text:
                self._run(statement, self.variables)

    def call(self, name: str, *arguments: Any) -> Any:
        """What a function of the script returns."""
        node = self.functions[name]
        frame = {**self.variables, **dict(zip(self._parameters(name), arguments, strict=True))}
        return self._captured(_child(node, "script_block"), frame, self._run)

    def _captured(self, node: Node, frame: Frame, run: Callable[[Node, Frame], None]) -> Any:
        """What a block puts out: nothing, one thing, or several."""
        outer, frame[_OUT] = frame.get(_OUT), []
        try:
            run(node, frame)
        except _Return as returned:
            frame[_OUT] += [] if returned.value is None else [returned.value]
        found, frame[_OUT] = frame[_OUT], outer
        return found[0] if len(found) == 1 else found or None

    # Statements.

    def _run(self, node: Node, frame: Frame) -> None:
        node = _peel(node)
        if node.type in self._runs:
            self._runs[node.type](node, frame)
            return
        value = self._value(node, frame)
        if value is not None:
            frame[_OUT] += value if isinstance(value, list) else [value]

    def _all(self, node: Node, frame: Frame) -> None:
        for child in node.named:
            if child.type != "comment":
                self._run(child, frame)

    def _assign(self, node: Node, frame: Frame) -> None:
        left, sign, right = node.named
        value = self._value(right, frame)
        if sign.text == "+=":
            before = frame[_name(left)]
            value = [*before, value] if isinstance(before, list) else before + value
        frame[_name(left)] = value

    def _if(self, node: Node, frame: Frame) -> None:
        clauses = [c for part in node.named if part.type == "elseif_clauses" for c in part.named]
        for arm in [node, *clauses]:
            if _truth(self._value(_child(arm, "pipeline"), frame)):
                self._run(_child(arm, "statement_block"), frame)
                return
        for part in node.named:
            if part.type == "else_clause":
                self._run(_child(part, "statement_block"), frame)

    def _for(self, node: Node, frame: Frame) -> None:
        self._run(_child(node, "for_initializer"), frame)
        while _truth(self._value(_child(node, "for_condition"), frame)):
            self._run(_child(node, "statement_block"), frame)
            self._run(_child(node, "for_iterator"), frame)

    def _foreach(self, node: Node, frame: Frame) -> None:
        for value in self._value(_child(node, "pipeline"), frame):
            frame[_name(_child(node, "variable"))] = value
            self._run(_child(node, "statement_block"), frame)

    def _increment(self, node: Node, frame: Frame) -> None:
        frame[_name(node.named[0])] += 1

    def _return(self, node: Node, frame: Frame) -> None:
        assert node.children[0].type == "return", node.text
        raise _Return(self._value(node.named[0], frame) if node.named else None)

    def _try(self, node: Node, frame: Frame) -> None:
        try:
            self._run(_child(node, "statement_block"), frame)
        except ThrownError as error:
            frame["_"] = str(error)
            self._run(_child(_child(node, "catch_clauses").named[0], "statement_block"), frame)

    # Values.

    def _value(self, node: Node, frame: Frame) -> Any:
        node = _peel(node)
        if node.type not in self._values:
            raise AssertionError(f"the scripts of ours use no {node.type}: {node.text}")
        return self._values[node.type](node, frame)

    def _variable(self, node: Node, frame: Frame) -> Any:
        name = _name(node)
        return self.environment.get(name[4:]) if name.startswith("env:") else frame[name]

    def _pipe(self, node: Node, frame: Frame) -> list[Any]:
        first, *commands = node.named
        items = self._value(first, frame)
        for command in commands:
            block = next(inner for inner in walk(command) if inner.type == "script_block")
            kept = []
            for item in items:
                said = self._captured(block, {**frame, "_": item}, self._run)
                if command.named[0].text == "ForEach-Object":
                    kept.append(said)
                elif _truth(said):
                    assert command.named[0].text == "Where-Object", command.text
                    kept.append(item)
            items = kept
        return [item for item in items if item is not None]

    def _array(self, node: Node, frame: Frame) -> list[Any]:
        found: list[Any] = []
        for statements in node.named:
            for statement in statements.named if statements.type == "statement_list" else [statements]:
                value = self._value(statement, frame)
                found += value if isinstance(value, list) else [] if value is None else [value]
        return found

    def _hash(self, node: Node, frame: Frame) -> dict[str, Any]:
        entries = [entry.named for entry in walk(node) if entry.type == "hash_entry"]
        return {_unquoted(_peel(key)): self._value(value, frame) for key, value in entries}

    def _binary(self, node: Node, frame: Frame) -> Any:
        left, sign = self._value(node.children[0], frame), node.children[1].text
        if sign in {"-and", "-or"}:
            decided = _truth(left) is (sign == "-or")
            return _truth(left) if decided else _truth(self._value(node.children[2], frame))
        right = self._value(node.children[2], frame)
        if sign == "-join":
            return _COMPARED[sign](left, right)
        left = "" if left is None and isinstance(right, str) else left
        assert type(left) is type(right), (node.text, left, right)
        # of an array each element would be compared, and of strings the case would not be seen
        assert isinstance(left, int if sign in {"-eq", "-ne"} else int | str), node.text
        return _COMPARED[sign](left, right)

    def _not(self, node: Node, frame: Frame) -> bool:
        assert node.children[0].type == "-not", node.text
        return not _truth(self._value(node.named[-1], frame))

    def _cast(self, node: Node, frame: Frame) -> Any:
        kind, value = node.named
        return _CASTS[kind.text](self._value(value, frame))

    def _expanded(self, node: Node, frame: Frame) -> str:
        text, base = node.text, node.start
        for part in reversed([c for c in node.named if c.type in {"variable", "sub_expression"}]):
            value = self._value(part.named[0] if part.type == "sub_expression" else part, frame)
            text = text[: part.start - base] + str(value) + text[part.end - base :]
        return text[1:-1].replace("`n", "\n").replace("`r", "\r")

    def _invoke(self, node: Node, frame: Frame) -> Any:
        value, name = self._value(node.named[0], frame), node.named[1].text
        lists = [inner for inner in _child(node, "argument_list").named if inner.type != "comment"]
        arguments = [self._value(argument, frame) for found in lists for argument in found.named]
        if isinstance(value, str) and value.startswith("["):
            return self.types[f"{value}::{name}"](*arguments)
        if isinstance(value, str):
            return _cut(value, name, *arguments)
        if isinstance(value, dict):
            return arguments[0] in {"ContainsValue": list(value.values()), "ContainsKey": list(value)}[name]
        return getattr(value, name)(*arguments)

    def _command(self, node: Node, frame: Frame) -> Any:
        name, *rest = node.named
        elements = [element for part in rest for element in (part.named or [part])]
        elements = [element for element in elements if element.type != "command_argument_sep"]
        given: dict[str, Any] = {}
        for element, after in zip(elements, [*elements, None][1:], strict=True):
            if element.type == "command_parameter":
                switch = after is None or after.type == "command_parameter"
                given[element.text[1:].lower()] = True if after is None or switch else self._value(after, frame)
        values = [element for element in elements if element.type != "command_parameter"]
        assert len(values) <= len(given), f"values without names: {node.text}"
        if name.text in self.functions:
            return self.call(name.text, *(given[parameter] for parameter in self._parameters(name.text)))
        return self.commands[name.text](*given.values())

    def _parameters(self, function: str) -> list[str]:
        lists = [part for part in self.functions[function].named if part.type == "function_parameter_declaration"]
        return [_name(part) for declared in lists for part in walk(declared) if part.type == "variable"]


def _peel(node: Node) -> Node:
    """The one thing that a chain of wrappings holds."""
    while len(node.children) == 1 and node.type not in _WHOLE:
        node = node.children[0]
    return node


def _child(node: Node, kind: str) -> Node:
    return next(child for child in node.children if child.type == kind)


def _name(node: Node) -> str:
    text = node.text
    assert text.startswith("$"), text
    return text[1:].lower()


def _unquoted(node: Node) -> str:
    text = node.text
    return text[1:-1].replace("''", "'") if text.startswith("'") else text


def _truth(value: Any) -> bool:
    assert value is None or isinstance(value, bool | int | str), value
    return bool(value)


def _cut(value: str, name: str, *arguments: Any) -> Any:
    """A member of a string, called."""
    if name == "Substring":
        return value[arguments[0] :]
    if name == "Split":
        return value.split(*arguments)
    assert name == "StartsWith"
    assert arguments[1:] in {(), ("[StringComparison]::Ordinal",)}
    return value.startswith(arguments[0])


def _member(value: Any, name: str) -> Any:
    if isinstance(value, str) and value.startswith("["):
        return f"{value}::{name}"
    if isinstance(value, list) and name == "Count":
        return len(value)
    if value is None or isinstance(value, list | int) or (isinstance(value, dict) and name not in value):
        raise ThrownError(f"no property {name}")  # strict mode
    return value[name] if isinstance(value, dict) else getattr(value, name)
