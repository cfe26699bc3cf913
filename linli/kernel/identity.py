"""Numbers that name people and organisations: checking them, and showing them masked.

Masks hide more rather than less: what is not recognised is hidden whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from stdnum import luhn
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from linli.kernel.rulings import ALLOWED, Ruling, refuse
from linli.kernel.words import gettext_noop as _

_FULL_WIDTH = str.maketrans(
    {chr(0xFEE0 + n): chr(n) for n in range(0x21, 0x7F)} | {"\u3000": " ", "\u00a0": " "}
)
_ID = re.compile(r"[0-9]{17}[0-9X]")
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0(?:10|2[0-9])[2-8][0-9]{7}|0[3-9][0-9]{2}[2-8][0-9]{6,7}")
_SERVICE = re.compile(r"[19][0-9]{2,4}|[48]00[0-9]{7}")
_LOCAL = re.compile(r"[2-8][0-9]{6,7}")
_EXTENSION = re.compile(r"(.*[0-9]-?)(?:转|分机|ext|x|#)-?([0-9]{1,6})", re.IGNORECASE)
_TAIL = re.compile(r"(-?0[0-9]{2,3}-?[0-9]{7,8})-([0-9]{1,6})")
_COMPOUND = (
    "欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 司徒 夏侯 轩辕 端木 独孤 南宫"
).split()


def _tidy(text: str) -> str:
    return re.sub(r"[\s\u200b-\u200f\ufeff]", "", text.translate(_FULL_WIDTH))


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A citizen ID number that was checked. `sex` is ``male`` or ``female``."""

    number: str
    born_on: date

    @property
    def sex(self) -> str:
        return "male" if int(self.number[16]) % 2 else "female"

    def age(self, on: date) -> int:
        """Full years on a day; 1 March for those born on 29 February."""
        return (
            on.year
            - self.born_on.year
            - ((on.month, on.day) < (self.born_on.month, self.born_on.day))
        )


def parse_id_number(text: str, *, today: date | None = None) -> tuple[IdNumber | None, Ruling]:
    """Check an 18-character ID number (GB 11643): form, date of birth, check character.

    The first six digits are not looked up: codes of places that were merged or renamed stay on
    people's cards for life, and residence cards of Hong Kong, Macao, Taiwan and foreign residents
    have codes of their own. With `today` given, a birth after it is refused.
    """
    number = _tidy(text).upper()
    if re.fullmatch(r"[0-9]{15}", number):
        return None, refuse(_("15位旧身份证号已停用，请填写18位号码"))
    if not _ID.fullmatch(number):
        return None, refuse(_("身份证号应为18位数字，末位可以是X"))
    try:
        born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        born_on = None
    if born_on is None or born_on.year < 1850 or (today and born_on > today):
        return None, refuse(_("身份证号中的出生日期不存在"))
    if not mod_11_2.is_valid(number):
        return None, refuse(_("身份证号校验不通过，请核对是否抄错"))
    return IdNumber(number, born_on), ALLOWED


def parse_credit_code(text: str) -> tuple[str | None, Ruling]:
    """Check a unified social credit code (GB 32100), 18 characters; returns it in capitals.

    Codes of residents' committees and newer registers may carry letters in the first two places.
    """
    code = _tidy(text).upper()
    if not _CREDIT_CODE.fullmatch(code):
        return None, refuse(_("统一社会信用代码应为18位数字或大写字母（不含I、O、S、V、Z）"))
    if uscc.calc_check_digit(code[:17]) != code[17]:
        return None, refuse(_("统一社会信用代码校验不通过，请核对是否抄错"))
    return code, ALLOWED


def parse_phone(text: str) -> tuple[str | None, Ruling]:
    """Check a telephone number of the mainland and return it in one form.

    Mobile ``13805351234``; landline with area code ``0535-5641234`` (extension ``-801``); local
    landline ``5641234``; service number ``12345``, ``4001234567``. +86 and separators may be
    there. The form is what is stored and compared.
    """
    main = re.sub(r"[()—–−.]", "-", _tidy(text))
    main = re.sub(r"^(?:\+|00)86-?", "", main)
    extension = ""
    for form in (_EXTENSION, _TAIL):
        if not extension and (found := form.fullmatch(main)):
            main, extension = found.groups()
    digits = main.replace("-", "")
    plain = _MOBILE.fullmatch(digits) or _SERVICE.fullmatch(digits) or _LOCAL.fullmatch(digits)
    if plain and not extension:
        return digits, ALLOWED
    if _LANDLINE.fullmatch(digits):
        area, number = _split_area(digits)
        return "-".join(filter(None, (area, number, extension))), ALLOWED
    return None, refuse(_("电话号码不对：手机为11位，座机请带区号"))


def _split_area(digits: str) -> tuple[str, str]:
    """Area codes 010 and 02x have three digits, all others four."""
    length = 3 if digits[1] in "12" else 4
    return digits[:length], digits[length:]


SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_SHORT_NAME = re.compile(r"[\u4e00-\u9fff]{2,3}")
_TITLED = re.compile(r".{0,3}(先生|女士|同志|师傅|阿姨|大爷|大妈)")
_GENERAL = frozenset(
    {"业主", "住户", "居民", "商户", "租户", "车主", "物业", "业委会", "居委会", "财政", "税务局"}
)


def looks_like_a_person(name: str) -> bool:
    """Whether a text reads like a natural person's name; then others see it masked."""
    plain = name.strip()
    if plain in _GENERAL:
        return False
    named = _SHORT_NAME.fullmatch(plain) and plain[0] in SURNAMES
    return bool(named or _TITLED.fullmatch(plain) or "*" in plain)


def mask_name(name: str) -> str:
    """A person's name for others' eyes: 张三 → 张*, 张三丰 → 张**, 欧阳修文 → 欧阳**.

    Two stars at most, so that the length tells nothing more.
    """
    name = name.strip()
    if not name:
        return ""
    family = 2 if len(name) > 2 and name[:2] in _COMPOUND else 1
    return name[:family] + "*" * min(max(len(name) - family, 1), 2)


def mask_id_number(number: str) -> str:
    """3706**********002X; other documents (passports …): the last two characters only."""
    number = _tidy(number)
    if len(number) == 18:
        return number[:4] + "*" * 10 + number[-4:]
    return "*" * max(len(number) - 2, 4) + number[-2:] if len(number) > 4 else "*" * len(number)


def mask_phone(number: str) -> str:
    """138****5678; 0535-***1234; anything else: the last two figures only."""
    digits = re.sub(r"[^0-9]", "", _tidy(number))
    if _MOBILE.fullmatch(digits):
        return f"{digits[:3]}****{digits[-4:]}"
    if _LANDLINE.fullmatch(digits):
        area, local = _split_area(digits)
        return f"{area}-{'*' * (len(local) - 4)}{local[-4:]}"
    return "*" * max(len(digits) - 2, 0) + digits[-2:] if len(digits) > 4 else "*" * len(digits)


def account_tail(number: str) -> str:
    """A bank account by its last four characters, ``…9876``; a short one by half of it."""
    number = _tidy(number).replace("-", "")
    return "…" + number[len(number) - min(4, len(number) // 2) :] if number else ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data seen in a text: `kind` is a key of FOUND, `start` and `end` where it is."""

    kind: str
    start: int
    end: int


FOUND = {
    "id_number": _("身份证号"),
    "bank_card": _("银行卡号"),
    "phone": _("手机号码"),
    "email": _("电子邮箱"),
    "door": _("楼栋房号"),
}

_SEEN = {
    "email": re.compile(
        r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}"
    ),
    "id_number": re.compile(
        r"(?<![0-9A-Za-z])[0-9]{6}[ \-]?[0-9]{8}[ \-]?[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
    ),
    "bank_card": re.compile(r"(?<![0-9])[0-9]{4}(?:[ \-]?[0-9]{4}){3}[ \-]?[0-9]{0,3}(?![0-9])"),
    "phone": re.compile(
        r"(?<![0-9])(?:\+?86[ \-]?)?1[3-9][0-9][ \-]?[0-9]{4}[ \-]?[0-9]{4}(?![0-9])"
    ),
    "door": re.compile(
        r"[0-9]{1,3}\s*(?:号楼|栋|幢|座)\s*"
        r"(?:[0-9A-Za-z一二三四五六七八九甲乙丙丁东西中]{1,2}\s*单元\s*)?"
        r"[0-9]{3,4}[A-Za-z]?\s*(?:室|号房|号|户)?"
        r"|(?<![0-9\-])[0-9]{1,3}-[0-9]{1,2}-[0-9]{3,4}(?![0-9\-])"
    ),
}


def personal_data_in(text: str) -> tuple[Finding, ...]:
    """Where a text that will be shown to all seems to hold somebody's personal data.

    Finds ID numbers, bank cards, mobile numbers, e-mail addresses and door numbers, in order.
    It is a help for the person who checks, not a proof that there is none: names are not found.
    """
    plain = text.translate(_FULL_WIDTH)
    found: list[Finding] = []
    for kind, form in _SEEN.items():
        for hit in form.finditer(plain):
            overlaps = any(f.start < hit.end() and hit.start() < f.end for f in found)
            if not overlaps and _is(kind, re.sub(r"[ \-]", "", hit.group())):
                found.append(Finding(kind, hit.start(), hit.end()))
    return tuple(sorted(found, key=lambda f: f.start))


def _is(kind: str, run: str) -> bool:
    """Check figures tell an ID number or a bank card from any other long number."""
    if kind == "id_number":
        return parse_id_number(run)[0] is not None
    return kind != "bank_card" or bool(luhn.is_valid(run))


def mask_text(text: str) -> str:
    """The text with what `personal_data_in` finds replaced by stars of the same length."""
    for finding in reversed(personal_data_in(text)):
        stars = "*" * (finding.end - finding.start)
        text = text[: finding.start] + stars + text[finding.end :]
    return text
