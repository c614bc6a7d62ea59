"""What is wrong with the value of a field, in words. The value itself is never said: it may be a credential."""

import json
import re
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, NamedTuple

from goproxyctl.policy import hints, scalars
from goproxyctl.policy.check import Wrong
from goproxyctl.policy.complaints import brief, is_name
from goproxyctl.policy.nodes import FieldPath, Node, Scalar
from goproxyctl.rules.names import suggest, suggest_or_list
from goproxyctl.rules.subject import Fix
from goproxyctl.text import Text


class Case(NamedTuple):
    """One error of pydantic: its ``kind`` and ``context``, the field and node it is about, what the schema knows.

    ``siblings``: the fields that stand beside one that does not exist.
    """

    kind: str
    field: str
    path: FieldPath
    node: Node
    context: Mapping[str, Any]
    facts: Mapping[str, Any]
    siblings: Container[str] = ()

    def wrong(self, rule: str, text: Text, advice: Text | None = None, *, mended: str | None = None) -> Wrong:
        """The case with its words; ``mended`` is what the author certainly meant to write there."""
        at_key = self.kind in ("extra_forbidden", "key")
        fix = Fix("rename" if at_key else "write", self.path, mended) if mended else None
        return Wrong(rule, self.path, text, advice, at_key, fix)

    def example(self) -> Text | None:
        """Advice that shows a value which would do."""
        if self.facts["examples"]:
            shown = json.dumps(self.facts["examples"][0], ensure_ascii=False)
            if self.path and isinstance(self.path[-1], int) and self.kind != "missing":
                return Text("field.example-entry", "for example: {example}", example=shown)
            return Text("field.example", "for example: {field}: {example}", field=self.field, example=shown)
        if self.facts["words"]:
            return Text("field.words", "one of: {words}", words=_listed(self.facts["words"]))
        return None

    @property
    def meant(self) -> str | None:
        """The field that was probably meant by one that does not exist."""
        close = suggest(self.field, self.facts["fields"])
        return str(close.values["name"]) if close else None


def say(case: Case) -> Wrong:
    """The case in words."""
    about_name = case.kind in ("missing", "extra_forbidden", "key")
    if not about_name and isinstance(case.node, Scalar) and case.node.plain and case.node.text == "":
        text = Text("field.empty", "{field!r} has no value", field=case.field)
        return case.wrong("field-type", text, Text("field.empty.advice", "give one, or leave the field out"))
    return _SPEAKERS.get(case.kind, _not_allowed)(case)


def quote(node: Scalar, path: FieldPath, field: str) -> Wrong:
    """The complaint about a plain scalar that some reader does not take for text, with the exact text to write."""
    text = Text(
        "field.quote",
        "{field!r} must be a text; without quotes some readers of YAML take this for something else",
        field=field,
    )
    advice = Text("yaml.quote-it", "quote it: {quoted}", quoted=scalars.quoted(brief(node.text)))
    return Wrong("yaml-quote", path, text, advice, fix=Fix("write", path, node.text))


def _listed(words: Iterable[object]) -> str:
    return ", ".join(repr(word) for word in words)


def _missing(case: Case) -> Wrong:
    return case.wrong("field-missing", Text("field.missing", "{field!r} is missing", field=case.field), case.example())


def _unknown(case: Case) -> Wrong:
    text = Text("field.unknown-unsaid", "unknown field")
    if is_name(case.field):
        text = Text("field.unknown", "unknown field {field!r}", field=case.field)
    advice = suggest_or_list(case.field, case.facts["fields"])
    return case.wrong("field-unknown", text, advice, mended=_only_close(case))


def _only_close(case: Case) -> str | None:
    """The field that is meant, when only one is like it and it is not there yet."""
    from difflib import get_close_matches

    close = get_close_matches(case.field.lower(), sorted(set(case.facts["fields"])), n=2)
    return close[0] if len(close) == 1 and close[0] not in case.siblings else None


def _key(case: Case) -> Wrong:
    hint = hints.explain(str(case.context.get("pattern", "")), case.field, "")
    return case.wrong(hint.rule, hint.text, hint.advice)


def _text(case: Case) -> Wrong:
    if isinstance(case.node, Scalar):
        return quote(case.node, case.path, case.field)
    return case.wrong(
        "field-type", Text("field.not-text", "{field!r} must be a text", field=case.field), case.example()
    )


def _word(case: Case) -> Wrong:
    node, words = case.node, [str(word) for word in case.facts["words"]]
    if isinstance(node, Scalar) and node.plain and node.text in words and not scalars.looks_like_text(node.text):
        return quote(node, case.path, case.field)
    keyword = _keyword(node.text, words) if isinstance(node, Scalar) else None
    if case.facts["fields"] and keyword:
        text = Text("field.entry.case", "go knows {words} in lower case only", words=_listed(words))
        advice = Text("field.entry.case.advice", "write {quoted}", quoted=scalars.quoted(keyword))
        return case.wrong("proxy-keyword-case", text, advice, mended=keyword)
    if case.facts["fields"] and isinstance(node, Scalar) and "." in node.text:
        text = Text("field.entry.address", "a hop needs a name and a role beside its address")
        return case.wrong(
            "field-value", text, Text("field.entry.address.advice", "write {{name: …, url: …, role: mirror}}")
        )
    if case.facts["fields"]:
        text = Text("field.entry", "an entry is {words}, or a mapping of fields", words=_listed(words))
        return case.wrong(
            "field-value", text, Text("field.entry.advice", "fields: {names}", names=", ".join(case.facts["fields"]))
        )
    text = Text("field.word", "{field!r} must be one of {words}", field=case.field, words=_listed(words))
    rule = _word_rule(case.field, node.text) if isinstance(node, Scalar) else "field-value"
    return case.wrong(rule, text, suggest(node.text, words) if isinstance(node, Scalar) else None)


def _keyword(text: str, words: Iterable[str]) -> str | None:
    """The one of ``words`` that ``text`` writes in other letters or with blanks around it."""
    return next((word for word in words if word == text.strip().lower()), None)


def _word_rule(field: str, text: str) -> str:
    """The rule that a word belongs to which a field does not take."""
    if field == "flags" and text.startswith("-insecure"):
        return "insecure-flag"
    return {"flags": "goflags-invalid", "auth": "auth-goauth-form"}.get(field, "field-value")


def _pattern(case: Case) -> Wrong:
    value = case.node.text if isinstance(case.node, Scalar) else ""
    pattern = str(case.context.get("pattern", ""))
    hint = hints.explain(pattern, value, case.field)
    meant = hint.mend(value) if hint.mend else value
    # Nobody is made to trust more hosts without a word.
    mended = meant if meant != value and "insecure" not in case.path and re.fullmatch(pattern, meant) else None
    return case.wrong(hint.rule, hint.text, hint.advice or case.example(), mended=mended)


def _number(case: Case) -> Wrong:
    return case.wrong(
        "field-type", Text("field.not-number", "{field!r} must be a whole number, without quotes", field=case.field)
    )


def _boolean(case: Case) -> Wrong:
    return case.wrong(
        "field-type", Text("field.not-boolean", "{field!r} must be true or false, without quotes", field=case.field)
    )


def _list(case: Case) -> Wrong:
    return case.wrong(
        "field-type", Text("field.not-list", "{field!r} must be a list", field=case.field), case.example()
    )


def _mapping(case: Case) -> Wrong:
    text = Text("field.not-mapping", "{field!r} must be a mapping of fields", field=case.field)
    return case.wrong("field-type", text, case.example())


def _too_long(case: Case) -> Wrong:
    most = case.context["max_length"]
    text = Text("field.too-long", "{field!r} has more than {most} characters", field=case.field, most=most)
    return case.wrong("field-value", text)


def _too_few(case: Case) -> Wrong:
    least = case.context["min_length"]
    text = Text("field.too-few", "{field!r} needs at least {least} entries", field=case.field, least=least)
    return case.wrong("field-value", text)


def _not_allowed(case: Case) -> Wrong:
    text = Text("field.not-allowed", "{field!r} cannot have this value", field=case.field)
    return case.wrong("field-value", text, case.example())


_SPEAKERS: dict[str, Callable[[Case], Wrong]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "key": _key,
    "string_type": _text,
    "literal_error": _word,
    "enum": _word,
    "string_pattern_mismatch": _pattern,
    "int_type": _number,
    "int_from_float": _number,
    "bool_type": _boolean,
    "list_type": _list,
    "tuple_type": _list,
    "dict_type": _mapping,
    "model_type": _mapping,
    "model_attributes_type": _mapping,
    "string_too_long": _too_long,
    "too_short": _too_few,
}
