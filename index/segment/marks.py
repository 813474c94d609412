"""What newspapers print to mark a line's part: sources, bylines, datelines, names of notices, page furniture."""

from __future__ import annotations

import re

from index.normalize import widen

_CLOSED = re.compile(r"[。！？!?…；;：:—～．.][”’」』）)】》]*$|[）)】]$|\s摄影?$")
_LEADS_ON = re.compile(r"(?:——|[：:])$")

_PEOPLE = r"(?:记者|通讯员|实习生|撰稿人?|撰文|采写|作者|摄影|文[/／]图|图[/／]文|文|图)"
_RANK = r"(?:全媒体|见习|实习|特约|首席|驻[一-鿿]{1,4}|本报|本刊|本网|本台)"
_NAMES = r"[一-鿿·]{2,4}(?:[\s、，,；;丨|/／]+\S+)*"
_BYLINE = re.compile(
    rf"[□■●◆]?\s*{_RANK}*(?:{_PEOPLE}[：:/／\s丨|]+{_NAMES}|(?:(?<=本报)|(?<=媒体))(?:记者|通讯员){_NAMES})|□\s*{_NAMES}"
)
_PAPER = r"(?:日报|晚报|晨报|时报|早报|商报)"
_SOURCE_WORDS = (
    r"综合|综编|本报|本刊|本网|本台|记者|通讯员|新华社|中新社|来源|作者|摘自|摘编|转自|转载|供稿|据.{1,20}"
    rf"|[文图][/／：].{{0,20}}|.{{2,10}}(?:{_PAPER}|周刊|网)"
)
_SOURCE = re.compile(rf"[（(【](?:{_SOURCE_WORDS}).{{0,40}}[）)】]")
_NOT_A_PHOTO = r"(?![^（）()]{1,40}[摄图][）)])"
_SOURCE_SUFFIX = re.compile(
    rf"[（(]{_NOT_A_PHOTO}((?:综合|综编|据.{{1,20}}|(?:{_RANK}|记者|通讯员|作者|来源|摘自|转自)[^（）()]{{1,38}}))[）)]$"
)
_AGENCY = (
    r"(?:据?\s*(?:新华社|新华网|中新社|中新网|人民网|央视网?|本\s*报|本刊|本网|本台"
    rf"|[一-鿿]{{2,6}}(?:{_PAPER}|新闻网|通讯社)))"
)
_NOT_A_WIRE = r"(?![话視视子影力网商器动脑信台站池息号问报缆源梯机])"
_DATELINE = re.compile(
    rf"[（(]?{_AGENCY}\s*[一-鿿·/]{{0,8}}?\s*(?:\d{{1,4}}\s*年)?\s*(?:\d{{1,2}}\s*月)?\s*(?:\d{{1,2}}\s*日)?\s*"
    rf"(?:[（(][^）()]{{1,40}}[）)])?\s*综?合?(?<![视资通来热供停用发水火核风光送输充家短简喜音])(?:[讯電电]{_NOT_A_WIRE}|消息\s*(?=[（(：:，,]))"
)
_DATELINE_REPORTERS = re.compile(r"[（(]([^（）()]{0,12}(?:记者|通讯员)[^（）()]{1,40})[）)]")

_DIGIT = r"[\d一二三四五六七八九十]{1,3}"
_DATE = re.compile(rf"(?:\d{{4}}|[〇零○一二三四五六七八九]{{4}})\s*年\s*{_DIGIT}\s*月\s*{_DIGIT}\s*日")

_NOTICE_NAME = r"(?:公告|声明|启事|通告|公示|通知书|招标书|讣告)(?:书|函)?(?:[（(].{1,12}[）)])?"
_NOTICE = re.compile(rf"[^。！？；]{{0,40}}{_NOTICE_NAME}")
_NEWS_OF_NOTICE = re.compile(r"(?!关于).*(?:发布|发表|刊登|刊发|发出|作出|出台|签署|回应|联合声明|印发)")
_NOTICE_OPENING = re.compile(rf"([^。！？；，,：:\s]{{0,14}}{_NOTICE_NAME})(?:[：:]|[\s\u3000]+)(?=\S)")
_COLUMN = re.compile(
    r"(?:公告|通告|声明|启事|公示|遗失|分类(?:广告|信息)|便民信息|广告|招聘信息)(?:专?栏|专?版|专区|集锦|窗口?|之窗)"
    r"|分类(?:广告|信息)"
)
_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}(?:、|[）)])")
_EDITORS = r"(?:责任编辑|责编|本版编辑|本版责编|编辑|美术编辑|美编|版式|校对|组版|值班\S{0,3}|一审|二审|三审)"
_FURNITURE = re.compile(
    "|".join(
        (
            r"第?\s*[A-Za-z]?\d{1,3}\s*版(?:\s*[:：·|/丨]\s*\S{0,8}|\s+\S{0,8})?",
            r"[A-H]\d{1,2}(?:\s*[:：·|/丨]\s*|\s+)[一-鿿]{1,8}|(?:[一-鿿]{2,6}\s*[/|·]?\s*)?[A-H]\d{2}",
            r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日[\s/|·]*(?:星期|周|农历|第).{0,40}",
            rf"[□■]?\s*{_EDITORS}\s*[:：/丨|].{{0,60}}",
            r"[（(]?\s*(?:下转|上接|紧接|转接)\S{0,10}版\S{0,8}\s*[）)]?",
            r"[-—－·\s]*\d{1,3}[-—－·\s]*",
        )
    )
)
_LONGEST = 80


def is_source(line: str) -> bool:
    """(综合), （本报记者 张三）: a line in brackets that says where an article is from."""
    return len(line) <= _LONGEST and bool(_SOURCE.fullmatch(widen(line)))


def is_byline(line: str) -> bool:
    """本报记者 张三 通讯员 李四, without brackets."""
    return len(line) <= _LONGEST and bool(_BYLINE.fullmatch(widen(line)))


def is_date(line: str) -> bool:
    """Nothing but a day."""
    return len(line) <= _LONGEST and bool(_DATE.fullmatch(line))


def is_notice_column(line: str) -> bool:
    """公告栏, 分类广告: the heading over notices."""
    return len(line) <= _LONGEST and bool(_COLUMN.fullmatch(line))


def is_label(head: str) -> bool:
    """【核心提示】: names a part of an article and is never its title."""
    return head.startswith("【") and head.endswith("】")


def is_numbered(head: str) -> bool:
    """一、项目概况, （二）: one of several parts of an article."""
    return bool(_NUMBERED.match(head))


def is_furniture(line: str) -> bool:
    """Belongs to the page and not to an article: 第A02版, 责编, 下转第三版, a page number."""
    return len(line) <= _LONGEST and bool(_FURNITURE.fullmatch(line))


def is_closed(text: str) -> bool:
    """It ends as a sentence ends: a block that does not was cut by a column break."""
    return bool(_CLOSED.search(text[-12:]))


def has_dateline(text: str) -> bool:
    """It opens with 本报…讯, 新华社…电 or the like."""
    return bool(_DATELINE.match(text[:80]))


def reporters(text: str) -> str:
    """Return who reports, as printed after a dateline or at the end in brackets: "记者 张三", or ""."""
    if has_dateline(text) and (named := _DATELINE_REPORTERS.search(text[:100])):
        return named[1].strip()
    closing = _SOURCE_SUFFIX.search(text[-60:])
    return closing[1].strip() if closing else ""


def ends_with_source(text: str) -> bool:
    """Its last words are a source in brackets: …。(本报记者 张三)."""
    return bool(_SOURCE_SUFFIX.search(text[-60:]))


def leads_on(head: str) -> bool:
    """It ends in —— or ：, so what follows completes it."""
    return bool(_LEADS_ON.search(head))


def names_notice(head: str) -> bool:
    """It is the heading of a notice, rather than news about one."""
    return len(head) <= 80 and bool(_NOTICE.fullmatch(head)) and not _NEWS_OF_NOTICE.match(head)


def notice_opening(body: str) -> str:
    """Return the heading a notice carries in its first line: "遗失声明：张三……" gives 遗失声明, else ""."""
    opening = _NOTICE_OPENING.match(body[:60])
    return opening[1] if opening and names_notice(opening[1]) else ""
