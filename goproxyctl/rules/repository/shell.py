"""POSIX shell text as commands: quotes, comments, continuations, here documents and substitutions are seen through.

Source: POSIX.1-2017, Shell Command Language, 2.3 Token Recognition. It reads what people write, it is no shell.
"""

import re
from collections.abc import Iterator

from goproxyctl.rules.environment.faults import UNKNOWN
from goproxyctl.rules.repository.script import Command, Word

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]")
_OPERATOR = re.compile(r"&&|\|\||;;|\|&|[|;&()\n]")
_REDIRECT = re.compile(r"[0-9]*(<<-|<<<|<<|>>|<>|>\||[<>]&|&>>|&>|[<>])")
_CLOSING = {"(": ")", "{": "}"}
#: Words that only open or close a compound command.
_KEYWORDS = frozenset({"{", "}", "!", "then", "do", "else", "fi", "done", "if", "while", "until", "elif", "time"})


#: Substitutions within substitutions are followed so far; nobody writes more by hand.
_DEPTH = 8


def shell_commands(text: str, base: int = 0, depth: int = 0) -> Iterator[Command]:
    """The commands of a script, those inside of substitutions too. ``base``: what its places are counted from."""
    lexer = _Lexer(text, base)
    yield from lexer.commands()
    for start, end in lexer.inner if depth < _DEPTH else ():
        yield from shell_commands(text[start:end], base + start, depth + 1)


class _Lexer:
    """A place in a text; ``inner``: where substitutions stand, to be read on their own."""

    def __init__(self, text: str, base: int) -> None:
        self.text = text
        self.base = base
        self.pos = 0
        self.inner: list[tuple[int, int]] = []
        self.documents: list[str] = []

    def commands(self) -> Iterator[Command]:
        words: list[Word] = []
        while self.pos < len(self.text):
            self._blanks()
            operator = _OPERATOR.match(self.text, self.pos)
            if operator and not self._at_redirect():
                if words:
                    yield Command(tuple(words), operator[0], self.base + self.pos)
                words = []
                self.pos = operator.end()
                if operator[0] == "\n":
                    self._skip_documents()
            elif self.pos < len(self.text) and not self._redirect():
                word = self._word()
                if words or word.quoted or word.text not in _KEYWORDS:
                    words.append(word)
        if words:
            yield Command(tuple(words), "", self.base + self.pos)

    def _blanks(self) -> None:
        """Blanks, continued lines and comments."""
        while self.pos < len(self.text):
            if self.text[self.pos] in " \t\r":
                self.pos += 1
            elif self.text.startswith(("\\\n", "\\\r\n"), self.pos):
                self.pos = self.text.index("\n", self.pos) + 1
            elif self.text[self.pos] == "#":
                end = self.text.find("\n", self.pos)
                self.pos = len(self.text) if end < 0 else end
            else:
                return

    def _at_redirect(self) -> bool:
        return self.text.startswith(("&>",), self.pos)

    def _redirect(self) -> bool:
        """Takes a redirection with its target; of a here document only the word that ends it is remembered."""
        found = _REDIRECT.match(self.text, self.pos)
        if not found:
            return False
        self.pos = found.end()
        self._blanks()
        if self.pos < len(self.text) and not _OPERATOR.match(self.text, self.pos):
            target = self._word()
            if found[1] in {"<<", "<<-"}:
                self.documents.append(target.text)
        return True

    def _skip_documents(self) -> None:
        for delimiter in self.documents:
            end = re.compile(rf"^[ \t]*{re.escape(delimiter)}[ \t\r]*$", re.MULTILINE).search(self.text, self.pos)
            self.pos = end.end() if end else len(self.text)
        self.documents = []

    def _word(self) -> Word:
        start, quoted = self.pos, False
        chars: list[tuple[str, int]] = []
        while self.pos < len(self.text):
            char = self.text[self.pos]
            if char in " \t\r\n;&|()<>":
                break
            if char == "'" or self.text.startswith("$'", self.pos):
                quoted = True
                self._single(chars)
            elif char == '"':
                quoted = True
                self._double(chars)
            else:
                self._plain(chars)
        if self.pos == start:  # an operator that stands where none can stand
            self.pos += 1
        at = [self.base + index for _, index in chars]
        return Word("".join(c for c, _ in chars), at, self.base + start, self.base + self.pos, quoted)

    def _plain(self, chars: list[tuple[str, int]]) -> None:
        char = self.text[self.pos]
        if char in "$`":
            self._expansion(chars)
        elif char == "\\" and self.pos + 1 < len(self.text):
            if self.text[self.pos + 1] != "\n":
                chars.append((self.text[self.pos + 1], self.pos + 1))
            self.pos += 2
        else:
            chars.append((char, self.pos))
            self.pos += 1

    def _single(self, chars: list[tuple[str, int]]) -> None:
        begin = self.text.index("'", self.pos) + 1
        end = self.text.find("'", begin)
        end = len(self.text) if end < 0 else end
        chars += [(self.text[index], index) for index in range(begin, end)]
        self.pos = min(end + 1, len(self.text))

    def _double(self, chars: list[tuple[str, int]]) -> None:
        self.pos += 1
        while self.pos < len(self.text) and self.text[self.pos] != '"':
            char = self.text[self.pos]
            if char in "$`":
                self._expansion(chars)
                continue
            if char == "\\" and self.text[self.pos + 1 : self.pos + 2] in {"$", "`", '"', "\\", "\n"}:
                self.pos += 1
                char = self.text[self.pos]
            chars.append((char, self.pos))
            self.pos += 1
        self.pos = min(self.pos + 1, len(self.text))

    def _expansion(self, chars: list[tuple[str, int]]) -> None:
        """``$NAME``, ``${...}``, ``$(...)`` and backquotes: something that is not known here."""
        start = self.pos
        after = self.text[start + 1 : start + 2]
        if self.text[start] == "`":
            end = self.text.find("`", start + 1)
            self.pos = len(self.text) if end < 0 else end + 1
            self.inner.append((start + 1, self.pos - 1))
        elif after in _CLOSING:
            self.pos = self._balanced(start + 1)
            if after == "(":
                self.inner.append((start + 2, self.pos - 1))
        elif found := _NAME.match(self.text, start + 1):
            self.pos = found.end()
        else:
            self.pos += 1
            chars.append(("$", start))
            return
        chars.append((UNKNOWN, start))

    def _balanced(self, start: int) -> int:
        """Where the bracket that opens at ``start`` is closed."""
        opening, depth = self.text[start], 0
        for index in range(start, len(self.text)):
            depth += (self.text[index] == opening) - (self.text[index] == _CLOSING[opening])
            if not depth:
                return index + 1
        return len(self.text)
