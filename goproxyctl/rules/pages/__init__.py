"""The pages of the rules: for each a bad and a good example, and where what it says is written.

One module for each module of rules, imported only when somebody asks. The suite runs every example: the bad one is
found, the good one is not.
"""

from typing import Literal, NamedTuple

#: What an example is: fields below ``spec:`` of a policy, a file of ``go env -w``, variables of a process, a file.
Form = Literal["policy", "goenv", "environment", "file"]


class Example(NamedTuple):
    """Text in which a rule finds something, or nothing. ``name``: that of the file, where it is one."""

    form: Form
    text: str
    name: str = ""


class Page(NamedTuple):
    """What ``goproxyctl rules ID`` shows beside the rule. ``source``: where it is written that go does so."""

    bad: Example
    good: Example
    source: str


#: What stands above the lines of an example of the form "policy".
HEAD = "apiVersion: goproxyctl/v1\nkind: Policy\nmetadata: {name: acme}\nspec:\n"
_CHAIN = "  chain: [direct]\n"


def policy_page(bad: str, good: str, source: str) -> Page:
    """A page whose examples are fields of a policy."""
    return Page(Example("policy", bad), Example("policy", good), source)


def policy_file_page(bad: str, good: str, source: str) -> Page:
    """A page whose examples are whole policies."""
    return Page(Example("file", bad, "policy.yaml"), Example("file", good, "policy.yaml"), source)


def whole_policy(example: Example) -> bytes:
    """The policy that an example is, or is a part of; characters that no file of UTF-8 can hold come out as bytes."""
    if example.form == "file":
        return example.text.encode("utf-8", "surrogateescape")
    return (HEAD + example.text + ("" if "  chain:" in example.text else _CHAIN)).encode()
