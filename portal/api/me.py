"""Whom the token stands for."""

from fastapi import APIRouter, Depends

from portal.api.bearer import Caller, bears
from portal.api.fields import Shown
from portal.api.problems import READS
from portal.console.roles import Right, Role

router = APIRouter(tags=["me"])


class Me(Shown):
    """The administrator of a token."""

    login: str
    name: str
    role: Role
    unit: str | None
    token: int
    scopes: list[Right]


@router.get("/me", responses=READS)
def me(caller: Caller = Depends(bears(Right.OWN))) -> Me:
    """Say whom the token stands for, and what it may do."""
    row = caller.administrator
    return Me(
        login=row.login, name=row.name, role=caller.role, unit=row.unit, token=caller.token,
        scopes=sorted(caller.scopes),
    )  # fmt: skip
