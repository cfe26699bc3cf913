"""Why a file was not read, in words that say what to do about it."""

from __future__ import annotations

from linli.kernel.rulings import Ruling, refuse
from linli.kernel.words import gettext_noop as _


def empty() -> Ruling:
    return refuse(_("文件是空的"))


def locked() -> Ruling:
    return refuse(_("文件设有打开密码，请在 Excel 或 WPS 中取消密码后再上传"))


def damaged() -> Ruling:
    return refuse(_("文件已损坏或没有传完整，请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传"))


def suspicious() -> Ruling:
    """For what no spreadsheet program writes: bombs, entities, sizes that lie."""
    return refuse(
        _("文件的内部结构异常，为安全起见没有打开；请用 Excel 或 WPS 另存为 .xlsx 后再上传")
    )


def word_document() -> Ruling:
    return refuse(_("这是 Word 文档，不是表格；请上传 .xlsx、.xls 或 .csv 文件"))


def slides() -> Ruling:
    return refuse(_("这是演示文稿，不是表格；请上传 .xlsx、.xls 或 .csv 文件"))


def pdf() -> Ruling:
    return refuse(_("这是 PDF，不是表格；请向银行或制表人索取 .xlsx、.xls 或 .csv 文件"))


def picture() -> Ruling:
    return refuse(_("这是图片，不是表格；请上传 .xlsx、.xls 或 .csv 文件"))


def archive() -> Ruling:
    return refuse(_("这是压缩包，请解压后上传里面的 .xlsx、.xls 或 .csv 文件"))


def not_a_sheet() -> Ruling:
    return refuse(_("这不是表格文件；请上传 .xlsx、.xls 或 .csv 文件"))


def binary_workbook() -> Ruling:
    return refuse(_("暂不支持二进制工作簿（.xlsb），请用 Excel 或 WPS 另存为 .xlsx 后再上传"))


def open_document() -> Ruling:
    return refuse(_("暂不支持 .ods 表格，请用 WPS 或 LibreOffice 另存为 .xlsx 后再上传"))


def ancient() -> Ruling:
    return refuse(_("这是很早的 Excel 格式，请用 Excel 或 WPS 另存为 .xlsx 后再上传"))


def web_page() -> Ruling:
    return refuse(_("这是网页格式的表格，请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传"))


def too_large(*, limit: int) -> Ruling:
    return refuse(
        _("文件超过 %(limit)s MB，请按年或按月拆开后再上传"), limit=max(1, limit // 2**20)
    )


def unpacks_too_large(*, limit: int) -> Ruling:
    return refuse(
        _("文件展开后超过 %(limit)s MB，请删去图片和空白区域，或按月拆开后再上传"),
        limit=max(1, limit // 2**20),
    )


def too_many_rows(*, sheet: str, limit: int) -> Ruling:
    return refuse(
        _("工作表“%(sheet)s”超过 %(limit)s 行，请按月或按年拆开后再上传"), sheet=sheet, limit=limit
    )


def too_many_columns(*, sheet: str, limit: int) -> Ruling:
    return refuse(
        _("工作表“%(sheet)s”超过 %(limit)s 列，请删去右侧多余的内容后再上传"),
        sheet=sheet,
        limit=limit,
    )


def too_many_cells(*, limit: int) -> Ruling:
    return refuse(
        _("表格范围超过 %(limit)s 个单元格，请删去远处多余的内容，或按月拆开后再上传"), limit=limit
    )


def too_many_sheets(*, limit: int) -> Ruling:
    return refuse(_("工作表超过 %(limit)s 张，请只留下要导入的工作表"), limit=limit)


def not_text() -> Ruling:
    return refuse(_("认不出文件的文字编码，请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传"))


def not_in_encoding(encoding: str) -> Ruling:
    return refuse(_("文件不是 %(encoding)s 编码，请在映射文件中改正编码"), encoding=encoding)
