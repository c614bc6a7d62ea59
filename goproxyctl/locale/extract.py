"""Collects every message of the code, and click's own, into the catalogues. ``make messages`` runs it; it needs babel.

A message that kept its id and its English keeps its translation; one whose English changed keeps it marked fuzzy, which
is not compiled, until somebody has read it again.
"""

import io
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from goproxyctl.report.kinds import kind_texts
from goproxyctl.targets import KINDS, load_kind

PACKAGE = Path(__file__).resolve().parent.parent
LANGUAGES = ("zh",)
OUR_KEYWORDS = {"Text": ((1, "c"), 2)}
CLICK_KEYWORDS = {"_": None, "ngettext": (1, 2)}

_HEAD = """\
# Messages of goproxyctl. msgctxt is the id of a message; those without one are click's own words.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""

#: The id (None: click's), and the English: one form, or singular and plural.
Found = tuple[str | None, str | tuple[str, ...]]


def found_messages() -> list[Found]:
    """Every message of ours in order of id, then click's."""
    ours = {*_extract(PACKAGE, OUR_KEYWORDS), *_kind_lines()}
    return [*sorted(ours, key=str), *dict.fromkeys(_extract(Path(str(click.__file__)).parent, CLICK_KEYWORDS))]


def _extract(folder: Path, keywords: Mapping[str, Any]) -> Iterator[Found]:
    for _file, _line, words, _comments, context in extract_from_dir(folder, [("**.py", "python")], keywords=keywords):
        yield context, words


def _kind_lines() -> Iterator[Found]:
    """What ``goproxyctl kinds`` says of each kind and of its options: the words of their classes."""
    for kind in KINDS:
        yield from ((text.id, text.words) for text in kind_texts(load_kind(kind)))


def updated(catalogue: Catalog) -> Catalog:
    """``catalogue`` with exactly the messages that the code has now."""
    fresh = Catalog(locale=catalogue.locale, fuzzy=False)
    by_id = {message.context: message for message in catalogue if message.context}
    for context, words in found_messages():
        same = catalogue.get(words if isinstance(words, str) else words[0], context)
        before = same or (by_id.get(context) if context else None)
        fuzzy = before is not None and bool(before.string) and (before is not same or before.fuzzy)
        added = fresh.add(words, before.string if before else "", context=context, flags={"fuzzy"} if fuzzy else ())
        added.flags.discard("python-format")  # a percent sign is one: values stand in braces
    return fresh


def untranslated(catalogue: Catalog) -> list[Message]:
    """The messages whose translation is missing or has to be read again."""
    return [message for message in catalogue if message.id and (message.fuzzy or not _is_whole(message))]


def _is_whole(message: Message) -> bool:
    string = message.string
    return bool(string) and (isinstance(string, str) or all(string or ()))


def printed(catalogue: Catalog) -> bytes:
    """The catalogue as a .po file without a date and without line numbers: it changes only when a message does."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=120, no_location=True, omit_header=True)
    return _HEAD.format(language=catalogue.locale).encode() + buffer.getvalue()


def main() -> int:
    """Updates the catalogues; the exit code tells whether a message lacks its translation."""
    missing = 0
    for language in LANGUAGES:
        path = PACKAGE / "locale" / language / "LC_MESSAGES" / "goproxyctl.po"
        before = io.BytesIO(path.read_bytes() if path.exists() else b"")
        fresh = updated(read_po(before, locale=language))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(printed(fresh))
        for message in untranslated(fresh):
            sys.stderr.write(f"{path.name} ({language}): {message.context}: {message.id!r} has no translation\n")
        missing += len(untranslated(fresh))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
