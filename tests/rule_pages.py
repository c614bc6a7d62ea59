"""docs/rules.md and its translation: the part that is the catalogue of rules. ``python -m tests.rule_pages --update`` rewrites it."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from goproxyctl.cli.language import load_language
from goproxyctl.cli.ruling import read_page
from goproxyctl.report.findings import SEVERITIES
from goproxyctl.report.rules import PLACES, RulePage, distinct, example_head, said, source_text, waivable_text
from goproxyctl.report.style import Words
from goproxyctl.rules.catalogue import catalogue
from goproxyctl.rules.pages import Example
from goproxyctl.text import Text, shown
from tests.catalogues import built

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = {ROOT / "docs" / "rules.md": "en", ROOT / "docs" / "zh" / "rules.md": "zh"}
_PART = re.compile(r"(?<=<!-- rules -->\n).*?(?=<!-- end of rules -->)", re.DOTALL)


def words_of(code: str) -> Words:
    """The words of a language."""
    built()
    translate = load_language(code).translate
    return lambda text: text.render(translate)


def rule_list(words: Words) -> str:
    """Every rule with its page, in order of name."""
    pages = [read_page(name) for name in sorted(catalogue())]
    return "".join(line + "\n" for page in pages for line in _page(page, words))


def _page(page: RulePage, words: Words) -> Iterator[str]:
    yield from (f"### {page.id}", _plain(f"{words(page.rule.title)}: {words(page.rule.why)}"), "")
    yield " · ".join(_facts(page, words))
    for place, shelf in distinct(page.pages):
        yield from ("", *_example(words(example_head(Text("rules.bad", "bad"), shelf.bad)), shelf.bad))
        if place == "policy":
            yield from (f"\n> {_plain(words(text))}" for text in said(page))
        yield from ("", *_example(words(example_head(Text("rules.good", "good"), shelf.good)), shelf.good))
    sources = dict.fromkeys(shelf.source for shelf in page.pages.values())
    yield from ("", "\\\n".join(_plain(words(source_text(source))) for source in sources), "")


def _plain(text: str) -> str:
    """``text`` as Markdown that shows it as it is."""
    return re.sub(r"([\\*_<`|])", r"\\\1", shown(text))


def _facts(page: RulePage, words: Words) -> Iterator[str]:
    for place, rule in page.rules.items():
        yield f"{words(PLACES[place])}: **{words(SEVERITIES[rule.severity][0])}**"
    if "policy" in page.rules:
        yield words(waivable_text(page))
    if page.fixable:
        yield words(Text("rules.fixable", "goproxyctl validate --fix mends it"))


def _example(head: str, example: Example) -> Iterator[str]:
    yield f"{head}:"
    yield "```yaml" if example.form == "policy" else "```text"
    yield from (shown(line).rstrip() for line in example.text.splitlines())
    yield "```"


def with_rules(text: str, code: str) -> str:
    """The document with the rules as they are now."""
    return _PART.sub(lambda _: rule_list(words_of(code)), text)


def main() -> None:
    for document, code in DOCUMENTS.items():
        before = document.read_text(encoding="utf-8")
        document.write_text(with_rules(before, code), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python -m tests.rule_pages --update")
    main()
