"""What the API refuses, as problem details (RFC 9457): a stable code and both sentences, never what was sent."""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from access.enforcement import OrderRefused
from access.malformed import Malformed
from directory.backends.link import DirectoryRefused
from directory.backends.wire import DirectoryUnavailable
from directory.refusal import Flaw, RegistryRefused
from portal.carrying import Objected
from portal.console.refusals import ConsoleRefused
from portal.language import Text, Wording
from portal.rehearsals import Stale

MEDIA_TYPE = "application/problem+json"


class Fault(Enum):
    """What the API itself refuses; codes are never used again for another meaning."""

    TOKEN_MISSING = Wording(
        "AP-101",
        Text(
            "需要接口令牌：Authorization: Bearer …，在控制台“接口令牌”页面生成。",
            "A token is needed: Authorization: Bearer …, made on the console's page of API tokens.",
        ),
    )
    TOKEN_DEAD = Wording(
        "AP-102",
        Text(
            "令牌无效、已过期、已吊销，或其管理员已停用。",
            "The token is not valid, expired, revoked, or its administrator is disabled.",
        ),
    )
    SCOPE_MISSING = Wording("AP-103", Text("令牌的范围不包括此操作。", "This is not within the scopes of the token."))
    TOO_MANY = Wording(
        "AP-104", Text("请求过于频繁，请按 Retry-After 稍后再试。", "Too many requests: wait as Retry-After says.")
    )
    NO_SUCH_ADDRESS = Wording("AP-201", Text("没有此地址。", "There is nothing at this address."))
    METHOD = Wording("AP-202", Text("此地址不支持该方法。", "This address does not support the method."))
    MALFORMED = Wording("AP-301", Text("请求的格式不正确。", "The request is not well formed."))
    UNACCEPTABLE = Wording("AP-302", Text("此字段的值不可接受。", "The value of this field is not acceptable."))
    NOT_THERE = Wording("AP-303", Text("不存在，或不在管理范围内。", "It does not exist, or is not within reach."))
    ORDER = Wording("AP-401", Text("会话已结束，或没有此区域。", "The session is over, or there is no such zone."))
    OBJECTED = Wording(
        "AP-402",
        Text(
            "在用的网络设备无法执行，原因见 objections；没有保存。",
            "Network devices in use could not carry it out, see objections; nothing was saved.",
        ),
    )
    STALE = Wording(
        "AP-403",
        Text(
            "演练之后规则、区域或设备有了变动，或改动与演练的不同；没有保存，请重新演练。",
            "Rules, zones or devices changed after the rehearsal, or it was of another change; nothing was saved: "
            "rehearse it again.",
        ),
    )
    DIRECTORY = Wording(
        "AP-501", Text("目录服务没有应答，请稍后再试。", "The directory does not answer; try again later.")
    )
    NOT_PUBLISHED = Wording(
        "AP-502",
        Text("此人尚未发布到目录，请过几秒再试。", "This person is not in the directory yet: try again in seconds."),
    )
    INTERNAL = Wording("AP-503", Text("系统内部错误。", "An internal error."))


class FieldFault(BaseModel):
    """One field that is not well formed."""

    model_config = ConfigDict(extra="forbid")

    field: str = Field(description="Where: body.login, query.limit", examples=["body.login"])
    says: str = Field(description="What is wrong, in English", examples=["String should have at most 64 characters"])


class Objection(BaseModel):
    """What devices could not carry out, and why."""

    model_config = ConfigDict(extra="forbid")

    chinese: str
    english: str


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="A URI for the code", examples=["urn:truename:problem:RG-201"])
    title: str = Field(description="The English sentence", examples=["There is no such person."])
    status: int = Field(ge=400, le=599, examples=[404])
    code: str = Field(description="Stable; programs decide by it", examples=["RG-201"])
    chinese: str = Field(examples=["没有此人。"])
    english: str = Field(examples=["There is no such person."])
    field: str | None = Field(default=None, description="Which field is meant, where one is", examples=["person"])
    wanted: str | None = Field(default=None, description="What would be acceptable", examples=["a UDP port"])
    errors: list[FieldFault] | None = Field(default=None, description="Each field that is not well formed")
    objections: list[Objection] | None = Field(default=None, description="With AP-402: what devices could not do")


class Refused(Exception):  # noqa: N818 - a refusal with a reason, not an error of the program
    """The API refuses."""

    def __init__(self, fault: Fault, status: int, headers: dict[str, str] | None = None, field: str = "") -> None:
        super().__init__(fault.value.code)
        self.fault, self.status, self.headers, self.field = fault, status, headers, field


def answer(
    status: int,
    code: str,
    text: Text,
    *,
    field: str | None = None,
    wanted: str | None = None,
    errors: Sequence[FieldFault] | None = None,
    objections: Sequence[Objection] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return a problem as an answer."""
    told = Problem(
        type=f"urn:truename:problem:{code}", title=text.english, status=status, code=code, chinese=text.chinese,
        english=text.english, field=field or None, wanted=wanted, errors=list(errors) if errors else None,
        objections=list(objections) if objections else None,
    )  # fmt: skip
    return JSONResponse(told.model_dump(exclude_none=True), status, headers, MEDIA_TYPE)


_CONFLICTS = frozenset({
    Flaw.LOGIN_TAKEN, Flaw.CODE_TAKEN, Flaw.HARDWARE_TAKEN, Flaw.DOCUMENT_TAKEN, Flaw.UNIT_CYCLE, Flaw.UNIT_NOT_EMPTY,
    Flaw.STATE_FORBIDS, Flaw.OWNER_NOT_ACTIVE, Flaw.PLAN_OUTDATED,
})  # fmt: skip


class AboutBody(Exception):  # noqa: N818 - wraps a refusal, see below
    """What a body names is not there: the address exists, so the answer is no 404."""

    def __init__(self, refused: RegistryRefused, field: str) -> None:
        super().__init__(str(refused))
        self.refused, self.field = refused, field


def _registry(refused: RegistryRefused, *, field: str = "", status: int | None = None) -> Response:
    flaw = refused.flaw
    if status is None:
        status = 404 if flaw.name.endswith("_UNKNOWN") else 409 if flaw in _CONFLICTS else 422
    told = flaw.value
    return answer(status, told.code, Text(told.chinese, told.english), field=field or refused.field)


def handle(_request: Request, failure: Exception) -> Response:
    """Return the problem that an exception stands for."""
    if isinstance(failure, Refused):
        told = failure.fault.value
        return answer(failure.status, told.code, told.text, headers=failure.headers, field=failure.field)
    if isinstance(failure, RegistryRefused):
        return _registry(failure)
    if isinstance(failure, AboutBody):
        return _registry(failure.refused, field=failure.field, status=422)
    if isinstance(failure, ConsoleRefused):
        status = 422 if failure.status == 400 else failure.status
        return answer(status, failure.why.code, failure.why.value.text, field=failure.field)
    if isinstance(failure, Malformed):
        told = Fault.UNACCEPTABLE.value
        return answer(422, told.code, told.text, field=failure.field, wanted=failure.wanted)
    if isinstance(failure, Objected):
        return answer(409, *Fault.OBJECTED.value, objections=objections_of(failure.sentences))
    if isinstance(failure, Stale):
        return answer(409, *Fault.STALE.value)
    if isinstance(failure, OrderRefused):
        return answer(409, *Fault.ORDER.value)
    if isinstance(failure, DirectoryUnavailable | DirectoryRefused):
        return answer(503, *Fault.DIRECTORY.value, headers={"retry-after": "5"})
    if isinstance(failure, RequestValidationError):
        return answer(422, *Fault.MALFORMED.value, errors=[_field_fault(error) for error in failure.errors()])
    if isinstance(failure, HTTPException):
        return _http(failure)
    return answer(500, *Fault.INTERNAL.value)


def objections_of(sentences: Iterable[Text]) -> list[Objection]:
    """Return what is in the way as the API tells it."""
    return [Objection(chinese=one.chinese, english=one.english) for one in sentences]


def _http(failure: HTTPException) -> Response:
    fault = {404: Fault.NO_SUCH_ADDRESS, 405: Fault.METHOD}.get(failure.status_code, Fault.MALFORMED)
    headers = dict(failure.headers) if failure.headers else None
    return answer(failure.status_code, *fault.value, headers=headers)


def _field_fault(error: Any) -> FieldFault:
    """Return which field it is and what is wrong; the value stays out, and names that a client made up are cut."""
    parts = [str(part)[:40] for part in error.get("loc", ())]
    place = ".".join(part if part.isascii() and part.isprintable() else "?" for part in parts)
    says = str(error.get("msg", ""))[:200]
    return FieldFault(field=place, says=says if says.isascii() and says.isprintable() else "not acceptable")


HANDLED: tuple[type[Exception], ...] = (
    Refused, RegistryRefused, AboutBody, ConsoleRefused, Malformed, Objected, Stale, OrderRefused, DirectoryUnavailable,
    DirectoryRefused, RequestValidationError, HTTPException, Exception,
)  # fmt: skip

_SAYS = {
    400: "The body cannot be read.",
    401: "No token, or one that is not valid.",
    403: "The token or its administrator may not do this.",
    404: "It does not exist, or is not within reach.",
    405: "The address does not support the method.",
    409: "It is not possible in the present state, or somebody else has it.",
    413: "The body is too long.",
    422: "A field is not acceptable.",
    429: "Too many requests.",
    500: "An internal error.",
    503: "The directory does not answer.",
}


def told(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of error answers for OpenAPI."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {status: {"description": _SAYS[status], "content": {MEDIA_TYPE: {"schema": schema}}} for status in statuses}


READS = told(401, 403, 404, 422, 429, 500)
WRITES = READS | told(400, 409)
DIRECTORY = WRITES | told(503)
# What is too long is refused before anybody here looks at it.
UPLOADS = WRITES | {413: {"description": _SAYS[413], "content": {"text/plain": {"schema": {"type": "string"}}}}}


def install(app: FastAPI) -> None:
    """Let every refusal be answered as a problem."""
    for kind in HANDLED:
        app.add_exception_handler(kind, handle)
