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
    FILE_KIND = Wording(
        "RG-401",
        "只能导入 CSV 或 XLSX 文件；旧的 XLS 文件和加密文件请另存为不加密的 XLSX。",
        "Lists come as CSV or XLSX: save an old XLS file, or one with a password, as XLSX without.",
    )
    FILE_ENCODING = Wording(
        "RG-402",
        "文件既不是 UTF-8 也不是 GB18030 编码，无法识别。",
        "The file is neither in UTF-8 nor in GB18030.",
    )
    FILE_TOO_LARGE = Wording(
        "RG-403",
        "文件过大：最多 50000 行、100 列，每格最多 1000 个字符，展开后最多 64 MB。",
        "The file is too large: at most 50,000 rows, 100 columns, 1,000 characters in a cell, 64 MB once unpacked.",
    )
    FILE_DAMAGED = Wording(
        "RG-404", "文件已损坏或格式有误，无法读取。", "The file is damaged, or not of the form that its name says."
    )
    FILE_EMPTY = Wording("RG-405", "文件中没有标题行或没有数据。", "The file has no headings, or nothing below them.")
    COLUMN_MISSING = Wording(
        "RG-406",
        "缺少必需的列：登录名或证件号码，或有两列指向同一内容。",
        "A column is missing: login or document number is needed, and each content has one column.",
    )
    CELL_WITHOUT_HEADING = Wording(
        "RG-407",
        "该行的格数多于标题，可能是单元格内的逗号没有加引号。",
        "The row has more cells than there are headings: perhaps a comma within a cell is not quoted.",
    )
    CELL_IS_FORMULA = Wording(
        "RG-408",
        "单元格是公式；公式不会被计算，请粘贴为数值。",
        "The cell is a formula, which nobody works out here: paste it as a value.",
    )
    CELL_IMPRECISE = Wording(
        "RG-409",
        "表格软件只保留了该数字的前 15 位，请将该列设为文本后重新填写。",
        "The spreadsheet kept 15 digits of this number only: make the column text and enter it again.",
    )
    CELL_MISSING = Wording("RG-410", "该单元格不能为空。", "This cell must not be empty.")
    ROW_TWICE = Wording(
        "RG-411", "同一人在文件中出现了不止一次。", "The same person stands in the file more than once."
    )
    PERSON_AMBIGUOUS = Wording(
        "RG-412",
        "没有登录名也没有证件号码，无法确定是哪一个人。",
        "Without a login or a document number nobody can tell who is meant.",
    )
    UNIT_AMBIGUOUS = Wording(
        "RG-413",
        "有多个单位叫这个名称，请填写单位代码，或写作 上级/单位。",
        "Several units have this name: give the code, or write it as above/below.",
    )
    UNIT_OUT_OF_SCOPE = Wording(
        "RG-414", "该单位或此人不在您的管理范围内。", "This unit or person is not within what you administer."
    )
    PLAN_OUTDATED = Wording(
        "RG-415",
        "核对之后数据已有变化，请重新核对再导入。",
        "Something changed since the list was checked: check it again before it is carried out.",
    )
    PLAN_REFUSED = Wording(
        "RG-416",
        "有被拒绝的行；全部改正之后才能导入。",
        "There are refused rows: a list is carried out when all of them are right.",
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
