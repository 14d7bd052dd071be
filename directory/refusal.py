"""The closed list of reasons why the registry refuses an entry or a change. Pure."""

from enum import Enum
from typing import NamedTuple


class Wording(NamedTuple):
    """A stable code, and one sentence in Chinese and in English."""

    code: str
    chinese: str
    english: str


class Flaw(Enum):
    """What was wrong. Codes are never used again for another meaning."""

    LOGIN_MALFORMED = Wording(
        "RG-101",
        "登录名只能含字母、数字、点、下划线和连字符，以字母或数字开头，最长 64 个字符。",
        "A login name has letters, digits, dot, underscore and hyphen, starts with a letter or digit, "
        "and is at most 64 characters long.",
    )
    LOGIN_TAKEN = Wording(
        "RG-102", "该登录名已被使用，且不会再次分配。", "This login name is taken; names are never given twice."
    )
    NAME_MALFORMED = Wording(
        "RG-103",
        "姓名或名称不能为空，不能含控制字符、不可见字符或专用区字符，长度有限。",
        "A name is not empty, has no control, invisible or private-use characters, and is not too long.",
    )
    CODE_MALFORMED = Wording(
        "RG-104",
        "代码只能含小写字母、数字和连字符，以字母或数字开头，最长 32 个字符。",
        "A code has lower-case letters, digits and hyphen, starts with a letter or digit, "
        "and is at most 32 characters long.",
    )
    CODE_TAKEN = Wording("RG-105", "该代码已被使用。", "This code is taken.")
    CHOICE_UNKNOWN = Wording("RG-106", "该值不在允许的范围内。", "This value is not one of those allowed.")
    MAIL_MALFORMED = Wording("RG-107", "电子邮件地址的格式不正确。", "This is no mail address.")
    TELEPHONE_MALFORMED = Wording(
        "RG-108",
        "电话号码只能含数字、空格和 + - ( ) / . 符号。",
        "A telephone number has digits, spaces and + - ( ) / . only.",
    )
    TIME_MALFORMED = Wording(
        "RG-109",
        "有效期不正确，或结束早于开始。",
        "The validity is not a time of this age, or ends before it begins.",
    )
    NUMBER_OUT_OF_RANGE = Wording("RG-110", "数值超出允许范围。", "The number is out of range.")
    HARDWARE_MALFORMED = Wording(
        "RG-111",
        "设备地址须为单播 MAC 地址，写作 aa:bb:cc:dd:ee:ff。",
        "A hardware address is a unicast MAC address, spelled aa:bb:cc:dd:ee:ff.",
    )
    HARDWARE_TAKEN = Wording("RG-112", "该设备地址已登记。", "This hardware address is registered already.")
    SECRET_MALFORMED = Wording(
        "RG-113",
        "动态口令密钥无效，请重新开始绑定。",
        "The secret of the second factor is not valid: begin the enrolment again.",
    )
    DOCUMENT_MALFORMED = Wording(
        "RG-114",
        "证件号码的格式不正确：居民身份证、居住证和永久居留证为 18 位，护照为 5 至 20 位字母和数字。",
        "This is no document number: identity cards and residence permits have 18 characters, "
        "passports 5 to 20 letters and digits.",
    )
    DOCUMENT_OLD = Wording(
        "RG-115",
        "15 位旧号码已停止使用，请填写现行 18 位号码。",
        "Numbers of 15 characters are out of use: enter the present one of 18.",
    )
    DOCUMENT_REGION = Wording(
        "RG-116",
        "号码开头的地区代码与证件类型不符。",
        "The number does not begin with a region of this kind of document.",
    )
    DOCUMENT_BIRTH_DATE = Wording(
        "RG-117", "号码中的出生日期不存在或在将来。", "The birth date in the number does not exist, or is to come."
    )
    DOCUMENT_CHECK = Wording(
        "RG-118",
        "号码的校验位不正确，请核对是否有误。",
        "The check character does not fit the number: look for a slip of the pen.",
    )
    DOCUMENT_TAKEN = Wording(
        "RG-119", "该证件号码已登记在另一人名下。", "This document number is registered for somebody else."
    )
    REASON_MISSING = Wording(
        "RG-120",
        "必须填写事由，2 至 200 个字符。",
        "A reason is needed, of 2 to 200 characters.",
    )
    PERSON_UNKNOWN = Wording("RG-201", "没有此人。", "There is no such person.")
    UNIT_UNKNOWN = Wording("RG-202", "没有此单位。", "There is no such unit.")
    ENDPOINT_UNKNOWN = Wording("RG-203", "没有此设备。", "There is no such endpoint.")
    FACTOR_UNKNOWN = Wording("RG-204", "此人没有绑定第二验证因素。", "This person has no second factor.")
    DOCUMENT_UNKNOWN = Wording("RG-205", "此人没有登记该证件。", "This person has no such document on record.")
    UNIT_CYCLE = Wording(
        "RG-301", "单位不能移到自己的下级之内。", "A unit cannot be moved below itself or below a unit of its own."
    )
    UNIT_NOT_EMPTY = Wording(
        "RG-302",
        "单位下还有人员、设备或下级单位，不能撤销。",
        "A unit with people, endpoints or units below it cannot be removed.",
    )
    STATE_FORBIDS = Wording("RG-303", "当前状态下不能进行此操作。", "This is not possible in the present state.")
    OWNER_NOT_ACTIVE = Wording(
        "RG-304", "责任人必须是在职的有效账号。", "Only an active person can answer for an endpoint."
    )

    @property
    def code(self) -> str:
        """The stable code, for logs, records and answers."""
        return self.value.code


class RegistryRefused(Exception):  # noqa: N818 - it is a refusal with a reason, not an error of the program
    """The registry refuses; nothing was changed. The text never repeats the value that was entered."""

    def __init__(self, flaw: Flaw, field: str) -> None:
        super().__init__(f"{flaw.code} {field}: {flaw.value.english}")
        self.flaw = flaw
        self.field = field
