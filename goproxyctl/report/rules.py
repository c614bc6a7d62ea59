"""The rules as a table, and one rule as a page: why, a bad and a good example, what to do, where it is written."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from goproxyctl.errors import Problem
from goproxyctl.report.document import message
from goproxyctl.report.findings import SEVERITIES, finding_body
from goproxyctl.report.style import Paint, Style, Words, aligned, harmless, joined
from goproxyctl.rules.catalogue import ByPlace
from goproxyctl.rules.pages import Example, Page
from goproxyctl.rules.registry import Rule
from goproxyctl.text import Text, shown

#: Where a rule looks.
PLACES = {
    "policy": Text("rules.place.policy", "policy"),
    "environment": Text("rules.place.environment", "environment"),
    "repository": Text("rules.place.repository", "repository"),
}
_FORMS = {
    "goenv": Text("rules.form.goenv", "go env file"),
    "environment": Text("rules.form.environment", "environment"),
}


class RulePage(NamedTuple):
    """A rule with its pages by place; ``found``: what it says about the bad policy among them."""

    id: str
    rules: ByPlace
    pages: Mapping[str, Page]
    found: tuple[Problem, ...] = ()

    @property
    def rule(self) -> Rule:
        """The rule as the first place has it."""
        return first(self.rules)

    @property
    def fixable(self) -> bool:
        """Whether `validate --fix` mends it."""
        return any(problem.edit for problem in self.found)


def first(rules: ByPlace) -> Rule:
    """A rule as the first place has it, which gives it its title."""
    return next(iter(rules.values()))


def rules_text(catalogue: Mapping[str, ByPlace], words: Words, style: Style) -> str:
    """A table: the rule, how much it weighs, where it looks, what it finds."""
    cells = [
        [name, _severities(rules, words), _listed(rules, words), words(first(rules).title)]
        for name, rules in sorted(catalogue.items())
    ]
    paints = [SEVERITIES[first(rules).severity][1] for _, rules in sorted(catalogue.items())]
    lines = [
        f"{style(name, Paint.STRONG)}  {style(severity, paint)}  {places}  {title}"
        for (name, severity, places, title), paint in zip(aligned(cells), paints, strict=True)
    ]
    count = Text("rules.count", "rules: {count}; goproxyctl rules ID explains one", count=len(catalogue))
    return joined([*lines, "", words(count)])


def _severities(rules: ByPlace, words: Words) -> str:
    """How much it weighs; more than one word where that depends on the place."""
    return "/".join(words(SEVERITIES[severity][0]) for severity in dict.fromkeys(r.severity for r in rules.values()))


def _listed(places: Iterable[str], words: Words) -> str:
    return ", ".join(words(PLACES[place]) for place in places)


def page_text(page: RulePage, words: Words, style: Style) -> str:
    """The page of one rule."""
    lines = [f"{style(page.id, Paint.STRONG)}: {words(page.rule.title)}", *_facts(page, words, style), ""]
    lines += [words(page.rule.why), ""]
    for place, shelf in distinct(page.pages):
        lines += _example(Text("rules.bad", "bad"), shelf.bad, words, style)
        lines += [f"  {line}" for line in _said(page, words, style)] if place == "policy" else []
        lines += ["", *_example(Text("rules.good", "good"), shelf.good, words, style), ""]
    sources = dict.fromkeys(shelf.source for shelf in page.pages.values())
    return joined([*lines, *(style(words(source_text(source)), Paint.FAINT) for source in sources)])


def distinct(pages: Mapping[str, Page]) -> Iterator[tuple[str, Page]]:
    """The pages by place, without those that stand in an earlier place already."""
    seen: list[Page] = []
    for place, page in pages.items():
        if page not in seen:
            seen.append(page)
            yield place, page


def source_text(source: str) -> Text:
    """Where it is written that go does so."""
    return Text("rules.source", "source: {source}", source=source)


def _facts(page: RulePage, words: Words, style: Style) -> Iterator[str]:
    """How much it weighs, and what can be done about it."""
    for severity in dict.fromkeys(rule.severity for rule in page.rules.values()):
        word, paint = SEVERITIES[severity]
        places = _listed((place for place, rule in page.rules.items() if rule.severity is severity), words)
        yield style(words(Text("rules.weight", "{severity} ({places})", severity=word, places=places)), paint)
    if "policy" in page.rules:
        yield words(waivable_text(page))
    if page.fixable:
        yield words(Text("rules.fixable", "goproxyctl validate --fix mends it"))


def waivable_text(page: RulePage) -> Text:
    """Whether a policy may accept the finding for a while; it is a rule about policies."""
    if page.rules["policy"].waivable:
        return Text("rules.waivable", "can be waived, with a reason, an owner and a last day")
    return Text("rules.not-waivable", "cannot be waived")


def _example(head: Text, example: Example, words: Words, style: Style) -> Iterator[str]:
    yield style(words(example_head(head, example)), Paint.STRONG)
    yield from (f"    {harmless(shown(line))}".rstrip() for line in example.text.splitlines())


def example_head(head: Text, example: Example) -> Text:
    """``head``, and what the example is when it is no part of a policy."""
    form = _FORMS.get(example.form) or example.name
    return Text("rules.example", "{head} ({form})", head=head, form=form) if form else head


def said(page: RulePage) -> Iterator[Text]:
    """What `validate` says of the bad example, each sentence once."""
    for text, advice in dict.fromkeys((p.text, p.advice) for p in page.found):
        yield Text("finding.advised", "{what}; {advice}", what=text, advice=advice) if advice else text


def _said(page: RulePage, words: Words, style: Style) -> list[str]:
    paint = SEVERITIES[page.rule.severity][1]
    return [f"{style('>', paint)} {words(text)}" for text in said(page)]


def rules_body(catalogue: Mapping[str, ByPlace]) -> dict[str, Any]:
    """The rules for a program."""
    return {"rules": [_rule_body(name, rules) for name, rules in catalogue.items()]}


def _rule_body(name: str, rules: ByPlace) -> dict[str, Any]:
    return {
        "id": name,
        "title": message(first(rules).title),
        "why": message(first(rules).why),
        "places": [
            {"place": place, "severity": rule.severity.value, "waivable": rule.waivable}
            for place, rule in rules.items()
        ],
    }


def page_body(page: RulePage) -> dict[str, Any]:
    """A page for a program."""
    return {
        "rule": {
            **_rule_body(page.id, page.rules),
            "fixable": page.fixable,
            "pages": [
                {"place": place, "bad": _example_body(p.bad), "good": _example_body(p.good), "source": p.source}
                for place, p in page.pages.items()
            ],
            "found": [finding_body(problem) for problem in page.found],
        }
    }


def _example_body(example: Example) -> dict[str, str]:
    text = "\n".join(shown(line) for line in example.text.split("\n"))
    return {"form": example.form, "name": example.name, "text": text}
