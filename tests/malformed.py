"""More than 500 policies that are none, from small seeds: the same ones every time."""

import random
from collections.abc import Iterator

GOOD = """\
apiVersion: goproxyctl/v1
kind: Policy
metadata: {name: acme}
spec:
  go: {minimum: "1.26.6", toolchain: local}
  chain:
    - {name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}
    - name: mirror
      url: https://goproxy.cn
      role: mirror
    - direct
  private:
    modules: [git.acme.example, "*.git.acme.example"]
    samples: {private: [git.acme.example/team/app]}
  targets:
    - {name: laptops, kind: sh, path: a.sh}
"""

#: One-liners on which some YAML library fails with an error that is not YAML's own.
ONE_LINERS = [
    "a: " + "9" * 5000,
    "a: 0x" + "f" * 5000,
    "a: 2024-13-45",
    "a: 2024-01-01T99:00:00Z",
    'a: !!int "zz"',
    '!!float "zz"',
    '!!bool "zz"',
    '!!timestamp "zz"',
    "!!omap 1",
    '"\\ud800"',
    'a: "\\ud800"',
    '!!binary "@@"',
    "&a [*a]",
    "a: &a {b: *a}",
    "a: \x00",
    "\x00",
    "a: \x1b[31m",
    'a: "\\U00110000"',
    'a: "\\UFFFFFFFF"',
    "a: !<tag:yaml.org,2002:python/object/apply:os.system> [x]",
    "!!python/object/apply:os.system ['x']",
    "%YAML 9999999999999999999999.1\n---\na: b",
    "%YAML 1.1\n%YAML 1.2\n---\na: b",
    "%TAG ! tag:x,2000:\n---\na: !b c",
    "%FOO bar\n---\na: b",
    "a: !x!y z",
    "a: !%ZZ z",
    "? ? ? a",
    "? |\n  x\n: y",
    "- - - -",
    "a: >9\n  x",
    "a: |0\n  x",
    "a: |x\n",
    "a: >-\n\t x",
    "--- a\n--- b",
    "...\n...\n",
    "a: 'b''",
    'a: "b\\\n',
    "{a, b, c}",
    "[a: b, c: d]",
    "{? a : b}",
    "{a: b, a: b}",
    "a: *",
    "a: &",
    "a: !",
    "a: @",
    "a: `",
    "a: ~",
    "=: =",
    "<<: [a, b]",
    "<<: *x",
    ": ",
    "-",
    "?",
    "|",
    ">",
    "'",
    '"',
    "[",
    "{",
    "]",
    "}",
    ",",
    "#",
    "%",
    "&",
    "*",
    "!",
    "@",
    "\t",
    "\ufeff\ufeffa: b",
    "a:\ufeffb",
    "a: \ud7ff\ue000\ufffd",
    "a: \U0010ffff",
    "null",
    "true",
    "1",
    "[]",
    "{}",
    "''",
]

#: What would make a careless reader slow, large or deep.
BOMBS = [
    "[" * 100_000,
    "{a: " * 10_000,
    "- " * 60_000,
    "? " * 60_000,
    "a:\n" + "".join(f"{' ' * depth}a:\n" for depth in range(1, 500)),
    "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" if i else "a0: &a0 [lol]\n" for i in range(9)),
    "a: &a [x]\n" + "".join(f"b{i}: *a\n" for i in range(8000)),
    "a: " + "x" * 262_000,
    "a: '" + "x" * 262_000,
    'a: "' + "\\x41" * 65_000 + '"',
    "a: |\n" + " x\n" * 80_000,
    "a:\n" + " x\n" * 80_000,
    "a: [" + "1," * 130_000,
    "a: {" + "".join(f"b{i}: 1, " for i in range(20_000)),
    "\n".join(f"k{i}: v" for i in range(20_000)),
    "a: b\n" * 50_000,
    "#" * 262_000,
    "\n" * 262_000,
    " " * 262_000,
    "a" * 262_000,
    "a:" * 130_000,
    "@" * 200_000,
    "u:p@" * 60_000,
    "'" + "a:" * 130_000 + "@",
    "x" * 300_000,
    "a: !" + "x" * 200_000 + " b",
    "a: &" + "x" * 200_000 + " b",
    "a: *" + "x" * 200_000,
    "%" + "x" * 200_000,
    ("x" * 1000 + "\n") * 250,
    "? " + "x" * 200_000 + "\n: y",
    '"' + "k" * 60_000 + '": x\n"' + "k" * 60_000 + '": y\n',
    "spec: {" + "k" * 60_000 + ": x}",
    "spec:\n  chain: [{url: https://" + "u:" * 20_000 + "@h, role: x}]\n",
    "spec:\n  private: {modules: [" + "'" + "*a" * 30_000 + "/'" + "]}\n",
    "spec:\n  profiles: {" + ", ".join(f"p{i}: {{}}" for i in range(3000)) + "}\n",
    "spec:\n  targets: [" + ", ".join("{kind: nope}" for _ in range(4000)) + "]\n",
    "spec:\n  targets: [" + ", ".join("{kind: sh}" for _ in range(4000)) + "]\n",
    GOOD.replace("    - direct\n", "".join(f"    - {{name: h{i}, url: nope, role: x}}\n" for i in range(2000))),
]

_BITS = [
    ":",
    ": ",
    "- ",
    "\t",
    "'",
    '"',
    "[",
    "]",
    "{",
    "}",
    "&a ",
    "*a ",
    "!!str ",
    "<<: ",
    "|\n",
    "? ",
    "\x00",
    "off",
    "@",
]


def damaged(count: int, seed: int = 2026) -> Iterator[bytes]:
    """``count`` versions of GOOD with a line, a piece or a few bytes lost, doubled or put in."""
    rng = random.Random(seed)
    lines = GOOD.splitlines(keepends=True)
    for _ in range(count):
        some = list(lines)
        how = rng.randrange(5)
        at = rng.randrange(len(some))
        if how == 0:
            some[at] = some[at] * 2
        elif how == 1:
            some[at] = " " * rng.randint(1, 3) + some[at]
        elif how == 2:
            del some[at]
        text = "".join(some)
        if how >= 2:
            cut = rng.randrange(len(text))
            text = text[:cut] + rng.choice(_BITS) + text[cut + rng.randint(0, 3) :]
        content = bytearray(text.encode())
        if rng.random() < 0.2:
            content[rng.randrange(len(content))] = rng.randrange(256)
        yield bytes(content)


def malformed() -> list[bytes]:
    """All of them; what happens to be a policy after all is left out by the test."""
    texts = [*ONE_LINERS, *BOMBS]
    return [
        *(text.encode("utf-8", "surrogatepass") for text in texts),
        b"\xff",
        b"a: \xff",
        b"\xff\xfea\x00",
        *damaged(500),
    ]
