"""A message as a value: what is said is fixed where it happens, in which language only where it is printed."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

#: ``scheme://user:password@`` and what looks like it; the greedy part keeps ``@`` inside a password hidden too.
_CREDENTIALS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*:/{0,2})[^\s/?#\"'|,]*@")

#: Translates (id, English) into the words of one language.
Translator = Callable[[str, str], str]


def english(_id: str, words: str, /) -> str:
    """The English words, untranslated: the translator that changes nothing."""
    return words


def shown(value: object) -> str:
    """``value`` as it may stand in any output: no credentials, no control or bidirectional characters.

    Source: reliability of terminals and CI logs, which obey escape sequences and ``::commands::`` found in text.
    """
    text = str(value)
    if "@" in text:
        text = _CREDENTIALS.sub(r"\g<scheme>***@", text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _harmless(c) else c.encode("unicode_escape").decode("ascii") for c in text)


def _harmless(char: str) -> bool:
    return char == " " or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class _Shown(dict[str, object]):
    """Values for ``str.format`` that come out as `shown` says, whatever the conversion."""

    def __getitem__(self, key: str) -> str:
        return shown(super().__getitem__(key))


@dataclass(frozen=True, slots=True, init=False)
class Text:
    """One message: a stable ``id``, its English words with ``{names}``, and the values of these names."""

    id: str
    words: str
    values: Mapping[str, object] = field(hash=False)

    def __init__(self, id: str, words: str, /, **values: object) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "values", values)

    def render(self, translate: Translator = english) -> str:
        """The message in the language of ``translate``; a value that is a Text is translated too."""
        values = {k: v.render(translate) if isinstance(v, Text) else v for k, v in self.values.items()}
        return translate(self.id, self.words).format_map(_Shown(values))

    def __str__(self) -> str:
        return self.render()
