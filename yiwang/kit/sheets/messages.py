"""What the refusals of the sheet reader say: what is wrong and what to do, by code. Facts come from the reading process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from yiwang.kit.refusal import Refusal, Where

SENTENCES: dict[str, str] = {
    "sheet.no-file": "没有这个文件,请核对路径",
    "sheet.empty-file": "文件是空的(0 字节),请重新保存或重新上传",
    "sheet.not-workbook": "不是 Excel 工作簿(.xlsx),也不是文本表格;请用 Excel 或 WPS 打开后另存为“Excel 工作簿(*.xlsx)”",
    "sheet.old-format": "这是旧的 .xls(或 .et)格式,请用 Excel 或 WPS 打开后另存为“Excel 工作簿(*.xlsx)”",
    "sheet.web-page": "这是网页或 XML 文件,不是工作簿;请用 Excel 或 WPS 打开后另存为“Excel 工作簿(*.xlsx)”",
    "sheet.binary-format": "这是二进制工作簿(.xlsb),请另存为“Excel 工作簿(*.xlsx)”",
    "sheet.ods": "这是 OpenDocument 表格(.ods),请另存为“Excel 工作簿(*.xlsx)”",
    "sheet.encrypted": "工作簿设了打开密码,请先取消密码(文件 → 信息 → 保护工作簿)再上传",
    "sheet.truncated": "文件不完整(可能没有传完或已损坏),请重新保存后再上传",
    "sheet.corrupt": "文件内容与目录不符或已损坏({part}),请用 Excel 或 WPS 打开、另存后再上传",
    "sheet.malformed": "工作簿内部的 XML 不完整或有错({part}),请用 Excel 或 WPS 打开、另存后再上传",
    "sheet.too-large": "文件太大({size} 字节,上限 {limit} 字节),请分成几个文件,或另存为 CSV",
    "sheet.too-many-parts": "工作簿内部的部件太多({count},上限 {limit}),请把数据复制到新的工作簿后再上传",
    "sheet.bomb": "文件展开后过大({part}),不予打开;请把数据复制到新的工作簿后再上传",
    "sheet.duplicate-part": "工作簿内有同名部件({part}),内容不可信,请另存为新的工作簿后再上传",
    "sheet.part-name": "工作簿内的部件名不合法({part}),不予打开",
    "sheet.compression": "工作簿用了不支持的压缩方式({part}),请另存后再上传",
    "sheet.macros": "工作簿带有宏,不予打开;请另存为不带宏的“Excel 工作簿(*.xlsx)”",
    "sheet.external-links": "工作簿链接了别的文件,数据可能不是最新;请在“数据 → 编辑链接”中断开链接后再上传",
    "sheet.embedded": "工作簿内嵌了其他文件或控件({part}),请删除后再上传",
    "sheet.doctype": "工作簿内有不允许的实体声明({part}),不予打开",
    "sheet.encoding": "工作簿内部的编码不是 UTF-8({part}),请用 Excel 或 WPS 打开、另存后再上传",
    "sheet.too-many-rows": "行数太多(到第 {rows} 行,上限 {limit} 行);若下方其实没有数据,请删除多余的行,否则请分成几个文件",
    "sheet.too-many-columns": "列数太多(到第 {columns} 列,上限 {limit} 列);若右侧其实没有数据,请删除多余的列",
    "sheet.too-many-cells": "表太大({rows} 行 × {columns} 列,上限 {limit} 格);请删除远处的多余内容,或分成几个文件",
    "sheet.too-many-merges": "合并单元格太多(上限 {limit} 处),请取消合并后再上传",
    "sheet.too-many-errors": "公式出错的单元格太多(上限 {limit} 处),请先改正公式",
    "sheet.too-much": "表中不同的内容太多,超出一次能读的量,请分成几个文件",
    "sheet.read-empty": "表中有内容,却一格也没有读出来;请用 Excel 或 WPS 打开、另存后再上传",
    "sheet.unreadable": "工作簿读不出来({detail});请用 Excel 或 WPS 打开、另存后再上传",
    "sheet.no-such-sheet": "没有名为“{sheet}”的工作表;现有:{names}",
    "sheet.too-slow": "文件在限定时间内没有读完,请分成几个文件或另存为 CSV",
    "sheet.reader-died": "读取这个文件时读取程序异常退出,文件可能有意做坏;请把数据复制到新的工作簿后再上传",
    "sheet.no-reader": "读取程序启动不了,请与管理员联系",
    "sheet.busy": "正在读取的文件太多,请稍后再试",
    "csv.encoding": "文本表格的编码认不出来(应为 UTF-8、GB18030 或 UTF-16);请另存为“CSV UTF-8”",
    "csv.bad-bytes": "有不合编码({encoding})的字节;请另存为“CSV UTF-8”后再上传",
    "csv.nul": "有空字符(NUL),文件可能已损坏或不是文本表格",
    "csv.quotes": "从这一行开始的引号没有配对,请检查引号",
    "csv.too-large": "文本表格太大({size} 字节,上限 {limit} 字节),请分成几个文件",
    "csv.too-many-rows": "文本表格行数太多(上限 {limit} 行),请分成几个文件",
    "csv.too-many-columns": "列数太多({columns},上限 {limit})",
    "csv.long-cell": "有一格太长(上限 {limit} 个字),可能是引号没有配对",
}


def refusal(code: str, facts: Mapping[str, Any] | None = None, *, where: Where | None = None) -> Refusal:
    """The refusal of this code with its sentence filled in. Unknown facts leave a gap, an unknown code is a KeyError."""
    filled: dict[str, Any] = defaultdict(str)
    for key, value in (facts or {}).items():
        filled[key] = "、".join(map(str, value)) if isinstance(value, list) else value
    return Refusal(code, SENTENCES[code].format_map(filled), where=where)
