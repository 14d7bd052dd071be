"""The people of the made-up town: names that break things, and enough ordinary ones around them."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple


class Resident(NamedTuple):
    """A name and the login that goes with it."""

    login: str
    name: str


# Each of these is here because something, somewhere, could not cope with it.
REMARKABLE = (
    Resident("shixi", "石㐂"),  # CJK extension A, one-character given name
    Resident("jiyeming", "\U00020bb7野明"),  # 𠮷, beyond the basic plane: two UTF-16 units, four octets in UTF-8
    Resident("liuyan", "刘䶮"),  # newer than most fonts
    Resident("ayiguli.maimaiti", "阿依古丽·买买提"),  # middle dot
    Resident("dilireba", "迪丽热巴·阿布都热西提·买买提江"),  # long, two dots
    Resident("wuyunqimuge", "乌云其木格·额尔德尼"),
    Resident("zhaxiduoji", "扎西多吉"),  # four characters and no surname
    Resident("ouyangxiuwen", "欧阳修文"),  # compound surname
    Resident("simaqing", "司马青"),
    Resident("zhugeming", "诸葛明"),
    Resident("shangguanxue", "上官雪"),
    Resident("wangfang", "王芳"),  # one-character given names are the most common of all
    Resident("lijun", "李军"),
    Resident("liqiang", "李强"),
    Resident("liqiang2", "李强"),  # same name, other person, other unit
    Resident("liqiang3", "李强"),
    Resident("renee.oconnor", "Renée O'Connor"),  # accent, apostrophe, space
    Resident("zhenzhenzhen", "甄珍真"),
    Resident("linling", "林〇"),  # ideographic zero: a number by its category, a character in a name
)

_SURNAMES = (
    *(("王", "wang"), ("李", "li"), ("张", "zhang"), ("刘", "liu"), ("陈", "chen"), ("杨", "yang"), ("赵", "zhao")),
    *(("黄", "huang"), ("周", "zhou"), ("吴", "wu"), ("徐", "xu"), ("孙", "sun"), ("胡", "hu"), ("朱", "zhu")),
    *(("高", "gao"), ("何", "he"), ("郭", "guo"), ("马", "ma"), ("罗", "luo"), ("梁", "liang"), ("宋", "song")),
    *(("郑", "zheng"), ("谢", "xie"), ("韩", "han"), ("唐", "tang"), ("冯", "feng"), ("董", "dong"), ("覃", "qin")),
)
_GIVEN = (
    *(("伟", "wei"), ("敏", "min"), ("静", "jing"), ("丽", "li"), ("磊", "lei"), ("洋", "yang"), ("艳", "yan")),
    *(("勇", "yong"), ("杰", "jie"), ("娟", "juan"), ("涛", "tao"), ("明", "ming"), ("超", "chao"), ("霞", "xia")),
    *(
        ("平", "ping"),
        ("刚", "gang"),
        ("桂英", "guiying"),
        ("建国", "jianguo"),
        ("志强", "zhiqiang"),
        ("玉兰", "yulan"),
    ),
    *(("海燕", "haiyan"), ("晓东", "xiaodong"), ("思远", "siyuan"), ("雨桐", "yutong"), ("梓涵", "zihan")),
    *(("文博", "wenbo"), ("春梅", "chunmei"), ("国庆", "guoqing"), ("子轩", "zixuan"), ("佳怡", "jiayi")),
)


def ordinary(random: Random, taken: set[str]) -> Iterator[Resident]:
    """Yield residents without end; a login that is taken gets a number, as in real life. Adds to `taken`."""
    while True:
        surname, its_pinyin = random.choice(_SURNAMES)
        given, pinyin = random.choice(_GIVEN)
        wanted = login = its_pinyin + pinyin
        number = 1
        while login in taken:
            number += 1
            login = f"{wanted}{number}"
        taken.add(login)
        yield Resident(login, surname + given)
