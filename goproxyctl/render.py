"""The one jinja2 environment, and how a value is quoted for each language that a template is written in.

A template prints nothing but constants and values that a filter has quoted for the template's own language; anything
else fails while rendering, whatever the value. jinja2 is imported when the first text is rendered.
"""

import json
import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, get_args

from goproxyctl.errors import UnfitError
from goproxyctl.formats.yamltext import block, quote_yaml
from goproxyctl.text import Text

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.runtime import Context

Language = Literal["bat", "dockerfile", "json", "ps1", "sh", "txt", "yaml"]

#: The language of a template, by the real extension of its name: "gitlab-ci.yml.j2" is YAML.
_EXTENSIONS: dict[str, Language] = {
    "Dockerfile": "dockerfile",
    "bat": "bat",
    "json": "json",
    "ps1": "ps1",
    "sh": "sh",
    "txt": "txt",
    "yaml": "yaml",
    "yml": "yaml",
}

#: What no value may hold, in any language: controls (a value is one line), halves of characters, and what changes the
#: order or the lines that a person sees (bidirectional controls, line separators, the byte order mark).
_NEVER = r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"

#: What a language cannot carry. In a batch file a quotation mark ends the quoting, an exclamation mark is eaten where
#: the caller has delayed expansion on, and other characters than ASCII depend on the console's code page.
#: Source: learn.microsoft.com, set and setlocal; a Dockerfile is UTF-8 for BuildKit and unspecified for other builders.
_REFUSED = {
    "bat": r"[^ #-~]",
    "dockerfile": r"[^ -~]",
    "txt": r"[^ -~]",
}

#: Units: characters of a quoted value. cmd.exe reads lines of 8,191; a variable of Windows holds 32,767; Linux takes
#: strings of 131,072 bytes into an environment. Each with room for the name.
_LONGEST: dict[str, int] = {"bat": 8_000, "ps1": 32_000, "reg": 32_000}
_LONGEST_ELSEWHERE = 131_000

_COMMENT_UNSAFE = r"[^A-Za-z0-9 .,:;/_@+=()*\[\]~-]"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_IMAGE = r"[A-Za-z0-9][A-Za-z0-9./:@_-]*"

#: PowerShell ends a string at any of these five quotes, the typographic ones too.
#: Source: PowerShell CodeGeneration.EscapeSingleQuotedStringContent.
_PS1_QUOTES = re.compile("['\u2018\u2019\u201a\u201b]")


class Quoted(str):
    """Text that is safe in one language: all that a template may print."""

    __slots__ = ("language",)
    language: Language

    def __new__(cls, language: Language, text: str) -> Self:
        """``text`` as it stands, marked as safe in ``language``."""
        made = super().__new__(cls, text)
        made.language = language
        return made


def _check_length(text: str, language: str, where: str) -> None:
    longest = _LONGEST.get(language, _LONGEST_ELSEWHERE)
    size = len(text.encode())
    if size > longest:
        raise UnfitError(
            Text(
                "render.too-long",
                "{where}: a value of {size} bytes is too long for its reader; keep it below {longest}",
                where=where,
                size=size,
                longest=longest,
            )
        )


def check_value(value: str, language: str, *, where: str) -> None:
    """Refuses what ``language`` cannot carry whatever the quoting; ``where`` is what the message begins with.

    Raises: UnfitError.
    """
    if not value:
        # Batch files and PowerShell before 7.5 delete the variable; go takes an empty one for unset.
        raise UnfitError(Text("render.empty", "{where}: the value is empty; write a word", where=where))
    found = re.search(_REFUSED.get(language, _NEVER), value)
    if found:
        raise UnfitError(
            Text(
                "render.cannot-carry",
                "{where}: the value holds U+{code} ({character}), which {reader} cannot carry; write it without",
                where=where,
                code=f"{ord(found[0]):04X}",
                character=unicodedata.name(found[0], "a control character").lower(),
                reader=language or "an environment",
            )
        )
    _check_length(value, language, where)


def _bat(value: str) -> str:
    return value.replace("%", "%%")


def _ps1(value: str) -> str:
    return "'" + _PS1_QUOTES.sub(r"\g<0>\g<0>", value) + "'"


def _sh(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


def _dockerfile(value: str) -> str:
    return '"' + re.sub(r'["\\$]', r"\\\g<0>", value) + '"'


def _json(value: str) -> str:
    return json.dumps(value, ensure_ascii=True)


#: Each always quotes: what looks harmless bare is not (zsh expands ``=ls``, YAML 1.1 reads ``off`` as a boolean).
_QUOTERS: dict[Language, Callable[[str], str]] = {
    "bat": _bat,
    "dockerfile": _dockerfile,
    "json": _json,
    "ps1": _ps1,
    "sh": _sh,
    "txt": str,
    "yaml": quote_yaml,
}


def quote(language: Language, value: str) -> Quoted:
    """``value`` as ``language`` writes it; for bat what stands inside ``set "NAME=…"``.

    Raises: UnfitError when the language cannot carry the value.
    """
    check_value(value, language, where=language)
    text = _QUOTERS[language](value)
    _check_length(text, language, language)
    return Quoted(language, text)


def comment(language: Language, value: str) -> Quoted:
    """``value`` for a comment: one line, and a question mark for each character that any language could act on."""
    return Quoted(language, re.sub(_COMMENT_UNSAFE, "?", value))


def _word(language: Language, value: str, grammar: str) -> Quoted:
    if not re.fullmatch(grammar, value):
        raise UnfitError(
            Text(
                "render.word", "{language}: {value!r} cannot stand here without quotes", language=language, value=value
            )
        )
    return Quoted(language, value)


def name(language: Language, value: str) -> Quoted:
    """The name of a variable, bare. Raises: UnfitError when it is no such name."""
    return _word(language, value, _NAME)


def image(value: str) -> Quoted:
    """The reference of a container image, bare. Raises: UnfitError when it is none."""
    return _word("dockerfile", value, _IMAGE)


@lru_cache(8)
def members(pairs: tuple[tuple[str, str], ...]) -> Quoted:
    """The members of a mapping in YAML, a line each, two blanks in.

    In one piece, for a manifest repeats them for each of thousands of namespaces.
    """
    lines = (f"  {quote('yaml', key)}: {quote('yaml', value)}" for key, value in pairs)
    return Quoted("yaml", "\n".join(lines))


def tree(value: object) -> Quoted:
    """A tree of mappings, lists, texts, numbers and booleans in YAML, on lines of its own.

    For documents whose parts come and go with the options: what is built as a tree cannot be indented wrongly.
    """
    return Quoted("yaml", block(value, lambda text: quote("yaml", text) if text else '""'))


def _filters() -> dict[str, Callable[..., Quoted]]:
    filters: dict[str, Callable[..., Quoted]] = {"dockerfile_image": image, "yaml_members": members, "yaml_tree": tree}
    for language in get_args(Language):
        # Few values, each printed many times: a name stands in every one of thousands of manifests.
        filters[language] = lru_cache(256)(partial(quote, language))
        filters[f"{language}_comment"] = partial(comment, language)
        filters[f"{language}_name"] = partial(name, language)
    return filters


def template_folder() -> Path:
    """Where the templates are: inside an installed package, else at the root of the repository."""
    packaged = Path(__file__).with_name("_templates")
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "templates"


def template_language(template: str | None) -> Language | None:
    """The language of a template by its name, which ends in ``.<extension>.j2``."""
    return _EXTENSIONS.get((template or "").removesuffix(".j2").rpartition(".")[2])


@cache
def environment() -> "Environment":
    """The one environment: sandboxed, strict about what is undefined, and printing only what is quoted."""
    from jinja2 import FileSystemLoader, StrictUndefined, pass_context
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    language_of = cache(template_language)

    @pass_context
    def quoted_only(context: "Context", value: object) -> Quoted:
        if isinstance(value, Quoted) and value.language == language_of(context.name):
            return value
        raise TypeError(f"{context.name} prints a value that is not quoted for its language")

    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(template_folder()),
        undefined=StrictUndefined,
        finalize=quoted_only,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters = {**_filters()}
    return made


def render(template: str, **values: object) -> str:
    """The text of a template, lines ending in LF.

    Raises: UnfitError when its language cannot carry a value; TypeError when the template prints what is not
    quoted, which is a mistake in the template.
    """
    return environment().get_template(template).render(values)
