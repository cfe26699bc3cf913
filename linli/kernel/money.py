"""Money: integer fen inside, yuan only at the edge, where text is read or shown.

Nothing here rounds. What cannot be held exactly in whole fen is refused with its reason, so a
bookkeeper mends the figure instead of the program choosing one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal

from linli.kernel.rulings import ALLOWED, Refused, Ruling, refuse
from linli.kernel.words import gettext_noop as _

LIMIT_FEN = 2**53
"""Amounts stay strictly inside ±LIMIT_FEN, so that JSON readers everywhere keep them exact."""

CITE = "linli:ledger.1"

_LOOKALIKES = str.maketrans(
    "０１２３４５６７８９，．－＋（）￥　\u00a0\u2007\u202f\u2212\u2010\u2011\u2012\u2013\ufe63",
    "0123456789,.-+()¥    ------",
)
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_MARKED = re.compile(
    r"""(?P<outer>[+-]?)\s*(?:人民币|RMB|CNY)?\s*¥?\s*(?P<inner>[+-]?)\s*
        (?P<number>[0-9.,\s]*[0-9])\s*(?:元整?|圆整?|RMB|CNY)?""",
    re.VERBOSE | re.IGNORECASE,
)
_WHOLE = r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+)"
_NUMBER = re.compile(rf"(?P<whole>{_WHOLE})?(?:\.(?P<part>[0-9]+))?")
_EXPONENT = re.compile(r"[0-9.]\s*[eE]\s*[+-]?[0-9]+$")


def parse_yuan(value: object) -> tuple[int | None, Ruling]:
    """Read an amount in yuan as a person or a spreadsheet wrote it.

    Text may carry thousands separators (``1,200.00``), a currency mark (``￥800``, ``人民币``),
    the suffix ``元``, full-width figures, spaces, a leading minus of any kind, or parentheses for
    a negative. Text is judged as written: a third decimal is refused even if it is 0.
    Numbers (int, Decimal, float) are judged by value; a float may carry binary noise beyond the
    15 digits that a spreadsheet shows, but nothing smaller than a fen that could be seen.

    Returns (fen, ALLOWED), or (None, a Ruling that says why). Never raises.
    """
    if value is None or (isinstance(value, str) and not _tidy(value)):
        return None, refuse(_("未填写金额"))
    if isinstance(value, bool):
        return None, _not_an_amount(value)
    if isinstance(value, int):
        return _bounded(value * 100, value)
    if isinstance(value, Decimal):
        return _from_decimal(value, value)
    if isinstance(value, float):
        return _from_float(value)
    if isinstance(value, str):
        return _from_text(value)
    return None, _not_an_amount(value)


def fen_of(value: object) -> int:
    """The fen of an amount in yuan; raises Refused with the reason (see parse_yuan)."""
    fen, ruling = parse_yuan(value)
    if fen is None:
        raise Refused(ruling)
    return fen


def check_fen(value: object) -> Ruling:
    """Whether a value may be stored as fen: an int (not a float, not a bool) within ±2⁵³."""
    if isinstance(value, bool) or not isinstance(value, int):
        return refuse(_("金额必须是以分为单位的整数：%(value)s"), CITE, value=str(value))
    return _bounded(value, f"{value / 100:.2f}" if abs(value) < 10**300 else "…")[1]


def yuan(fen: int) -> str:
    """For reading: 123450 → ``1,234.50``; a negative carries a true minus sign (U+2212)."""
    whole, part = divmod(abs(fen), 100)
    return f"{'−' if fen < 0 else ''}{whole:,}.{part:02d}"


def plain(fen: int) -> str:
    """For machines and CSV: 123450 → ``1234.50``, ASCII minus, no separators."""
    whole, part = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{part:02d}"


_FIGURES = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")


def capitals(fen: int, *, currency: str = "人民币") -> str:
    """The amount in capital figures (大写) for receipts and vouchers.

    140950 → ``人民币壹仟肆佰零玖元伍角``. 整 closes an amount that ends at 元; 零 stands before
    角 when the 元 digit is 0 (银发〔1997〕393号 allows both forms; this is the fuller one).
    A negative amount, which is for screens only, reads ``人民币负…``.
    """
    whole, part = divmod(abs(fen), 100)
    jiao, cent = divmod(part, 10)
    text = _whole_yuan(whole) + "元" if whole else ""
    if not part:
        text = (text or "零元") + "整"
    elif jiao:
        text += "零" if whole and whole % 10 == 0 else ""
        text += _FIGURES[jiao] + "角" + (_FIGURES[cent] + "分" if cent else "")
    else:
        text += ("零" if whole else "") + _FIGURES[cent] + "分"
    return currency + ("负" if fen < 0 else "") + text


def share(total_fen: int, weights: Sequence[int]) -> list[int]:
    """Split a total in proportion to whole-number weights by largest remainder.

    The parts add up to the total exactly; fen left over go to the largest remainders, ties to
    the earlier. A negative total splits as the mirror of the positive one. Raises ValueError
    when a weight is negative or all are zero.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight is negative")
    whole = sum(weights)
    if not whole:
        raise ValueError("all weights are zero")
    sign = -1 if total_fen < 0 else 1
    exact = [divmod(abs(total_fen) * weight, whole) for weight in weights]
    parts = [part for part, _rest in exact]
    left = abs(total_fen) - sum(parts)
    for i in sorted(range(len(parts)), key=lambda i: -exact[i][1])[:left]:
        parts[i] += 1
    return [sign * part for part in parts]


def _tidy(text: str) -> str:
    return _INVISIBLE.sub("", text.translate(_LOOKALIKES)).strip()


def _not_an_amount(value: object) -> Ruling:
    return refuse(_("“%(value)s”不是金额"), CITE, value=_shown(value))


def _shown(value: object) -> str:
    try:
        text = str(value).strip()
    except ValueError:  # An int of thousands of digits has no text in Python.
        return "…"
    return text if len(text) <= 40 else text[:39] + "…"


def _bounded(fen: int, value: object) -> tuple[int | None, Ruling]:
    if abs(fen) >= LIMIT_FEN:
        return None, refuse(_("金额“%(value)s”超出可记账的范围"), CITE, value=_shown(value))
    return fen, ALLOWED


def _third_decimal(value: object) -> tuple[None, Ruling]:
    text = _("金额最多两位小数，“%(value)s”请先核定到分")
    return None, refuse(text, CITE, value=_shown(value))


def _from_decimal(number: Decimal, value: object) -> tuple[int | None, Ruling]:
    if not number.is_finite():
        return None, _not_an_amount(value)
    if number.adjusted() > 20:
        return _bounded(LIMIT_FEN, value)
    if number and number.adjusted() < -20:
        return _third_decimal(value)
    top, bottom = number.as_integer_ratio()
    fen, rest = divmod(top * 100, bottom)
    return _third_decimal(value) if rest else _bounded(fen, value)


def _from_float(number: float) -> tuple[int | None, Ruling]:
    if not math.isfinite(number):
        return None, _not_an_amount(number)
    fen, ruling = _from_decimal(Decimal(repr(number)), number)
    # Above 10^13 yuan fifteen digits no longer reach the fen: dropping noise would be rounding.
    if fen is None and abs(number) < 10**13:
        return _from_decimal(Decimal(f"{number:.15g}"), number)
    return fen, ruling


def _from_text(value: str) -> tuple[int | None, Ruling]:
    text = _tidy(value)
    if len(text) > 80:
        return None, _not_an_amount(value)
    if _EXPONENT.search(text):
        return None, refuse(_("金额不能用科学计数法：“%(value)s”"), CITE, value=_shown(value))
    if re.search("[0-9][0-9.,\\s]*[万亿]", text):
        return None, refuse(
            _("金额请按元填写，不要带“万”“亿”：“%(value)s”"), CITE, value=_shown(value)
        )
    bracketed = len(text) > 1 and text[0] == "(" and text[-1] == ")"
    marked = _MARKED.fullmatch(text[1:-1].strip() if bracketed else text)
    signs = marked["outer"] + marked["inner"] if marked else ""
    number = _NUMBER.fullmatch(marked["number"]) if marked else None
    if number is None or len(signs) + bracketed > 1:
        return None, _not_an_amount(value)
    whole, part = re.sub("[, ]", "", number["whole"] or "0"), number["part"] or ""
    if len(part) > 2:
        return _third_decimal(value)
    if len(whole.lstrip("0")) > 20:
        return _bounded(LIMIT_FEN, value)
    fen = int(whole) * 100 + int(part.ljust(2, "0"))
    return _bounded(-fen if bracketed or signs == "-" else fen, value)


def _whole_yuan(number: int) -> str:
    """Capital figures of a positive whole number below 10¹⁶, without 元."""
    high, low = divmod(number, 10**8)
    text, skipped = (_whole_yuan(high) + "亿" if high else ""), False
    for section, unit in ((low // 10**4, "万"), (low % 10**4, "")):
        if section:
            text += "零" if text and (section < 1000 or skipped) else ""
            text += _four(section) + unit
        skipped = not section
    return text


def _four(section: int) -> str:
    """Capital figures of 1…9999; zeros inside are said once."""
    text, zero = "", False
    for figure, place in zip(f"{section:04d}", _PLACES, strict=True):
        if figure == "0":
            zero = bool(text)
        else:
            text += ("零" if zero else "") + _FIGURES[int(figure)] + place
            zero = False
    return text
