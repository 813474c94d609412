"""The units a newspaper counts and measures in: where one ends, how it is spelled, which of them count alike."""

from __future__ import annotations

import re
from decimal import Decimal

_MEASURES = """
元 美元 港元 港币 欧元 日元 英镑 卢布 韩元 日圆 美金 台币 新台币 人民币 元人民币 加元 澳元 新元 块钱 元钱 % ‰ 倍 成
折 百分点 个百分点 米 公里 千米 里 华里 英里 海里 厘米 毫米 微米 纳米 分米 英寸 英尺 公分 公尺 km cm mm 平方米
平方公里 平方千米 平米 公顷 亩 顷 ㎡ m2 km2 m3 立方米 立方 升 毫升 公升 吨 公斤 千克 kg 斤 克 毫克 磅 盎司 度 ℃
摄氏度 华氏度 千瓦 千瓦时 兆瓦 瓦 伏 千伏 赫兹 兆赫 分贝 马力 大卡 千卡 光年 字节 mb gb tb 小时 个小时 分钟 秒 秒钟
毫秒 天 年 个月 周 星期 个星期 周年 昼夜 载 岁 周岁 学时 课时 分
"""
_COUNTERS = """
家 个 只 名 位 人 条 项 件 套 台 辆 艘 架 座 栋 幢 间 所 处 场 届 轮 期 次 篇 部 本 册 张 幅 份 封 枝 支 根 把 块 卷
面 步 话 片 颗 粒 头 匹 羽 尾 株 棵 户 口 对 双 方 副 笔 宗 起 例 桩 门 节 级 层 排 列 种 类 款 样 批 组 队 班 代 国
省 市 县 区 镇 乡 村 校 站 字 句 首 曲 集 环 圈 趟 遍 番 回 股 剂 针 碗 杯 盘 瓶 盒 箱 袋 桶 罐 包 串 束 床 页 章 段
道 枚 滴 帧 桌 顶 盏 朵 筐 捆 席 餐 声 人次 架次 车次 班次 场次 票次 户次 件次 台套 台次 件套 号人 标箱 标准箱
"""
_BEHIND = """
元旦素首 成立为功员都长果效品本人就套熟交绩年分 米兰粉饭 升级值至 度假过 克服隆里拉 天津然气 年级代度会画报终轻半
个半 周边刊末 分之布别为成 里面 折射叠磨 家长庭具乡 只有是能要见 名单称 位置于居 人民才均 条件例约款 项目
台湾风州海阶词 架构 座谈 间隔接谍 所有以谓 处理于长分 场地所景馆面合 轮胎船值 期间货限待 次年要 部门委长队分
本地报届市省月科来身质 份额 封闭 支持付援部撑 根据本 把握关 户籍外型 口岸径味述 对于外比 双向 方面向案 笔试记 宗旨教
起来点步码 例如外 门店诊 节目约能水 级别 排放名水 列车入 种子植 类似型 款项式 样本品 批准发评 组织成合建 队伍员
班级子 代表理码 国家际务内道 省委级会长内 市民长委政值 区域别 县城委长 村民委庄 字母 首都批先府 集团体中
环节境保绕球 回归收 股份东权 针对 包括含 道路理德 顶层 席位 面积对临向试 步行兵 话题剧费
"""
_OTHER_WORDS = {entry[0]: entry[1:] for entry in _BEHIND.split()}
"""What, right behind a unit, makes another word of it: 3台 counts, 3台阶 does not."""
_SPOKEN_NAMES = frozenset("里国期方分区字环面")
"""Units that behind a spoken numeral are mostly a name or an ordinal: 三国, 二期, 十分, 双方."""
_SPELLINGS = {
    "块钱": "元", "元钱": "元", "人民币": "元", "元人民币": "元", "公分": "厘米", "公尺": "米", "港币": "港元",
    "日圆": "日元", "美金": "美元", "新台币": "台币", "百分点": "个百分点", "km": "公里", "千米": "公里",
    "cm": "厘米", "mm": "毫米", "kg": "公斤", "千克": "公斤", "㎡": "平方米", "m2": "平方米", "平米": "平方米",
    "km2": "平方公里", "平方千米": "平方公里", "立方": "立方米", "m3": "立方米", "公升": "升", "个小时": "小时",
    "秒钟": "秒", "个星期": "周", "星期": "周", "摄氏度": "℃", "周岁": "岁", "号人": "人", "标准箱": "标箱",
}  # fmt: skip
_SAME_SCALE = {
    "公里": ("米", "1000"), "里": ("米", "500"), "华里": ("米", "500"), "厘米": ("米", "0.01"),
    "毫米": ("米", "0.001"), "平方公里": ("平方米", "1000000"), "公顷": ("平方米", "10000"), "吨": ("公斤", "1000"),
    "斤": ("公斤", "0.5"), "克": ("公斤", "0.001"), "兆瓦": ("千瓦", "1000"), "名": ("人", "1"), "位": ("人", "1"),
    "‰": ("%", "0.1"), "成": ("%", "10"),
}  # fmt: skip
_MEASURED = {
    "money": "元 美元 港元 欧元 日元 英镑 卢布 韩元 台币 加元 澳元 新元",
    "time": "小时 分钟 秒 毫秒 天 年 个月 周 周年 昼夜 载 学时 课时",
    "length": "米 英里 海里 微米 纳米 分米 英寸 英尺 光年",
    "weight": "公斤 毫克 磅 盎司",
    "area": "平方米 亩 顷",
    "volume": "立方米 升 毫升",
    "age": "岁",
    "share": "% 个百分点 倍",
    "people": "人 口 户",
}
"""Units by what they measure, without those that _SAME_SCALE converts."""
_MEASURE_OF = {unit: measure for measure, units in _MEASURED.items() for unit in units.split()}
COUNT = "count"
"""What is asked for by a counter (多少家): any number of things or people, but no length and no money."""
NUMBER_OF = "(?<![函参系指少多半负整奇偶])数"
"""Ends what is counted, 受伤人数, and not 函数."""
AMOUNT_OF = "(?<![质力能肚胆尽])量"
RATE = "(?<![汇频功速心效])率"
AT_THE_END = r"(?=$|\s(?:截[至止到])?[\d年月日号底末初-]+$)"
"""A date may follow: 普及率 截至2025年底."""
_ASKING = {
    "share": "百分之(?:多少|几)|几成",
    "money": "多少[钱元]",
    "time": "多长时间|多久",
    "length": "多[远宽深厚高](?![的价兴])|多长(?!时间)",
    "weight": "多重",
    "age": "多大(?:年纪|岁数|年龄)",
    "people": "多少人口",
}
_ATTRIBUTES = {
    "money": "价格?|费用?|资金|产值|收入|支出|工资|税收?|花费|票房|利润|营收|(?<!名)额",
    "length": "[高长宽深厚]度|里程|身高|体长|全长|水深|主跨",
    "weight": "[体净]重|重量",
    "area": "面积",
    "age": "年龄",
    "share": f"占比|比[例重]|[增涨降跌]幅|增速|{RATE}",
    "people": "人口",
    COUNT: NUMBER_OF,
}
"""
Nouns that say what is measured, before 多少 or at the end: 总人口是多少, 花江峡谷大桥 高度. Written down from what is
reported in papers, 增速, 票房 and 人数 after reading what failed of the questions on news.
"""
_ASKED = [
    *((measure, re.compile(words)) for measure, words in _ASKING.items()),
    *(
        (measure, re.compile(f"(?:{nouns})[总额数是为有达到约]*(?:多少|{AT_THE_END})"))
        for measure, nouns in _ATTRIBUTES.items()
    ),
]
_UNIT_ASKED = re.compile("(?:多少|几)[十百千万亿]*")
"""What stands in front of the unit that is asked for: 多少亿元, 几岁."""
_LATIN = "abcdefghijklmnopqrstuvwxyz0123456789"
_COUNTED = frozenset(_COUNTERS.split())
_UNITS = frozenset(_MEASURES.split()) | _COUNTED
_SIZES = range(max(map(len, _UNITS)), 0, -1)


def unit_at(folded: str, at: int, spoken: bool = False) -> str:
    """
    Return the unit that begins at `at` in folded text as printed, the longest one; "" when none does.

    spoken  the numeral before it is in Chinese characters
    """
    for size in _SIZES:
        unit = folded[at : at + size]
        if unit not in _UNITS:
            continue
        behind = folded[at + size : at + size + 1]
        if behind and behind in (_LATIN if unit.isascii() else _OTHER_WORDS.get(unit, "")):
            continue
        return "" if spoken and unit in _SPOKEN_NAMES else unit
    return ""


def plain_unit(unit: str) -> str:
    """Return the one spelling `unit` is compared in: km -> 公里, 块钱 -> 元."""
    return _SPELLINGS.get(unit, unit)


def measure_of(unit: str) -> str:
    """Return what `unit` measures, a name in _MEASURED; "" for others."""
    return _MEASURE_OF.get(_in(unit)[0], "")


def measure_asked(folded: str, end: int) -> str:
    """Return what is asked to be measured by a question whose question word ends at `end`; "" when it does not say."""
    if said := next((measure for measure, asking in _ASKED if asking.search(folded[: end + 2])), ""):
        return said
    asked = next((found for found in _UNIT_ASKED.finditer(folded) if found.end() >= end), None)
    unit = unit_at(folded, asked.end()) if asked else ""
    return COUNT if is_counter(unit) else measure_of(unit)


def measures(unit: str, asked: str) -> bool:
    """Tell whether an amount in `unit` may be what `measure_asked` names: without a unit any, 24个春秋 a time."""
    if asked == COUNT:
        return not unit or is_counter(_in(unit)[0])
    return not unit or measure_of(unit) == asked or (unit == "个" and asked == "time")


def is_counter(unit: str) -> bool:
    """Tell whether `unit` counts things one by one (家, 名), rather than measures them (亩, 元, 年)."""
    return unit in _COUNTED


def same_unit(a: str, b: str) -> bool:
    """Tell whether amounts in `a` and `b` can be the same amount: 人 and 位, 公里 and 米, 个 and any other counter."""
    a, b = _in(a)[0], _in(b)[0]
    return a == b or (a == "个" and b in _COUNTED) or (b == "个" and a in _COUNTED)


def in_common(value: Decimal, unit: str) -> Decimal:
    """Return `value` in the unit that all units measuring the same thing are compared in."""
    return value * _in(unit)[1]


def _in(unit: str) -> tuple[str, Decimal]:
    unit = plain_unit(unit)
    base, factor = _SAME_SCALE.get(unit, (unit, "1"))
    return base, Decimal(factor)
