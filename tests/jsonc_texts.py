"""Random JSON texts with comments, blanks and commas wherever they may stand, and random edits of them."""

import json
import random
from dataclasses import dataclass, field

from goproxyctl.formats import Edit
from goproxyctl.resource import Key, Match

WORDS = (
    "a",
    "b.c",
    "go.toolsEnvVars",
    "环境",
    "name",
    "x y",
    "env",
    "GOPROXY",
    "configurations",
    'q"uote',
    "tab\t",
    "",
    "é",
)
NUMBERS = ("0", "-1", "1.0e3", "12.50", "3E-2", "true", "false", "null")
COMMENTS = (
    "// note",
    "//",
    "/* block */",
    "/**/",
    "// 注释, {not: json}",
    "/* two\n lines */",
    '// "key": 1,',
    "/* // */",
)


@dataclass
class Writer:
    """Writes one text. ``calm`` ones look as people write them; the others have anything anywhere."""

    rng: random.Random
    eol: str = "\n"
    calm: bool = True
    trailing: float = 0.3
    unit: str = "  "
    paths: list[Key] = field(default_factory=list)
    arrays: list[Key] = field(default_factory=list)
    objects: list[Key] = field(default_factory=list)

    def text(self) -> str:
        bom = "\ufeff" if self.rng.random() < 0.1 else ""
        head = self.trivia() if self.rng.random() < 0.2 else ""
        body = self.object(3, "", ())
        foot = self.rng.choice([self.eol, self.eol, "", self.eol + "// end" + self.eol, " // end", self.eol * 3, "  "])
        return bom + (head + self.eol if head else "") + body + foot

    def comment(self) -> str:
        chosen = self.rng.choice(COMMENTS).replace("\n", self.eol)
        return chosen + self.eol if chosen.startswith("//") else chosen

    def trivia(self) -> str:
        if self.calm:
            return ""
        pieces = ["", "", "", " ", "\t", self.eol, self.comment()]
        return "".join(self.rng.choice(pieces) for _ in range(self.rng.choice([0, 0, 1, 1, 2, 4])))

    def value(self, depth: int, indent: str, path: Key) -> str:
        kind = self.rng.random()
        if depth and kind < 0.35:
            return self.object(depth - 1, indent, path)
        if depth and kind < 0.5:
            return self.array(depth - 1, indent, path)
        if kind < 0.75:
            return json.dumps(self.rng.choice(WORDS), ensure_ascii=self.rng.random() < 0.5)
        return self.rng.choice(NUMBERS)

    def object(self, depth: int, indent: str, path: Key) -> str:
        self.objects.append(path)
        keys = self.rng.sample(WORDS, self.rng.choice([0, 1, 1, 2, 3, 5]))
        members = []
        for key in keys:
            self.paths.append((*path, key))
            name = json.dumps(key, ensure_ascii=self.rng.random() < 0.5)
            value = self.value(depth, indent + self.unit, (*path, key))
            members.append(f"{name}{self.trivia()}:{' ' if self.calm else self.trivia()}{value}")
        return self.bracket("{}", members, indent)

    def array(self, depth: int, indent: str, path: Key) -> str:
        self.arrays.append(path)
        elements = []
        for index in range(self.rng.choice([0, 1, 2, 3])):
            if self.rng.random() < 0.6:
                name = f'"name": "e{index}"'
                elements.append(self.bracket("{}", [name, '"k": 1'][: self.rng.choice([1, 2])], indent + self.unit))
            else:
                elements.append(self.value(0, indent, path))
        return self.bracket("[]", elements, indent)

    def bracket(self, marks: str, members: list[str], indent: str) -> str:
        one_line = self.rng.random() < 0.3
        line = "" if one_line else self.eol + indent + self.unit
        out = [marks[0]]
        for index, member in enumerate(members):
            last = index == len(members) - 1
            comma = not last or self.rng.random() < self.trailing
            out += [
                self.before(line, index),
                member,
                self.trivia(),
                "," if comma else "",
                self.after(one_line=one_line),
            ]
        end = self.rng.choice(["", " "]) if one_line else self.rng.choice([self.eol + indent] * 4 + ["", " ", self.eol])
        out += [self.trivia(), end if members or self.rng.random() < 0.5 else "", marks[1]]
        return "".join(out)

    def before(self, line: str, index: int) -> str:
        if not line:
            return self.rng.choice([" ", " ", "", "/* c */ "]) if index else self.rng.choice(["", " "])
        block = line + self.rng.choice(["// about", "/* about */"]) if self.rng.random() < 0.2 else ""
        blank = self.eol if self.rng.random() < 0.1 else ""
        return block + blank + line + self.trivia()

    def after(self, *, one_line: bool) -> str:
        if one_line or self.rng.random() < 0.7:
            return self.trivia()
        return self.rng.choice([" // same line", "  ", "\t/* same */", " /* a */ // b"]) + self.eol


def random_text(rng: random.Random) -> tuple[str, Writer]:
    """A text, and the writer that knows what is in it."""
    writer = Writer(
        rng, rng.choice(["\n", "\n", "\r\n"]), calm=rng.random() < 0.5, unit=rng.choice(["  ", "    ", "\t"])
    )
    return writer.text(), writer


def random_value(rng: random.Random) -> bytes:
    """Canonical JSON: mostly a string, as for variables."""
    value: object = rng.choice(
        ["https://goproxy.cn|direct", "", "注", 'a"\\b\u2028', {"B": "2", "A": {"C": []}}, ["x"], 1, None]
    )
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def new_edits(rng: random.Random, writer: Writer) -> list[Edit]:
    """Insertions, several of them in one object, some below objects that do not exist yet."""
    edits: dict[Key, Edit] = {}
    for _ in range(rng.choice([1, 2, 3, 5])):
        base: Key = rng.choice(writer.objects)
        for extra in rng.choice([(), (), ("new",), ("new", "er")]):
            base = (*base, extra)
        key: Key = (*base, f"NEW{rng.randrange(4)}")
        edits[key] = Edit(key, random_value(rng))
    if writer.arrays and rng.random() < 0.5:
        key = (*rng.choice(writer.arrays), Match("name", "ours"))
        edits[key] = Edit(key, b'{"env":{"K":"v"},"name":"ours","type":"go"}')
    return list(edits.values())
