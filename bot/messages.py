"""Every sentence a person reads, by the place it is read in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

# ---- Citations ------------------------------------------------------------------------------------------------------

UNTITLED = "无标题"
TITLE_INFERRED = "标题推断"
UNDATED = "日期未标注"
SAME_ARTICLE = "同一篇"


def paragraph(number: int) -> str:
    return f"第{number}段"


def page(number: str, name: str) -> str:
    """Return "第A01版（要闻）", or what of it is known."""
    if not number:
        return name
    return f"第{number}版（{name}）" if name else f"第{number}版"


# ---- Settings -------------------------------------------------------------------------------------------------------

WANTS_NUMBERS = "应是数字，多个用逗号隔开，如 7 或 7,42"
WANTS_POSITIVE = "应是正整数"
WANTS_PORT = "应是 1 到 65535 之间的端口号"
WANTS_ZONE = "不认识的时区，应如 Asia/Shanghai"
WANTS_URL = "应是 http:// 或 https:// 开头的地址，多个用逗号隔开，留空则用内置引擎"
NO_PASSWORD_IN_URL = "地址里不要写用户名和密码；请写进 WENBAO_ENGINE_USER 和 WENBAO_ENGINE_PASSWORD"
WANTS_INDEX_NAME = "应是小写字母、数字、下划线、连字符或点，以字母或数字开头"
WANTS_HTTPS = "应是 https:// 开头的地址，留空则用轮询"
WANTS_API_URL = "应只写协议、主机和端口，如 http://127.0.0.1:8081，不带 /bot"
WANTS_WEBHOOK_SECRET = "应是 1 到 256 个字母、数字、下划线或连字符"
WANTS_TOKEN = "还没有设置；请向 @BotFather 申请令牌，写进 .env"


def wants_one_of(choices: str) -> str:
    return "应是以下之一：" + choices.replace(" or ", "、").replace(", ", "、").replace("'", "")


def setting_problem(variable: str, wanted: str) -> str:
    return f"{variable}：{wanted}"


def unreadable_env_file(error: Exception) -> str:
    reason = "不是 UTF-8 文字" if isinstance(error, UnicodeDecodeError) else str(error)
    return f".env：读不了（{reason}）；请改正或删除它"


# ---- Command line ---------------------------------------------------------------------------------------------------

ABOUT = "Answer questions about a newspaper's archive with short, verbatim, cited snippets."
PROMPT = "问> "
LOOP_HINT = "一行一个问题，Ctrl-D 结束。"
NO_QUESTION = "没有问题：请写 wenbao ask 问题，或 wenbao ask --batch 文件"
QUESTION_AND_BATCH = "问题和 --batch 只能给一个"
BLANK_QUESTION = "空问题"
NOT_UTF8_QUESTION = "这一行不是 UTF-8 文字"
NO_ANSWER = "档案里没有找到答案。"
NEAREST = "可能相关："
BUILDING = "正在建立索引"
REFRESHING = "正在更新索引"
IMPORTING = "正在读取"
CANCELLED = "已取消，原来的索引没有改变。"
STAGES = {"listing": "查找文件", "lexicon": "收集词语", "reading": "读取", "committing": "写入索引"}


NO_CLUSTER = "没有设置 WENBAO_ENGINE_URL：用的是内置引擎，没有集群要检查"


def finding(step: str, told: str, *, good: bool) -> str:
    return f"{'✓' if good else '✗'} {step}：{told}"


ASKING = "正在提问"
ALL_KINDS = "全部"
SCORE_HEADS = (
    "题型", "题数", "R@1", "R@5", "R@10", "MRR", "片段@1", "片段@3", "EM", "F1", "作答",
    "应拒", "拒答", "AUROC", "p50 ms", "p95 ms",
)  # fmt: skip
FILE_AND_MORE = "只能给一个题目文件；其余路径应写在 --distractors 后面"
INDEX_OR_DISTRACTORS = "--index 和 --distractors、--keep 只能给一种：现成的索引，或为题目新建的索引"


def failure_rows(
    *, question: str, kind: str, golds: Sequence[str], marked: str, confidence: float
) -> Sequence[tuple[str, str]]:
    return (
        ("问题", f"{question}（{kind}）"),
        ("应答", " / ".join(golds) or "没有答案，应拒答"),
        ("所答", f"{marked or '拒答'}（{confidence:.2f}）"),
    )


def missing_batch(name: str, error: OSError) -> str:
    return f"{name}：打不开（{error.strerror or error}）；请检查路径"


def out_of_reach(error: OSError) -> str:
    """Say what the operating system refused, where no room of the archive gave it a name of its own."""
    where = f"{error.filename}：" if error.filename else ""
    return f"{where}{error.strerror or error}；请检查路径、权限和磁盘空间"


def building(corpus: str) -> str:
    return f"还没有索引，正在从 {corpus} 建立……"


def indexed(added: int, changed: int, removed: int, unchanged: int) -> str:
    return f"新增 {added} · 更新 {changed} · 移除 {removed} · 未变 {unchanged}"


def totals(articles: int, passages: int, seconds: float) -> str:
    return f"共 {articles:,} 篇 {passages:,} 段，用时 {seconds:.1f} 秒"


def duplicates(count: int) -> str:
    return f"另有 {count:,} 篇与收录的相同，只列为出处"


def ignored(count: int) -> str:
    return f"忽略 {count} 个其他格式的文件"


def skipped(count: int) -> str:
    return f"跳过 {count} 处"


def exported(articles: int, sources: int, target: str) -> str:
    return f"{sources:,} 个文件里的 {articles:,} 篇已写入 {target}"


def unsure(count: int) -> str:
    return f"其中 {count} 篇有拿不准的地方，写在各自的 flags 里"


def more(count: int) -> str:
    return f"……另有 {count} 处，见 wenbao status --problems"


def source_problem(source: str, reason: str) -> str:
    return f"{source}：{reason}"


def updated(at: dt.datetime, articles: int) -> str:
    return f"档案更新于 {at:%m-%d %H:%M} · {articles:,} 篇"


def status_rows(
    *,
    where: str,
    articles: int,
    passages: int,
    sources: int,
    first: dt.date | None,
    last: dt.date | None,
    committed_at: dt.datetime,
    segmenter: str,
    lexicon: int,
    problems: int,
) -> Sequence[tuple[str, str]]:
    return (
        ("索引", where),
        ("文章", f"{articles:,} 篇，{passages:,} 段"),
        ("来源", f"{sources:,} 个文件"),
        ("日期", f"{first} 至 {last}" if first and last else UNDATED),
        ("更新", f"{committed_at:%Y-%m-%d %H:%M %Z}"),
        ("切词", f"{segmenter}，本地词 {lexicon:,} 个"),
        ("问题", f"{problems:,} 处" + ("，用 --problems 查看" if problems else "")),
    )


# ---- Telegram: readers ----------------------------------------------------------------------------------------------
# Templates for `speech.Speech`, which also words them in traditional characters.

HELLO = (
    "您好，这里是报纸档案的问答。\n"
    "直接发一个问题，我从档案里找出原句，并注明报纸、日期、版次和段落；每个字都出自原文。\n\n"
    "试试：\n{examples}\n\n"
    "/help 看全部用法"
)
HELP = (
    "直接发问题即可；群里请 @我、回复我，或用 /ask 问题。\n"
    "例如：\n{examples}\n\n"
    "接着问：得到回答后，十分钟内可以说“那产值呢？”“投产的呢”，也可以回复那条回答；/new 换话题。\n"
    "在任何聊天里输入 @{username} 问题，可以直接引用一条回答。\n\n"
    "/browse 2025-08-12　按日期看一期报纸\n"
    "/latest　最近一期\n"
    "/watch 关键词　新文章提到时通知\n"
    "/unwatch 关键词　不再通知\n"
    "/privacy　保存了什么　/forget　删除它"
)
EXAMPLE = "· {question}"
NO_EXAMPLES = "· （档案里还没有文章）"
PRIVACY = (
    "保存的内容只在这台服务器上：\n"
    "· 您问过的问题和当时的回答，{days} 天后删除，用于按钮翻页和改正；\n"
    "· 您点的 👍 👎 及对应的问答；\n"
    "· 您的 /watch 关键词；\n"
    "· 不记名的计数，如每天的提问数。\n"
    "“接着问”的话题只在内存里，十分钟后忘记。日志不记问题的文字。\n"
    "/forget 立即删除您的全部记录。"
)
FORGOTTEN = "已删除您的记录：问题 {questions} 条，评价 {verdicts} 条，关注 {watches} 个。"
NEW_TOPIC = "好的，换个话题。"
ASK_USAGE = "请在 /ask 后面写上问题，例如：\n/ask {example}"
ASK_EXAMPLE = "某某产业园有多少企业"
TOO_LONG = "问题太长了（超过 {limit} 字）。请用一两句话问一件事。"
NOT_A_QUESTION = "请用文字写出想问的事，例如“{example}”。"
ONLY_TEXT = "我只读得懂文字。请把想问的事写成一句话，例如“{example}”。"
SLOW_DOWN = "您问得有点快，每分钟最多 {rate} 个问题。请过一会儿再问。"
NOT_SERVED = "抱歉，这个机器人只为指定的会话服务。如需使用，请联系管理员。"
STILL_INDEXING = "正在建立索引，请稍后再问。"
STILL_INDEXING_AT = "正在建立索引（{done}/{total}），请稍后再问。"
BROKEN = "抱歉，刚才出了点问题，已经记录。请稍后再试。"
ARCHIVE_AWAY = "档案暂时无法查询，请稍后再试。"
UNKNOWN_COMMAND = "没有这个命令。/help 看全部用法。"
EMPTY_ARCHIVE = "档案里还没有文章，请联系管理员。"
EXPIRED = "这个按钮已经过期，请重新提问。"
GONE = "这篇文章已不在档案里。"
THANKS = "谢谢，已记下。"

NOT_FOUND = "档案里没有找到“{question}”的答案。"
NOTHING_NEAR = "也没有相近的段落。可以换个说法，或写出完整的名称。"
MAYBE = "可能相关："
DOUBTFUL = "把握不大，原文可能没有直接回答，请自行判断："
UNDERSTOOD = "按“{name}”查找"
ASKED_AS = "按“{question}”查找"
FRESHNESS = "档案更新于 {at} · {articles} 篇"
PARAGRAPH = "第{n}段"
PAGE_NO = "第{page}版"
ALSO = " · 另见 {n} 处"
ALSO_NAMED = " · 另见 {n} 处：{names}"
QUESTION_LINE = "问　{question}"

FULL_TEXT = "全文"
FULL_TEXT_OF = "全文 {n}"
COPY = "引用"
COPY_OF = "引用 {n}"
ORIGINAL = "原文网页"
WHOLE_ISSUE = "本期目录"

LATEST_UNDATED = "档案里没有标注日期的文章。"
BROWSE_USAGE = "请写日期，例如 /browse {example}"
NOTHING_THAT_DAY = "{date} 没有文章。"
NO_ISSUES = "档案里没有标注日期的报纸。"
NEARBY_ISSUES = "邻近的有："
ISSUE = "{date}　共 {n} 篇"
ISSUE_UNDATED = "日期未标注　共 {n} 篇"
NO_PAGE = "版次未标注"
UNDATED_BUTTON = "日期未标注"

WATCH_USAGE = "请写关键词，例如 /watch {example}"
WATCHING = "已关注“{word}”：新收录的文章提到时通知这里，每天最多 {cap} 条。"
WATCHING_ALREADY = "已经在关注“{word}”了。"
WATCH_LIST = "这里关注着：{words}\n/unwatch 关键词 可取消。"
WATCH_NONE = "这里还没有关注的关键词。用 /watch 关键词 添加。"
WATCH_TOO_MANY = "最多关注 {limit} 个关键词，请先用 /unwatch 取消一些。"
WATCH_BAD_WORD = "关键词请写 2 到 30 个字。"
UNWATCHED = "不再关注“{word}”。"
UNWATCHED_NONE = "没有关注过“{word}”。"
WATCH_NEWS = "关注的“{words}”有新文章："
WATCH_REST = "今天的通知已满 {cap} 条，另有 {n} 篇新文章没有逐条发送，可用 /latest 或提问查看。"

INLINE_NONE = "没有找到，点此看用法"
INLINE_HELP = "输入问题，从档案里引用一条回答"
INLINE_WAIT = "正在建立索引，请稍后"

# ---- Telegram: admins -----------------------------------------------------------------------------------------------

ADMINS_ONLY = "这个命令只供管理员使用。如有需要，请联系管理员。"
REINDEX_USAGE = "用 /reindex 更新有变化的文件，或 /reindex full 全部重建。"
REINDEX_RUNNING = "正在重建索引，请等它完成，或用 /cancel 取消。"
REINDEX_STARTED = "开始更新索引……"
REINDEX_STARTED_FULL = "开始全部重建……"
REINDEX_PROGRESS = "{stage} {done}"
REINDEX_PROGRESS_OF = "{stage} {done}/{total}"
REINDEX_RATE = " · {rate} 个/秒"
REINDEX_DONE = (
    "新增 {added} · 更新 {changed} · 移除 {removed} · 跳过 {skipped}\n共 {articles} 篇 {passages} 段，用时 {seconds} 秒"
)
REINDEX_SKIPPED = "· {source}：{reason}"
REINDEX_SKIPPED_MORE = "……另有 {n} 处，见 /problems"
REINDEX_FAILED = "重建索引失败：{reason}\n原来的索引仍在使用。"
REINDEX_FAILED_FIRST = "没能建立索引：{reason}"
SEE_LOG = "内部错误，详见日志"
REINDEX_CANCELLED = "已取消，原来的索引没有改变。"
CANCELLING = "正在取消……"
NOTHING_TO_CANCEL = "现在没有在重建索引。"
STATUS = (
    "文章 {articles} 篇，{passages} 段\n"
    "日期 {dates}\n"
    "索引更新于 {at}（{age}前）\n"
    "引擎 {engine}，{size}\n"
    "今天提问 {questions} 个，答出 {share}\n"
    "问题 {problems} 处"
)
STATUS_DATES = "{first} 至 {last}"
ON_CLUSTER = "在集群上"
MINUTES = "{n} 分钟"
HOURS = "{n} 小时"
DAYS = "{n} 天"
STATUS_NO_QUESTIONS = "（还没有提问）"
STATUS_REINDEXING = "正在重建索引：{progress}"
NO_PROBLEMS = "没有问题：所有文件都已收录。"
PROBLEMS = "未能收录或存疑的有 {n} 处："
PROBLEM = "· {source}：{reason}"
PROBLEMS_MORE = "……另有 {n} 处，用 wenbao status --problems 查看全部。"

LEXICON_USAGE = "用 /lexicon list 查看，/lexicon add 词 添加，/lexicon remove 词 删除。"
LEXICON_LIST = "本地词 {n} 个：\n{words}"
LEXICON_EMPTY = "还没有添加本地词。"
LEXICON_ADDED = "已添加“{word}”。下一次 /reindex full 起生效。"
LEXICON_KNOWN = "已经有“{word}”了。"
LEXICON_REMOVED = "已删除“{word}”。下一次 /reindex full 起生效。"
LEXICON_UNKNOWN = "没有添加过“{word}”。"
LEXICON_BAD_WORD = "词请写 2 到 20 个字，不含空格。"

UPLOAD_ADMINS_ONLY = "只有管理员可以添加文件。想提问的话，请直接写出问题。"
UPLOAD_BAD_NAME = "文件名“{name}”不能用，请改名后再发。"
UPLOAD_BAD_TYPE = "不认识“{name}”的格式。可以收录：{suffixes}"
UPLOAD_TOO_LARGE = "文件超过 {limit} MB，机器人取不到。请直接放进档案文件夹，再用 /reindex。"
UPLOAD_NOT_FETCHED = "从 Telegram 取不到“{name}”（{reason}）。请再发一次，或直接放进档案文件夹，再用 /reindex。"
UPLOAD_UNREADABLE = "没有收录“{name}”：{reason}"
UPLOAD_EMPTY = "里面没有可以收录的段落"
UPLOAD_SAVED = "已收录“{name}”，{articles} 篇。"
UPLOAD_REPLACED = "已用新文件替换“{name}”，{articles} 篇。"

REMOVE_USAGE = "用 /remove 来源文件名，或 /remove 段落链接。"
REMOVE_UNKNOWN = "档案里没有“{what}”。"
REMOVE_SEVERAL = "“{what}”对应多个来源，请写得完整一些：\n{sources}"
REMOVE_SOURCE = "要移除来源“{source}”（{articles} 篇）吗？移除后，以后的重建也不会再收录它；文件本身保留。"
REMOVE_ARTICLE = "要移除文章{title}吗？移除后，以后的重建也不会再收录它；来源里的其他文章不受影响。"
REMOVE_YES = "确认移除"
REMOVE_NO = "不移除"
REMOVED = "已移除{what}。"
KEPT = "没有移除。"

FEEDBACK_NONE = "还没有 👎。"
FEEDBACK_LIST = "最近的 👎（共 {n} 条）："
FEEDBACK_ENTRY = "{at}　{question}\n　→ {answer}"
FEEDBACK_NO_ANSWER = "没有找到"
FEEDBACK_FILE = (
    "评价过的问题，可供 wenbao eval 使用。👍 的答案已填好；👎 的 answers 留空，请填上正确答案（留空表示应当拒答），"
    "said 是当时的回答。"
)

COMMANDS = {
    "help": "用法和例子",
    "ask": "提问",
    "latest": "最近一期",
    "browse": "按日期看一期",
    "watch": "关注关键词",
    "unwatch": "取消关注",
    "new": "换个话题",
    "privacy": "保存了什么",
    "forget": "删除我的记录",
}
ADMIN_COMMANDS = {
    "reindex": "更新索引",
    "cancel": "取消更新",
    "status": "档案状态",
    "problems": "未能收录的文件",
    "lexicon": "本地词",
    "remove": "移除来源或文章",
    "feedback": "评价",
}

# ---- Telegram: operators --------------------------------------------------------------------------------------------

ANOTHER_BOT = "Telegram 说另一个程序正用同一个令牌收取消息（409）；请先停掉它，再启动 wenbao serve"
BAD_TOKEN = "WENBAO_TELEGRAM_TOKEN：Telegram 不认这个令牌；请向 @BotFather 核对"
NO_SECRET = "WENBAO_WEBHOOK_SECRET：使用 WEBHOOK_URL 时必须设置，1 到 256 个字母、数字、下划线或连字符"
STATE_BUSY = "{path}：打不开状态文件（{reason}）；请检查路径和权限"
STATE_NEWER = "{path}：由更新版本的 wenbao 写成（版本 {found}，本程序认识到 {known}）；请升级 wenbao"
PORT_TAKEN = "{variable}：端口 {port} 用不了（{reason}）；请换一个端口"
UNREACHABLE = "连不上 Telegram（{reason}）；请检查网络，或 WENBAO_TELEGRAM_API_URL"

CHAT_HINT = "直接提问，或输入 /help；数字按按钮，/upload 文件 发送文件，Ctrl-D 结束。"
CHAT_EDITED = "（消息已更新）"
CHAT_NO_BUTTON = "没有这个按钮。"
CHAT_NO_FILE = "{path}：没有这个文件；请检查路径"

UNKNOWN_PEER = "没有名为 {name} 的对比引擎；可选 {known}"

SOURCES_A_SECOND = "{rate} 个/秒"
