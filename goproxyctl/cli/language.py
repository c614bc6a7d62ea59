"""Which language to speak, and its words: the gettext catalogues of ``goproxyctl/locale``."""

import gettext
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from goproxyctl.text import Translator, english

LANGUAGES = ("en", "zh")
DOMAIN = "goproxyctl"
LOCALE_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "locale")


class Language(NamedTuple):
    """A language and the translator into it."""

    code: str
    translate: Translator


def choose_code(asked: str | None, env: Mapping[str, str]) -> str:
    """The code of the language: ``--lang`` first, then the locale of the environment, else English.

    Source: GNU gettext manual, "Locale Environment Variables": LC_ALL, LC_MESSAGES, LANG name the locale; LANGUAGE
    is asked before them unless the locale is C.
    """
    if asked in LANGUAGES:
        return asked
    locale = next((env[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(name)), "")
    if _letters(locale) in {"c", "posix"}:
        return "en"
    for name in (*env.get("LANGUAGE", "").split(":"), locale):
        if _letters(name) in LANGUAGES:
            return _letters(name)
    return "en"


def _letters(locale: str) -> str:
    return locale.replace("-", "_").split(".")[0].split("@")[0].split("_")[0].lower()


def asked_for(option: str, arguments: Sequence[str]) -> str | None:
    """The value of ``option`` on the command line, read before click does: even a usage error wants it."""
    value = None
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == option and position + 1 < len(arguments):
            value = arguments[position + 1]
        elif argument.startswith(f"{option}="):
            value = argument[len(option) + 1 :]
    return value


def load_language(code: str) -> Language:
    """The language of ``code``; English when its catalogue was not built."""
    if code == "en":
        return Language("en", english)
    try:
        catalogue = gettext.translation(DOMAIN, LOCALE_FOLDER, [code])
    except OSError:
        return Language("en", english)
    return Language(code, catalogue.pgettext)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Makes click's own words (Usage, Options, Error) come out in ``language`` too.

    click asks the global gettext domain, which takes its language from the environment and from nowhere else.
    """
    domain, before = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, LOCALE_FOLDER)
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language.code
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before
