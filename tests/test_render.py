"""The barrier: a template prints constants and quoted values, and nothing else."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from jinja2 import DictLoader, Environment, TemplateError, nodes

from goproxyctl.errors import GoproxyctlError
from goproxyctl.render import Language, Quoted, comment, environment, image, name, quote, render, template_folder
from tests.oracles import ROOT
from tests.values import naughty

TEMPLATES = sorted(template_folder().glob("*.j2"))

#: All that a template of ours consists of. `{% filter %}`, `{% autoescape %}`, `{% set %}`, macros and calls of anything
#: but a mapping's ``items`` are not in it.
ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Tuple,
    nodes.For,
    nodes.If,
    nodes.Filter,
    nodes.Getattr,
    nodes.Call,
)


def sandbox(**templates: str) -> Environment:
    """Our environment with other templates: ``x`` is a template of shell text."""
    made = environment().overlay()
    made.loader = DictLoader({f"{key}.sh.j2": text for key, text in templates.items()})
    return made


def unlawful(template: nodes.Template) -> Iterator[str]:
    """What a template may not have: other nodes, other filters, a value printed without a filter."""
    for node in template.find_all(nodes.Node):
        if not isinstance(node, ALLOWED):
            yield type(node).__name__
    for found in template.find_all(nodes.Filter):
        if found.name.partition("_")[0] not in get_args(Language):
            yield f"filter {found.name}"
    for call in template.find_all(nodes.Call):
        if not (isinstance(call.node, nodes.Getattr) and call.node.attr == "items"):
            yield "call"
    for output in template.find_all(nodes.Output):
        yield from (
            "unquoted value" for node in output.nodes if not isinstance(node, (nodes.TemplateData, nodes.Filter))
        )


@pytest.mark.parametrize("template", TEMPLATES, ids=[template.name for template in TEMPLATES])
def test_a_template_has_nothing_but_loops_conditions_and_quoted_values(template: Path) -> None:
    assert list(unlawful(environment().parse(template.read_text()))) == []


@pytest.mark.parametrize(
    "text",
    [
        "{% filter sh %}{{ v }}{% endfilter %}",
        "{% filter upper %}x{% endfilter %}",
        "{% autoescape true %}{{ v | sh }}{% endautoescape %}",
        "{{ v | safe }}",
        "{{ v }}",
        "{% set x = v %}{{ x | sh }}",
        "{% macro m() %}{% endmacro %}",
        "{% include 'y' %}",
        "{% import 'y' as y %}",
        "{% extends 'y' %}",
        "{{ v | sh ~ v }}",
        "{{ v.join(v) | sh }}",
        "{% raw %}{{ v }}{% endraw %}{{ 7 }}",
    ],
)
def test_the_rule_for_templates_notices_what_it_forbids(text: str) -> None:
    made = environment().overlay(extensions=["jinja2.ext.do"])
    assert list(unlawful(made.parse(text))) != []


@pytest.mark.parametrize(
    "text",
    [
        "{{ v }}",
        "{{ 'constant' }}",
        "{{ 7 }}",
        "{{ none }}",
        "{{ v | sh | upper }}",
        "{{ v | sh | trim }}",
        "{{ (v | sh) ~ '' }}",
        "{{ (v | sh) + '' }}",
        "{{ (v | sh)[:3] }}",
        "{{ (v | sh) * 2 }}",
        "{{ [v | sh] | join }}",
        "{{ '%s' | format(v | sh) }}",
        "{% set x %}{{ v | sh }}{% endset %}{{ x }}",
        "{% macro m() %}{{ v | sh }}{% endmacro %}{{ m() }}",
        "{{ v | safe }}",
        "{{ v | e }}",
        "{{ v | tojson }}",
        "{{ v | yaml }}",
        "{{ v | ps1 }}",
        "{{ v | yaml_comment }}",
        "{{ missing | sh }}",
        "{{ missing }}",
        "{{ v.missing }}",
        "{{ self }}",
        "{{ v.__class__ }}",
        "{{ ''.__class__.__mro__ | sh }}",
        "{{ cycler.__init__.__globals__ | sh }}",
    ],
)
def test_a_template_cannot_print_what_is_not_quoted_for_its_language(text: str) -> None:
    with pytest.raises((TypeError, TemplateError)):
        sandbox(x=text).get_template("x.sh.j2").render(v="a")


def test_a_text_from_nowhere_prints_nothing() -> None:
    with pytest.raises(TypeError):
        environment().from_string("{{ v | sh }}").render(v="a")


@pytest.mark.parametrize("value", [text for text in naughty() if "{" in text and text.isprintable()])
def test_a_value_is_never_taken_for_a_template(value: str) -> None:
    assert sandbox(x="{{ v | sh }}").get_template("x.sh.j2").render(v=value) == quote("sh", value)


def test_an_included_template_is_held_to_its_own_language() -> None:
    made = sandbox(x="{% include 'y.sh.j2' %}", y="{{ v }}")
    with pytest.raises(TypeError):
        made.get_template("x.sh.j2").render(v="a")


def test_no_source_takes_text_for_a_template_or_declares_it_safe() -> None:
    for source in (ROOT / "goproxyctl").rglob("*.py"):
        names = {node.attr for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Attribute)}
        assert not names & {"from_string", "Markup", "compile_expression"}, source


@pytest.mark.parametrize("language", get_args(Language))
def test_a_comment_is_one_line_of_harmless_characters(language: Language) -> None:
    for value in naughty():
        made = comment(language, value)
        assert re.fullmatch(r"[A-Za-z0-9 .,:;/_@+=()*\[\]~?-]*", made)
        assert made.language == language
        assert len(made) == len(value)


@pytest.mark.parametrize("language", get_args(Language))
def test_a_value_is_refused_by_name_of_the_character(language: Language) -> None:
    with pytest.raises(GoproxyctlError, match=rf"^{language}: the value holds U\+000A \(a control character\)"):
        quote(language, "a\nb")


def test_a_batch_file_refuses_what_ends_its_quotes_or_is_eaten() -> None:
    for value in ('a"b', "a!b", "\u4ee3"):
        with pytest.raises(GoproxyctlError, match="which bat cannot carry; write it without"):
            quote("bat", value)


@pytest.mark.parametrize(("language", "longest"), [("bat", 8_000), ("ps1", 31_998), ("sh", 130_998)])
def test_a_value_is_refused_when_its_reader_would_cut_it(language: Language, longest: int) -> None:
    assert quote(language, "a" * longest)
    with pytest.raises(GoproxyctlError, match="too long for its reader"):
        quote(language, "a" * (longest + 1))


@pytest.mark.parametrize("language", get_args(Language))
def test_an_empty_value_is_refused(language: Language) -> None:
    with pytest.raises(GoproxyctlError, match="the value is empty"):
        quote(language, "")


@pytest.mark.parametrize("text", ["a b", "1a", "a-b", "a=b", "", "a\n", "A'"])
def test_a_name_is_a_name_of_a_variable(text: str) -> None:
    assert name("sh", "GOPROXY") == "GOPROXY"
    with pytest.raises(GoproxyctlError, match="cannot stand here without quotes"):
        name("sh", text)


@pytest.mark.parametrize("text", ["golang:1.26 AS x", "$x", "golang\n", "-x", ""])
def test_an_image_is_one_word(text: str) -> None:
    assert image("registry.acme.example:5000/go/golang:1.26@sha256:" + "a" * 64)
    with pytest.raises(GoproxyctlError, match="cannot stand here without quotes"):
        image(text)


def test_a_change_of_quoted_text_is_no_longer_quoted() -> None:
    made = quote("sh", "a")
    assert isinstance(made, Quoted)
    assert not isinstance(made.upper(), Quoted)
    assert not isinstance(made + "", Quoted)


def test_jinja_is_imported_only_when_a_text_is_rendered() -> None:
    program = (
        "import sys\n"
        "from goproxyctl.targets import KINDS, load_kind\n"
        "for kind in KINDS: load_kind(kind)\n"
        "assert 'jinja2' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


def test_the_same_template_is_compiled_once() -> None:
    first = environment().get_template("sh.sh.j2")
    render("sh.sh.j2", made_for="a/b", notes=(), script="x", home=False, variables={"A": "b"})
    assert environment().get_template("sh.sh.j2") is first
