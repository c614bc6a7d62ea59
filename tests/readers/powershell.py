"""PowerShell as a reader: its rules for single-quoted strings written out, and the grammar of tree-sitter beside it."""

import re

from tree_sitter import Language, Node, Parser
from tree_sitter_powershell import language

_QUOTES = "'\u2018\u2019\u201a\u201b"


def read_script(content: bytes) -> dict[str, str]:
    """The variables that a script of ``$env:NAME = '…'`` lines sets; anything else in it is an error.

    Source: about_Quoting_Rules; PowerShell tokenizer.cs, ScanStringLiteral: any of five quotes ends the string unless
    another follows, and then the second one belongs to the value.
    """
    assert content.startswith(b"\xef\xbb\xbf"), "Windows PowerShell reads a script without mark in the code page"
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r"), "every line ends with CRLF"
    found = {}
    for line in content.decode("utf-8-sig").split("\r\n"):
        if not line or line.startswith("# ") or line == "#":
            continue
        match = re.fullmatch(r"\$env:([A-Za-z_][A-Za-z0-9_]*) = (.*)", line)
        assert match, line
        found[match[1]] = _literal(match[2])
    return found


def _literal(text: str) -> str:
    assert text[0] in _QUOTES, text
    out: list[str] = []
    i = 1
    while True:
        char = text[i]
        if char in _QUOTES:
            if text[i + 1 : i + 2] == "":
                return "".join(out)
            i += 1
            char = text[i]
            assert char in _QUOTES, f"something follows the string: {text}"
        out.append(char)
        i += 1


def read_literals(content: bytes) -> list[str]:
    """The value of every single-quoted string of a script, in order; comments and double-quoted strings are passed over.

    Source: PowerShell tokenizer.cs: "#" begins a comment where a word could begin; a backtick escapes in double quotes.
    """
    text, found, i = content.decode("utf-8-sig"), [], 0
    while i < len(text):
        if text[i] == "#" and (i == 0 or text[i - 1].isspace()):
            i = text.find("\n", i) + 1 or len(text)
        elif text[i] == '"':
            i += re.match(r'"(?:[^"`]|`.|"")*"', text[i:], re.DOTALL).end()  # type: ignore[union-attr]
        elif text[i] in _QUOTES:
            whole = re.match(rf"[{_QUOTES}](?:[^{_QUOTES}]|[{_QUOTES}]{{2}})*[{_QUOTES}]", text[i:])
            assert whole, f"a string does not end: {text[i : i + 40]!r}"
            found.append(_literal(whole[0]))
            i += whole.end()
        else:
            i += 1
    return found


def read_settings(content: bytes) -> dict[str, str]:
    """What an installer wants: the entries of its one ordered hashtable, each a literal."""
    (block,) = re.findall(r"(?ms)^\$wanted = \[ordered\]@\{\r\n(.*?)^\}\r\n", content.decode("utf-8-sig"))
    entries = [re.fullmatch(r"    '([A-Z0-9]+)' = (.*)", line) for line in block.split("\r\n")[:-1]]
    assert all(entries), block
    return {entry[1]: _literal(entry[2]) for entry in entries if entry}


def check_grammar(content: bytes, assignments: int) -> None:
    """The script is that many assignments of one string literal each, to tree-sitter, and nothing else."""
    tree = Parser(Language(language())).parse(content.decode("utf-8-sig").encode())
    assert not tree.root_node.has_error
    kinds = [node.type for node in _statements(tree.root_node)]
    assert kinds == ["pipeline"] * assignments
    literals = [node for node in _walk(tree.root_node) if node.type == "string_literal"]
    assert len(literals) == assignments


def _statements(root: Node) -> list[Node]:
    lists = [node for node in root.children if node.type == "statement_list"]
    return [node for found in lists for node in found.children if node.type != "empty_statement"]


def _walk(node: Node) -> list[Node]:
    return [node, *(inner for child in node.children for inner in _walk(child))]
