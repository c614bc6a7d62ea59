"""What the Windows kinds share: whose environment it is, and variables as registry values."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from goproxyctl.errors import UnfitError
from goproxyctl.formats.reg import EXPAND_SZ, SZ, text_content
from goproxyctl.intent import Intent
from goproxyctl.targets.base import CA_FILE, Target
from goproxyctl.text import Text

Scope = Literal["user", "machine"]

SCOPE = (
    'Whose programs: of the user who applies ("user"), or of every account and service ("machine", which needs an '
    "administrator). Where both have a variable, programs of the user get the user's."
)

_SEGMENT = r"[A-Za-z0-9._+@() -]+"
ExpandedFile = Annotated[
    str,
    Field(
        pattern=rf"^([A-Za-z]:|%[A-Za-z]+%)(\\{_SEGMENT})+$",
        max_length=259,
        examples=["C:\\ProgramData\\acme\\bundle.pem", "%ProgramData%\\acme\\bundle.pem"],
    ),
]


class EnvironmentTarget(Target):
    """The options of a kind that states variables in the registry."""

    #: Source: Microsoft Learn, "Environment Variables": 32,767 characters at most.
    language: ClassVar[str] = "reg"

    scope: Scope = Field(default="user", description=SCOPE)
    value_type: Literal["REG_SZ", "REG_EXPAND_SZ"] = Field(
        default="REG_SZ",
        description="The type of the values. Windows replaces %NAME% in REG_EXPAND_SZ, so a value may hold it only in "
        "ca_file, and only then.",
    )
    ca_file: ExpandedFile | None = Field(default=None, description=CA_FILE)

    def values(self, intent: Intent) -> dict[str, bytes]:
        """Each variable with its content in the registry. Raises: UnfitError naming the variable."""
        expanded = self.value_type == "REG_EXPAND_SZ"
        variables = self.checked(intent.variables(self.ca_file))
        for name, value in variables.items():
            if "%" in value and expanded != (value == self.ca_file):
                raise UnfitError(_why_percent(name, expanded=expanded))
        return {name: text_content(value, EXPAND_SZ if expanded else SZ) for name, value in variables.items()}


def _why_percent(name: str, *, expanded: bool) -> Text:
    if expanded:
        return Text(
            "target.expanded",
            "{name}: Windows replaces what stands between percent signs in a value of type REG_EXPAND_SZ; "
            "say value_type: REG_SZ",
            name=name,
        )
    return Text(
        "target.not-expanded",
        "{name}: Windows replaces %NAME% in values of type REG_EXPAND_SZ only; "
        "say value_type: REG_EXPAND_SZ, or write the path out",
        name=name,
    )
