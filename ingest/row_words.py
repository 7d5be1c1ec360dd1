"""What rows say that are no data: totals, notes, examples, nothing to report.

Patterns over single cells, for Python and for Arrow; which rows they make no data is `rows`. Ends at patterns.
"""

from __future__ import annotations

import re

NOISE = "\\s\u00a0\u3000\\x00-\\x1f\\x7f-\\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff'`"
"""What `values.text.tidy` takes from the ends of a text, as a class of characters that both kinds of pattern know."""
NOISE_CHARACTERS = "".join(re.findall(f"[{NOISE}]", "".join(map(chr, range(0x10000)))))
"""The same, character by character; each process needs it, and asks of all at once (one by one they take 0.1 s)."""
_S = f"[{NOISE}]*"
_B = "[\\s\u00a0\u3000]*"
"""White space within a word. The wide class stands at the ends alone: it makes patterns slow to get ready."""
_COLON = "[:：]"
_BRACKET = "[(（][^)）]{0,10}[)）]"
_OF_WHAT = "(?:数|计数|人数|人次|次数|金额|数量|平均值|最大值|最小值|求和)?"
TOTAL = (
    rf"{_S}(?:[本全各]?[页月期季年表市区班]|以上|人数|人次|金额|数量)?{_B}(?:[小合总共累]{_B}计|汇{_B}总|总{_B}和)"
    rf"{_OF_WHAT}{_S}(?:[:：(（\d].*)?"
    rf"|{_S}共{_B}\d{{1,9}}{_B}(?:人|人次|名|户|家|条|行|笔|个){_B}"
    rf"|{_S}(?i:(?:grand |sub)?{_B}(?:total|count|average)){_B}{_COLON}?{_B}"
)
"""A cell that says of its row that it is a total, as people and Excel (汇总, 总计数) write it."""
GROUP_TOTAL = (
    rf"{_S}.+(?:小{_B}计|合{_B}计|汇{_B}总|总{_B}计|{_B}(?:数值)?计数|求和|平均值|最大值|最小值|乘积|标准偏差|方差)"
    rf"{_B}{_COLON}?{_B}|{_B}.+ (?i:total|count|average){_B}"
)
"""The same for a group (Excel's 分类汇总: 福田区 汇总, 电工 计数): a person or a firm may be called so, and only a row
with nothing else but numbers is one."""
NOTE = (
    rf"{_S}(?:(?:填{_B}表{_B}人?|填{_B}报{_B}人|制{_B}表{_B}人?|审{_B}核{_B}人?|复{_B}核{_B}人?|经{_B}办{_B}人"
    rf"|(?:单位)?负{_B}责{_B}人|主管领导|分管领导|联{_B}系{_B}人|联系电话|联系方式"
    rf"|(?:填报|填表|报送|制表|打印)(?:日期|时间|单位)|单位|盖章|备{_B}注|注{_B}\d*|说{_B}明|填[表报]说明|注意事项?|数据来源)"
    rf"{_B}(?:{_BRACKET})?{_B}{_COLON}|填[表报]说明|注意事项|[(（]{_B}(?:单位)?(?:公章|盖章){_B}[)）])"
)
EXAMPLE = (
    rf"{_S}[(（【\[]?{_B}(?:填写|填报)?(?:示例|样例|范例|例如?){_B}(?:行|数据)?{_B}(?:\d{{1,2}}{_B})?"
    rf"(?:[)）】\]{_COLON[1:-1]}，,].*)?"
)
NOTHING = (
    rf"{_S}[(（]?{_B}(?:[本该][期月季年]度?{_B})?[确暂]?{_B}(?:无|没有)(?:可?报送|新增|发生)?(?:的)?"
    rf"(?:数据|内容|业务|情况|数据报送){_B}[)）]?{_B}。?{_B}|{_B}零报送{_B}。?{_B}"
)
"""A sender's word that there is nothing to report: 本期无数据, 零报送."""
_TITLE = (
    rf"{_B}(?:[一二三四五六七八九十]{{1,3}}{_B}[、.．]|[(（][一二三四五六七八九十\d]{{1,2}}[)）]|第.{{1,4}}[部批期次页]|附[表件]|续表|补报)"
    rf".*|.{{2,}}(?:明细|名单|汇总|情况|台账|统计|补报|批次|[表区县局]|街道|中心|学校|公司){_B}(?:[(（].*)?"
)
TITLE_RE = re.compile(_TITLE)
"""What a table in the middle of a sheet is called: 二、街道补报, 福田区培训明细."""
_COUNT = r"\s*共?\s*(\d{1,9})\s*(?:人|人次|名|户|家|条|行|笔|个)\s*"
_NUMBER = r"[¥￥+-]?\d[\d,]*(?:\.\d+)?(?:E[+-]?\d+)?\s*(?:%|千元|万元|亿元|元|课时|学时|小时|天)?"

TOTAL_RE, GROUP_TOTAL_RE, NOTE_RE = re.compile(TOTAL), re.compile(GROUP_TOTAL), re.compile(NOTE)
EXAMPLE_RE, COUNT_RE = re.compile(EXAMPLE), re.compile(_COUNT)
NUMBER_RE = re.compile(rf"{_NUMBER}|{_COUNT}")
"""A cell of a total row that is a figure."""
SUBTOTAL_RE = re.compile(r"\s*(?:小\s*计|本页|[Ss]ubtotal)")
"""A total of the rows since the one before."""
NO_SUM_RE = re.compile(r".*(?:平均值|最大值|最小值|乘积|标准偏差|方差|累\s*计|(?i:average))")
"""A total that is no sum of the rows above it."""
COUNTED_RE = re.compile(r".*(?:计\s*数|(?i:count))")
"""A total that counts filled cells."""
_NOTHING_RE = re.compile(NOTHING)


def says_nothing(text: str) -> bool:
    """Does the text say that there is nothing to report?"""
    return _NOTHING_RE.fullmatch(text.rpartition(":")[2]) is not None
