"""Number formats of the cells of an .xlsx, read only when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from linli.sheets.limits import Limits
from linli.sheets.markup import parse
from linli.sheets.model import corner, place
from linli.sheets.zipped import Package


def number_formats(data: bytes, path: str, limits: Limits) -> Callable[[], Mapping[int, str]]:
    """The number formats of a sheet's cells other than General, read when first asked for."""

    @cache
    def formats() -> Mapping[int, str]:
        package = Package(data, limits)
        styles = _styles(package)
        found: dict[int, str] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "c" and "r" in attributes:
                style = styles.get(attributes.get("s", "0"), "General")
                if style != "General":
                    found[place(*corner(attributes["r"]))] = style

        parse(package.chunks(path), start)
        return found

    return formats


def _styles(package: Package) -> dict[str, str]:
    """Style number as written in a cell → its number format."""
    names: dict[str, str] = {}
    styles: dict[str, str] = {}
    inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if name == "numFmt":
            names[attributes.get("numFmtId", "")] = attributes.get("formatCode", "General")
        elif name == "cellXfs":
            inside = True
        elif name == "cellStyles":
            inside = False
        elif name == "xf" and inside:
            number = attributes.get("numFmtId", "0")
            styles[str(len(styles))] = names.get(number, _BUILT_IN.get(number, "General"))

    if "xl/styles.xml" in package:
        parse(package.chunks("xl/styles.xml"), start)
    return styles


_BUILT_IN = {
    "1": "0",
    "2": "0.00",
    "3": "#,##0",
    "4": "#,##0.00",
    "9": "0%",
    "10": "0.00%",
    "14": "yyyy-mm-dd",
    "22": "yyyy-mm-dd hh:mm",
    "31": 'yyyy"年"m"月"d"日"',
    "49": "@",
    "57": 'yyyy"年"m"月"',
    "58": 'm"月"d"日"',
}
