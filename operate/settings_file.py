"""Read a TOML file into the fields that settings classes declare; every complaint names its line."""

import re
import tomllib
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from operate.nearest import nearest
from operate.words import Text, plain, t


class SettingsError(Exception):
    """Something in a settings file is wrong. `line` counts from one; None: it concerns the file as a whole."""

    def __init__(self, path: Path, line: int | None, problem: Text, allowed: Text) -> None:
        where = plain(str(path))
        if line is not None:
            where = t("{path} 第 {line} 行", "{path}, line {line}").fill(path=path, line=line)
        self.says = t("{where}：{problem}。", "{where}: {problem}.").fill(where=where, problem=problem)
        super().__init__(f"{self.says.english} {allowed.english}")
        self.path = path
        self.line = line
        self.allowed = allowed  # what would be right, or what to do


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: values by section and name, of the right type, and the text for finding lines."""

    path: Path
    text: str
    values: dict[str, dict[str, Any]]

    def wrong(self, section: str, name: str, problem: Text, allowed: Text) -> SettingsError:
        """Return the error of a value, with the line on which it begins."""
        says = Text(f"{section}.{name} {problem.chinese}", f"{section}.{name} {problem.english}")
        allowed = t("应为：{allowed}。", "Allowed: {allowed}.").fill(allowed=allowed)
        return SettingsError(self.path, line_of(self.text, section, name), says, allowed)


_ACCEPTED: dict[Any, tuple[type, ...]] = {str: (str,), int: (int,), float: (int, float), bool: (bool,)}
_LIST = t('字符串的列表，例如 ["a", "b"]', 'a list of texts, as in ["a", "b"]')
_WANTED: dict[Any, Text] = {
    str: t("引号中的字符串", "a text in quotes"),
    int: t("整数", "a whole number"),
    float: t("数字", "a number"),
    bool: t("true 或 false", "true or false"),
}


def read(path: Path, sections: dict[str, type]) -> Source:
    """Parse a file against the classes of its sections. Raises SettingsError."""
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        problem = t("无法读取（{why}）", "cannot be read ({why})").fill(why=error.strerror)
        raise SettingsError(path, None, problem, t("请检查文件权限。", "Check the file's mode.")) from error
    except UnicodeDecodeError as error:
        problem = t("不是 UTF-8 文本", "this is not UTF-8 text")
        raise SettingsError(path, None, problem, t("TOML 只用 UTF-8。", "TOML is always UTF-8.")) from error
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found[1]) if found else len(text.splitlines()) or 1
        why = re.sub(r"\s*\(at .*\)$", "", str(error))
        problem = t("不是正确的 TOML：{why}", "this is not TOML: {why}").fill(why=why)
        raise SettingsError(path, line, problem, t("写法见 https://toml.io/", "See https://toml.io/")) from error
    source = Source(path, text, {name: {} for name in sections})
    for section, table in document.items():
        if section not in sections:
            line = line_of(text, section)
            problem = t("没有 [{section}] 这一节", "there is no section [{section}]").fill(section=section)
            raise SettingsError(path, line, problem, nearest(section, list(sections)))
        if not isinstance(table, dict):
            line = line_of(text, section)
            problem = t("{section} 是一节，不是一个值", "{section} is a section, not a value")
            allowed = t("请写成 [{section}]。", "Write [{section}].")
            raise SettingsError(path, line, problem.fill(section=section), allowed.fill(section=section))
        _read_section(source, section, sections[section], table)
    return source


def _read_section(source: Source, section: str, kind: type, table: dict[str, Any]) -> None:
    known = {one.name: one for one in fields(kind)}
    hints = get_type_hints(kind)
    for name, value in table.items():
        if name not in known:
            line = line_of(source.text, section, name)
            allowed = nearest(name, list(known))
            problem = t("[{section}] 中没有设置项 {name}", "[{section}] has no setting {name}")
            raise SettingsError(source.path, line, problem.fill(section=section, name=repr(name)), allowed)
        source.values[section][name] = _convert(source, section, known[name], hints[name], value)


def _convert(source: Source, section: str, one: "Field[Any]", hint: Any, value: Any) -> Any:
    """Return `value` as the field wants it. A whole number is a number; a truth value is not."""
    if get_origin(hint) is tuple:
        item = get_args(hint)[0]
        right = isinstance(value, list) and all(isinstance(v, _ACCEPTED[item]) for v in value)
        wanted = _LIST
        converted: Any = tuple(value) if right else None
    else:
        right = isinstance(value, _ACCEPTED[hint]) and (hint is bool or not isinstance(value, bool))
        wanted = _WANTED[hint]
        converted = hint(value) if right else None
    if not right:
        raise source.wrong(section, one.name, t("的类型不对", "has the wrong type"), wanted)
    impossible = t("不能是 {value}", "cannot be {value}").fill(value=repr(value))
    choices = one.metadata.get("choices")
    if choices and converted not in choices:
        raise source.wrong(section, one.name, impossible, plain(", ".join(f'"{choice}"' for choice in choices)))
    bounds = one.metadata.get("range")
    if bounds and not bounds[0] <= converted <= bounds[1]:  # NaN fails too
        allowed = t("{low} 到 {high}", "from {low} to {high}").fill(low=bounds[0], high=bounds[1])
        raise source.wrong(section, one.name, impossible, allowed)
    return converted


def line_of(text: str, *keys: str) -> int:
    """Return the line on which a section, or a setting in it, begins; `text` is valid TOML.

    tomllib keeps no positions. The first lines of a file are TOML by themselves wherever no value is cut, so the
    line is found between the longest such start that lacks the key and the shortest that has it. Every way of
    writing a key is covered by that; it only runs once something is wrong.
    """
    lines = text.splitlines(keepends=True)
    whole = 0  # lines of the longest start so far that is TOML and lacks the key
    for count in range(1, len(lines) + 1):
        try:
            found: Any = tomllib.loads("".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            continue
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        if found is not None:
            return whole + 1
        whole = count
    return whole or 1
