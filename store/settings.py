"""The section [store] of truename.toml."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class StoreSettings:
    """Where the product remembers. An absent field means the safe value shown here."""

    url: str = field(
        default="",
        metadata={
            "says": "Database. Empty: SQLite in the state directory. PostgreSQL: postgresql://USER@HOST:5432/NAME "
            "(password from PGPASSFILE or a service file, never in this line)."
        },
    )
