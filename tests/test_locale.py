"""Every message has its translation, and the right language is chosen."""

import ast
import string
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from goproxyctl.cli import main
from goproxyctl.cli.language import choose_code, load_language
from goproxyctl.locale.extract import PACKAGE, found_messages, printed, untranslated, updated
from goproxyctl.text import Text
from tests.catalogues import LOCALE, built
from tests.oracles import require

PO = LOCALE / "zh" / "LC_MESSAGES" / "goproxyctl.po"


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as text:
        return read_po(text, locale="zh")


def texts() -> Iterator[tuple[str, str, str]]:
    """(where, id, English) of every Text in the code, found without babel."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
                match node.args:
                    case [ast.Constant(str(id_)), ast.Constant(str(words))]:
                        yield f"{path.relative_to(PACKAGE)}:{node.lineno}", id_, words
                    case _:  # the one in report/kinds.py, whose words are docstrings
                        assert path.name == "kinds.py", f"{path}:{node.lineno}: Text needs two plain strings"


def placeholders(words: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(words) if name is not None)


def test_every_message_of_the_code_has_a_translation_with_the_same_values(catalogue: Catalog) -> None:
    wrong = []
    for where, id_, words in texts():
        message = catalogue.get(words, id_)
        if message is None or not message.string or message.fuzzy:
            wrong.append(f"{where}: {id_}: no translation; run make messages and translate it")
        elif placeholders(str(message.string)) != placeholders(words):
            wrong.append(f"{where}: {id_}: its translation names other values")
    assert not wrong, "\n".join(wrong)


def test_an_id_always_means_the_same_words() -> None:
    words: dict[str, str] = {}
    for where, id_, said in texts():
        assert words.setdefault(id_, said) == said, f"{where}: {id_} has other words elsewhere"


def test_the_catalogue_is_what_make_messages_writes(catalogue: Catalog) -> None:
    assert printed(updated(catalogue)) == PO.read_bytes(), "run make messages"
    assert not untranslated(catalogue), [message.id for message in untranslated(catalogue)]


def test_babel_finds_what_the_syntax_tree_holds() -> None:
    found = {(context, words) for context, words in found_messages() if context and not context.startswith("kind.")}
    assert found == {(id_, words) for _, id_, words in texts()}


def test_a_changed_message_keeps_its_old_translation_marked_fuzzy(catalogue: Catalog) -> None:
    edited = Catalog(locale="zh")
    edited.add("other words", "旧译文", context="cli.plan")
    kept = updated(edited).get(str(Text("cli.plan", "List what apply would change, and why")), "cli.plan")
    assert kept is not None
    assert kept.fuzzy
    assert kept.string == "旧译文"


def test_msgfmt_takes_the_catalogue(tmp_path: Path) -> None:
    subprocess.run(
        [require("msgfmt", "the Debian package gettext"), "--check", "-o", tmp_path / "out.mo", PO], check=True
    )


@pytest.mark.parametrize(
    ("asked", "env", "code"),
    [
        (None, {}, "en"),
        ("zh", {}, "zh"),
        ("en", {"LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LANG": "zh_Hans.UTF-8@pinyin"}, "zh"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN"}, "zh"),
        (None, {"LANG": "zh_CN", "LC_MESSAGES": "en_GB"}, "en"),
        (None, {"LANG": "zh_CN", "LC_ALL": "C"}, "en"),
        (None, {"LANG": "de_DE", "LANGUAGE": "fr:zh_CN:en"}, "zh"),
        (None, {"LANG": "C.UTF-8", "LANGUAGE": "zh"}, "en"),
        (None, {"LANGUAGE": "zh"}, "zh"),
        (None, {"LANG": "", "LC_ALL": ""}, "en"),
        ("fr", {"LANG": "zh_CN"}, "zh"),
    ],
)
def test_the_language_is_asked_for_or_that_of_the_locale(asked: str | None, env: dict[str, str], code: str) -> None:
    assert choose_code(asked, env) == code


def test_clicks_own_words_are_translated_too(capsys: pytest.CaptureFixture[str]) -> None:
    built()
    assert main(["--lang", "zh", "plan", "--no-such-option"]) == 2
    said = capsys.readouterr().err
    assert "没有" in said
    assert "--no-such-option" in said
    assert main(["plan", "--lang", "zh", "--help"]) == 0
    assert "用法" in capsys.readouterr().out


def test_one_run_in_chinese_leaves_the_next_in_english(capsys: pytest.CaptureFixture[str]) -> None:
    built()
    main(["--lang", "zh", "--help"])
    main(["--lang", "en", "--help"])
    out = capsys.readouterr().out
    assert out.count("Usage:") == 1
    assert out.count("用法") == 1


def test_an_unbuilt_catalogue_falls_back_to_english() -> None:
    assert load_language("xx").code == "en"
