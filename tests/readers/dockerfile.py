"""A reader of ``ENV`` in Dockerfiles, written from the reference and BuildKit's shell lexer.

Source: docs.docker.com/reference/dockerfile: format, environment replacement; moby/buildkit
frontend/dockerfile/shell/lex.go (processWord) and parser/line_parsers.go (parseWords).
"""

import re
from dataclasses import dataclass, field


@dataclass
class Image:
    """``env`` of the image; ``other``: the instructions that are not ENV."""

    env: dict[str, str] = field(default_factory=dict)
    other: list[str] = field(default_factory=list)


def read_dockerfile(content: bytes) -> Image:
    """What the build of a Dockerfile would leave in the image's environment."""
    image = Image()
    for line in _logical_lines(content.decode()):
        instruction, _, rest = line.partition(" ")
        if instruction.upper() != "ENV":
            image.other.append(line)
            continue
        before = dict(image.env)
        for word in _words(rest.strip()):
            name, equals, value = word.partition("=")
            assert equals, word
            image.env[_expand(name, before)] = _expand(value, before)
    return image


def _logical_lines(text: str) -> list[str]:
    """Lines with their continuations; the escape character is the backslash, for no directive changes it."""
    lines, current = [], ""
    for number, line in enumerate(text.split("\n")):
        assert number or not re.match(r"#\s*(escape|syntax|check)\s*=", line), "a directive"
        if line.lstrip().startswith("#") or (not line.strip() and not current):
            continue
        match = re.search(r"\\[ \t]*$", line)
        if match:
            current += line[: match.start()]
            continue
        lines.append((current + line).strip())
        current = ""
    return [*lines, current] if current else lines


def _words(rest: str) -> list[str]:
    words, current, quote, i = [], "", "", 0
    while i < len(rest):
        char = rest[i]
        if not quote and char in " \t":
            if current:
                words.append(current)
            current = ""
        elif char == "\\" and quote != "'":
            current += rest[i : i + 2]
            i += 1
        else:
            if char == quote:
                quote = ""
            elif not quote and char in "'\"":
                quote = char
            current += char
        i += 1
    assert not quote, f"unfinished quotes: {rest}"
    return [*words, current] if current else words


def _expand(text: str, env: dict[str, str]) -> str:
    out, quote, i = "", "", 0
    while i < len(text):
        char = text[i]
        if quote == "'":
            if char == "'":
                quote = ""
            else:
                out += char
        elif char == "$":
            value, length = _variable(text[i:], env)
            out += value
            i += length
            continue
        elif char == "\\":
            out += _escaped(text[i + 1 : i + 2], quoted=bool(quote))
            i += 1
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        else:
            out += char
        i += 1
    return out


def _escaped(following: str, *, quoted: bool) -> str:
    return "\\" + following if quoted and following not in {'"', "$", "\\"} else following


def _variable(text: str, env: dict[str, str]) -> tuple[str, int]:
    match = re.match(r"\$\{([A-Za-z0-9_]+)(:[-+?][^}]*)?\}|\$([A-Za-z_][A-Za-z0-9_]*|[0-9@*#])", text)
    if match:
        return env.get(match[1] or match[3], ""), match.end()
    assert not text.startswith("${"), f"unsupported modifier: {text}"
    return "$", 1
