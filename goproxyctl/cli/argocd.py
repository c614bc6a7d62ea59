"""What an application of Argo CD asks its plugin for: nothing of it is trusted further than its name and its type.

Source: argo-cd docs, config management plugins: parameters arrive as JSON in ARGOCD_APP_PARAMETERS, without the
defaults that the plugin announced.
"""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from goproxyctl.cli.options import Selection
from goproxyctl.errors import GoproxyctlError
from goproxyctl.text import Text

VARIABLE = "ARGOCD_APP_PARAMETERS"
#: Parameter -> the member that holds its value.
_MEMBERS = {"profile": "string", "targets": "array"}


def with_parameters(selection: Selection, environment: Mapping[str, str]) -> Selection:
    """``selection`` as the parameters of the application complete it; an empty one says nothing.

    Raises: GoproxyctlError for a parameter that there is not, and for one that the plugin itself has decided.
    """
    asked = dict(map(_parameter, _listed(environment.get(VARIABLE) or "[]")))
    for name, value in asked.items():
        if value and getattr(selection, name):
            raise GoproxyctlError(
                Text("argocd.decided", "{variable}: {name} is set by the plugin itself; leave the parameter out",
                     variable=VARIABLE, name=name)
            )  # fmt: skip
    return selection._replace(**{name: value for name, value in asked.items() if value})


def _listed(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if found is None and text.strip() == "null":  # what Go makes of no list at all
        return []
    return found if isinstance(found, list) else _refuse()


def _parameter(one: Any) -> tuple[str, Any]:
    """Name and value of one parameter."""
    name = one.get("name") if isinstance(one, dict) else None
    if not isinstance(name, str):
        _refuse()
    if name not in _MEMBERS:
        raise GoproxyctlError(
            Text("argocd.unknown", "{variable}: there is no parameter {name!r}; known are {names}",
                 variable=VARIABLE, name=name, names=", ".join(_MEMBERS))
        )  # fmt: skip
    member = _MEMBERS[name]
    value = one.get(member)
    if any(other for key, other in one.items() if key not in {"name", member}):  # a value that would count for nothing
        _refuse()
    if name == "profile":
        return name, value if isinstance(value, str) or value is None else _refuse()
    targets = value if isinstance(value, list) or value is None else _refuse()
    return name, tuple(target if isinstance(target, str) else _refuse() for target in targets or ())


def _refuse() -> NoReturn:
    raise GoproxyctlError(
        Text(
            "argocd.parameters",
            '{variable}: this is no list of parameters; profile has a "string", targets an "array" of names',
            variable=VARIABLE,
        )
    )
