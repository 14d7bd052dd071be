"""What is not acceptable in a rule, a zone or a device that somebody wants to save. Pure."""


class Malformed(ValueError):  # noqa: N818 - says what is the matter, as all our errors do
    """One field is not acceptable: `field` is its name, `wanted` says what would be. Neither repeats the value."""

    def __init__(self, field: str, wanted: str) -> None:
        super().__init__(f"{field}: {wanted}")
        self.field = field
        self.wanted = wanted


class RuleMalformed(Malformed):
    """A field of a rule."""


class ZoneMalformed(Malformed):
    """A field of a zone."""


class DeviceMalformed(Malformed):
    """A field of a network device."""
