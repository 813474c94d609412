"""What the text of a newspaper page is understood to say."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from index.segment import Page, Story, segment

CORPUS = Path(__file__).parents[1] / "corpus"
BODY = "白石镇今年修好灌渠12公里,受益农田4300亩。"
CUT = "今年修好的灌渠从白石水库引水,全长十二公里,一路向东流经"


def page(name: str) -> Page:
    return segment((CORPUS / f"page_{name}.txt").read_text("utf-8"))


def titles(found: Page) -> list[str]:
    return [story.title for story in found.stories]


def texts(story: Story) -> list[str]:
    return [paragraph.text for paragraph in story.paragraphs]


def sections(story: Story) -> list[str]:
    return list(dict.fromkeys(paragraph.section for paragraph in story.paragraphs))


def only(text: str) -> Story:
    (story,) = segment(text).stories
    return story


class TestHeadlines:
    @pytest.mark.parametrize("kicker", ["从望天田到吨粮田——", "白石镇:", "白石镇："])
    def test_an_unfinished_line_before_a_title_is_its_kicker(self, kicker):
        story = only(f"\n\n{kicker}\n\n# 灌渠通到田埂上\n\n{BODY}\n")
        assert (story.kicker, story.title, texts(story)) == (kicker, "灌渠通到田埂上", [BODY])

    @pytest.mark.parametrize(
        "block",
        [
            "{kicker}\n\n# {title}\n\n{kicker}\n\n## {title}",
            "# {kicker}\n\n# {title}\n\n## {title}",
            "{kicker}\n\n{title}\n\n{kicker}\n\n# {title}",
            "# {title}\n\n{kicker}\n\n{title}",
        ],
    )
    def test_a_headline_printed_twice_counts_once(self, block):
        kicker, title = "从望天田到吨粮田——", "灌渠通到田埂上"
        story = only(f"{block.format(kicker=kicker, title=title)}\n\n{BODY}\n")
        assert story.title == title
        assert story.kicker in (kicker, "")
        assert texts(story)[-1] == BODY
        assert f"{story.kicker}{texts(story)}".count(kicker) == 1

    def test_a_line_under_the_title_that_begins_with_a_dash_is_its_subtitle(self):
        story = only(f"# 灌渠通到田埂上\n\n——白石镇治水三年\n\n{BODY}")
        assert (story.title, story.subtitle) == ("灌渠通到田埂上", "——白石镇治水三年")

    def test_a_deeper_mark_is_a_section_and_the_same_mark_another_article(self):
        found = segment(f"# 灌渠通水\n\n{BODY}\n\n## 水从哪来\n\n{BODY}\n\n# 电站并网\n\n{BODY}")
        assert titles(found) == ["灌渠通水", "电站并网"]
        assert sections(found.stories[0]) == ["", "水从哪来"]

    def test_the_heading_of_the_page_is_no_article(self):
        found = segment(f"# 要闻\n\n## 灌渠通水\n\n{BODY}\n\n## 电站并网\n\n{BODY}")
        assert titles(found) == ["灌渠通水", "电站并网"]

    def test_a_label_in_brackets_names_a_part_and_is_no_title(self):
        story = only(f"白石镇修好灌渠\n\n【核心提示】\n\n{BODY}")
        assert (story.title, sections(story)) == ("白石镇修好灌渠", ["【核心提示】"])

    def test_a_headline_twice_with_kicker_subtitle_and_byline_is_one_article(self):
        story = page("headline_twice").stories[0]
        assert story.title == "青石镇把烂泥塘变成荷花荡"
        assert story.kicker == "从烂泥塘到荷花荡:"
        assert story.subtitle == "——一个低洼镇的治水账"
        assert story.author == "全媒体记者 许墨 通讯员 唐晚"


class TestSections:
    def test_short_lines_before_body_text_are_one_section_heading(self):
        story = only(f"# 灌渠通水\n\n{BODY}\n\n水从哪来  \n水到哪去\n\n{BODY}")
        assert sections(story) == ["", "水从哪来 水到哪去"]

    def test_a_heading_may_pause_at_a_comma_where_its_line_breaks(self):
        assert sections(page("loop").stories[0]) == ["", "湖边人换了营生,桨还握在手里"]

    def test_a_short_sentence_is_text_and_no_heading(self):
        story = only(f"# 灌渠通水\n\n{BODY}\n\n“渠不能断!”\n\n{BODY}")
        assert (sections(story), len(story.paragraphs)) == ([""], 3)

    def test_four_short_lines_are_not_a_heading(self):
        story = only(f"# 灌渠通水\n\n{BODY}\n\n甲渠三里\n\n乙渠四里\n\n丙渠五里\n\n丁渠六里\n\n{BODY}")
        assert texts(story)[1] == "甲渠三里"


class TestColumnBreaks:
    def test_a_block_cut_within_its_sentence_joins_the_next(self):
        story = page("loop").stories[0]
        joined = story.paragraphs[0]
        assert joined.text.endswith("小天鹅数到1760只,比上一年多出近三成。")
        assert joined.joined
        assert [paragraph.joined for paragraph in story.paragraphs[1:]] == [False]

    def test_a_heading_between_two_blocks_keeps_them_apart(self):
        story = only(f"# 灌渠通水\n\n{CUT}\n\n水到哪去\n\n下游的三个村子,四千亩田。")
        assert len(story.paragraphs) == 2

    def test_a_title_between_two_blocks_keeps_them_apart(self):
        found = segment(f"# 灌渠通水\n\n{CUT}\n\n# 电站并网\n\n{BODY}")
        assert [len(story.paragraphs) for story in found.stories] == [1, 1]

    def test_text_wrapped_to_a_column_is_put_together_again(self):
        first, second = page("wrapped").stories
        assert (first.title, second.title) == ("山村快递站开张", "冬修水利忙")
        assert "腊月里的云盘村,比往年热闹" in texts(first)[0]
        assert texts(first)[1] == "站长赵小芹今年二十九岁,去年从东莞回来。她说,一年下来能替村里人省下跑镇上的工夫。"
        assert second.author == "记者 林遥 通讯员 方可"


class TestSourcesAndBeginnings:
    @pytest.mark.parametrize(
        ("line", "author"),
        [
            ("(综合)", "综合"),
            ("（本报记者 顾帆 通讯员 柳青）", "本报记者 顾帆 通讯员 柳青"),
            ("(来源:白石日报)", "来源:白石日报"),
        ],
    )
    def test_a_source_in_brackets_ends_its_article_and_is_no_paragraph(self, line, author):
        found = segment(f"# 灌渠通水\n\n{BODY}\n\n{line}\n\n石门坳的米糖出了锅,一锅二十八斤。")
        first, second = found.stories
        assert (first.author, texts(first)) == (author, [BODY])
        assert (second.title, second.kind) == ("", "news")

    def test_brackets_that_name_no_source_stay_in_the_text(self):
        assert len(only(f"# 灌渠通水\n\n{BODY}\n\n(渠长见下表)\n\n{BODY}").paragraphs) == 3

    def test_a_source_at_the_end_of_the_last_sentence_is_kept_and_ends_the_article(self):
        found = segment(f"# 灌渠通水\n\n{BODY}(记者 夏言)\n\n石门坳的米糖出了锅,一锅二十八斤。")
        assert found.stories[0].author == "记者 夏言"
        assert texts(found.stories[0]) == [f"{BODY}(记者 夏言)"]
        assert len(found.stories) == 2

    def test_a_photo_credit_ends_nothing(self):
        assert len(only(f"# 灌渠通水\n\n{BODY}(记者 夏言 摄)\n\n{BODY}").paragraphs) == 2

    def test_a_dateline_after_a_short_head_begins_an_article(self):
        found = page("datelines")
        assert titles(found) == ["古桥街区改造收尾", "老码头办起夜校", "国际乒联公布新规"]
        assert found.stories[1].kicker == "从堆煤场到露天课堂——"
        assert [story.author for story in found.stories] == ["记者 李秋 通讯员 何山", "本报记者 周舟", "记者 陈陌"]

    @pytest.mark.parametrize(
        "dateline",
        [
            "本报讯 ",
            "本报讯（记者 顾帆）",
            "本报白石3月3日讯 ",
            "白石日报3月3日讯(全媒体记者 顾帆)",
            "据新华社北京3月3日电 ",
            "新华社日内瓦3月3日电（记者 陈陌）",
            "中新网白石3月3日电 ",
            "央视网消息（新闻联播）：",
        ],
    )
    def test_the_usual_datelines_are_known(self, dateline):
        assert titles(segment(f"# 灌渠通水\n\n{BODY}\n\n米糖出锅\n\n{dateline}石门坳的米糖出了锅。")) == [
            "灌渠通水",
            "米糖出锅",
        ]

    @pytest.mark.parametrize("verb", ["新华社打来电话说", "本报视讯中心开播", "白石日报社新闻热线电话开通"])
    def test_words_that_only_look_like_a_dateline_begin_nothing(self, verb):
        assert titles(segment(f"# 灌渠通水\n\n{BODY}\n\n热线开通之后\n\n{verb},来电已有三百个。")) == ["灌渠通水"]

    def test_what_belongs_to_the_page_is_in_no_article(self):
        every = "".join(text for story in page("datelines").stories for text in [story.kicker, *texts(story)])
        assert "责任编辑" not in every
        assert "第03版" not in every
        assert "星期二" not in every


class TestTrailingTitles:
    def test_an_untitled_article_takes_the_head_after_its_body(self):
        story = page("loop").stories[1]
        assert (story.title, story.title_inferred) == ("白石县石门坳村:一锅米糖熬出年味", True)
        assert len(story.paragraphs) == 2

    def test_a_head_about_something_else_is_not_taken(self):
        story = segment(
            f"# 灌渠通水\n\n{BODY}\n\n(综合)\n\n覃师傅凌晨起锅,一锅糖要熬五个钟头。\n\n机场三期动工兴建"
        ).stories[1]
        assert (story.title, story.title_inferred) == ("", False)
        assert "机场三期动工兴建" in texts(story)
        assert story.flags

    def test_a_titled_article_takes_no_second_title(self):
        story = only("# 灌渠通水\n\n白石镇今年修好灌渠,受益农田4300亩。\n\n白石镇修好灌渠")
        assert (story.title, story.title_inferred) == ("灌渠通水", False)


class TestNotices:
    def test_repeats_and_truncated_repeats_go_and_near_repeats_stay_flagged(self):
        found = page("loop")
        notices = [story for story in found.stories if story.kind == "notice"]
        assert (len(notices), found.repeats) == (2, 2)
        assert all("识别循环" in "".join(notice.flags) for notice in notices)

    def test_the_day_under_a_notice_is_part_of_its_text(self):
        assert texts(page("loop").stories[2])[-1] == "2031年3月1日"

    def test_every_kind_of_notice_is_told_from_the_next(self):
        found = page("classified")
        assert titles(found) == ["遗失声明", "寻人启事", "招租", "白石区水务局关于停水检修的公告", "遗失声明"]
        assert {story.kind for story in found.stories} == {"notice"}
        assert "白石区水务局" in texts(found.stories[3])
        assert texts(found.stories[4]) == ["遗失声明:李冬青遗失残疾人证,声明作废。"]

    def test_notices_of_one_kind_about_different_things_are_not_flagged(self):
        assert not any(story.flags for story in page("classified").stories)

    def test_news_can_follow_a_dated_notice(self):
        notice, news = page("order_then_news").stories
        assert (notice.kind, news.kind) == ("notice", "news")
        assert news.title == "“河长”巡河用上无人机"
        assert texts(notice)[-2:] == ["白石市人民代表大会常务委员会", "2031年2月21日"]

    @pytest.mark.parametrize("title", ["外交部发表声明", "灌渠通水", "市水务局发布停水公告"])
    def test_news_about_a_notice_is_news(self, title):
        assert only(f"# {title}\n\n{BODY}").kind == "news"

    def test_a_marked_notice_between_articles_is_a_notice(self):
        assert [story.kind for story in page("headline_twice").stories] == ["news", "notice", "news", "news"]


class TestMarklessText:
    def test_unmarked_articles_are_told_by_datelines_bylines_and_titles_behind_them(self):
        first, second = page("unmarked").stories[:2]
        assert (first.title, first.title_inferred, len(first.paragraphs)) == ("白石港三号泊位恢复作业", True, 1)
        assert (second.title, second.author) == ('"菜篮子"里的学问', "本报记者 丁一")
        assert sections(second) == ["【核心提示】", "价格为什么降", "还会再降吗"]

    def test_text_without_any_beginning_is_an_excerpt_without_title(self):
        (story,) = page("markless").stories
        assert (story.kind, story.title, len(story.paragraphs)) == ("excerpt", "", 3)

    def test_an_unmarked_first_line_is_the_title_when_the_text_speaks_of_it_and_says_so(self):
        story = only("白石镇修好灌渠\n\n白石镇今年修好灌渠12公里,受益农田4300亩。")
        assert (story.kind, story.title) == ("news", "白石镇修好灌渠")
        assert story.flags

    def test_an_unmarked_first_line_about_something_else_is_no_title_and_not_lost(self):
        story = only(f"机场三期动工兴建\n\n{BODY}")
        assert (story.kind, story.title, story.kicker) == ("excerpt", "", "机场三期动工兴建")

    def test_text_left_over_from_another_page_is_an_excerpt_before_the_articles(self):
        assert [story.kind for story in segment(f"{BODY}\n\n# 灌渠通水\n\n{BODY}").stories] == ["excerpt", "news"]

    @pytest.mark.parametrize("text", ["", "\n \n", "第04版\n\n责任编辑:王五", "#", "---\n***"])
    def test_nothing_but_furniture_gives_no_story(self, text):
        assert segment(text).stories == ()


DAM = "水库大坝去冬今春加固完工,坝体加高三米,库容增到九百万立方米,灌区用水有了底气。"
SCHOOL = "夜校开班的消息传开,报名的人排到街角。剪纸班和二胡班最先满员,校方说秋天再添书法班。"
SCHOOL_TOO = "夜校设在老粮站里,每晚七点上课,剪纸班的老师是退休工人,二胡班的学员最小九岁。"


class TestPagesWithoutMarksAndDatelines:
    def test_a_heading_whose_words_are_new_and_stand_in_the_next_text_begins_an_article(self):
        found = segment(f"水库大坝加固完工\n\n{DAM}\n\n夜校报名排到街角\n\n{SCHOOL}")
        assert titles(found) == ["水库大坝加固完工", "夜校报名排到街角"]
        assert [story.kind for story in found.stories] == ["news", "news"]

    def test_a_heading_between_texts_about_one_thing_is_a_section(self):
        story = only(f"夜校报名排到街角\n\n{SCHOOL}\n\n老粮站里的灯光\n\n{SCHOOL_TOO}")
        assert (story.title, sections(story)) == ("夜校报名排到街角", ["", "老粮站里的灯光"])

    def test_a_heading_foreign_to_what_follows_is_never_its_title(self):
        found = segment(f"水库大坝加固完工\n\n{DAM}\n\n机场三期动工兴建\n\n{SCHOOL}")
        assert "机场三期动工兴建" not in titles(found)

    @pytest.mark.parametrize("part", ["二、老粮站里的灯光", "（二）老粮站里的灯光", "【相关链接】"])
    def test_a_numbered_or_labelled_heading_begins_no_article(self, part):
        assert titles(segment(f"水库大坝加固完工\n\n{DAM}\n\n{part}\n\n{SCHOOL}")) == ["水库大坝加固完工"]

    def test_a_title_behind_an_article_that_began_without_a_sign_takes_its_paragraphs_back(self):
        first, second = segment(
            f"水库大坝加固完工\n\n{DAM}\n\n{SCHOOL}\n\n{SCHOOL_TOO}\n\n夜校剪纸班报名排到街角"
        ).stories
        assert (first.title, texts(first)) == ("水库大坝加固完工", [DAM])
        assert (second.title, second.title_inferred) == ("夜校剪纸班报名排到街角", True)
        assert texts(second) == [SCHOOL, SCHOOL_TOO]

    def test_a_title_behind_and_one_before_share_a_gap_in_one_block(self):
        first, second = segment(f"{DAM}\n\n水库大坝加固完工\n夜校报名排到街角\n\n{SCHOOL}").stories
        assert (first.title, first.title_inferred) == ("水库大坝加固完工", True)
        assert (second.title, second.title_inferred) == ("夜校报名排到街角", False)

    def test_label_kicker_and_subtitle_on_neighbouring_lines_are_told_from_the_title(self):
        story = only(f"【夜读】\n夜校报名排到街角\n——老粮站里的剪纸班\n\n{SCHOOL}")
        assert (story.kicker, story.title, story.subtitle) == ("【夜读】", "夜校报名排到街角", "——老粮站里的剪纸班")


def wrapped(text: str, width: int = 12) -> str:
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


class TestHeadingsAsWideAsTheColumn:
    SAYS = "夜校报名的人排到街角，剪纸班和二胡班最先满员。校方说秋天再添书法班，每晚七点上课，老师都是退休工人。"
    DAM = "去冬今春水库大坝加固完工，坝体加高三米，库容增到九百万立方米，下游四个乡镇灌区用水从此有了底气。"

    def test_one_that_speaks_of_the_text_below_is_its_title(self):
        found = segment(f"水库大坝加固完工\n\n{wrapped(self.DAM)}\n\n夜校报名人排到街角剪纸\n\n{wrapped(self.SAYS)}")
        assert titles(found) == ["水库大坝加固完工", "夜校报名人排到街角剪纸"]

    def test_the_first_line_of_a_paragraph_cut_by_a_column_break_stays_its_first_line(self):
        lines = wrapped("记者日前在城南老粮站看到许多居民前来登记，" + self.SAYS).split("\n")
        story = only("夜校报名排到街角\n\n" + "\n\n".join([wrapped(self.SAYS), lines[0], "\n".join(lines[1:])]))
        assert story.paragraphs[-1].text.startswith("记者日前在城南老粮站看到许多居民前来登记")
        assert story.paragraphs[-1].joined


class TestFaithfulness:
    def test_punctuation_is_kept_as_printed(self):
        text = "会议10:30开始,共(含列席)86人;下午2:00散会!"
        assert texts(only(f"# 白石会议\n\n{text}")) == [text]

    @pytest.mark.parametrize("name", ["datelines", "headline_twice", "markless", "wrapped", "order_then_news"])
    def test_every_sentence_of_a_page_is_in_some_paragraph(self, name):
        printed = "".join((CORPUS / f"page_{name}.txt").read_text("utf-8").split())
        kept = ["".join(text.split()) for story in page(name).stories for text in texts(story)]
        assert all(sentence in printed for text in kept for sentence in text.split("。"))
        assert sum(text.count("。") for text in kept) == printed.count("。")

    def test_any_cut_or_shuffled_page_is_read_without_an_error(self):
        draw = random.Random(7)
        for name in ("loop", "datelines", "headline_twice", "classified", "wrapped"):
            text = (CORPUS / f"page_{name}.txt").read_text("utf-8")
            for _ in range(40):
                lines = text[: draw.randrange(len(text))].split("\n")
                draw.shuffle(lines)
                assert all(story.paragraphs for story in segment("\n".join(lines)).stories)

    @pytest.mark.parametrize(
        "text",
        ["衡器" * 2_000_000, "遗失声明\n甲遗失证件一本,作废。\n" * 5_000, "短句\n\n" * 20_000],
        ids=["one line", "notices", "heads"],
    )
    def test_the_time_grows_with_the_length_and_no_faster(self, text):
        started = time.process_time()
        segment(text)
        assert time.process_time() - started < 10


@pytest.mark.shared
class TestTheRealPage:
    @pytest.fixture
    def real(self, shared: Path) -> Page:
        (source,) = (shared / "seed").glob("*.txt")
        return segment(source.read_text("utf-8"))

    def test_two_articles_and_three_of_five_notices(self, real):
        assert [(story.kind, len(story.paragraphs)) for story in real.stories[:2]] == [("news", 26), ("news", 12)]
        assert [story.kind for story in real.stories[2:]] == ["notice"] * 3
        assert real.repeats == 2

    def test_the_headline_its_kicker_and_its_source(self, real):
        story = real.stories[0]
        assert story.title == "智能计量为“衡阳手表”“托底”"
        assert story.kicker.endswith("智能衡器计量产业崛起——")
        assert story.author == "综合"

    def test_it_reads_the_same_without_its_marks(self, shared, real):
        (source,) = (shared / "seed").glob("*.txt")
        text = "\n".join(line.lstrip("# ") for line in source.read_text("utf-8").split("\n"))
        unmarked = segment(text)
        assert titles(unmarked) == titles(real)
        assert [story.paragraphs for story in unmarked.stories] == [story.paragraphs for story in real.stories]

    def test_three_sections(self, real):
        assert sections(real.stories[0]) == [
            "",
            "“衡”脉续新篇 列入湖南13条重点产业链",
            "政策赋能新能 计量高地加速建设",
            "老树发新枝 传统“衡器制造”华丽变身",
        ]

    def test_both_column_breaks_are_joined_and_nothing_else(self, real):
        joined = [said.text for story in real.stories for said in story.paragraphs if said.joined]
        assert len(joined) == 2
        assert joined[0].endswith("全省13条重点产业链建设范畴。")
        assert "上海交通大学等共建实验室" in joined[1]

    def test_the_title_after_the_second_article(self, real):
        story = real.stories[1]
        assert (story.title, story.title_inferred) == ("湖南省醴陵市嘉树镇:一块泥巴“烧”出一个产业", True)

    def test_the_nearly_equal_notices_are_flagged(self, real):
        first, *loop = real.stories[2:]
        assert not first.flags
        assert all("识别循环" in "".join(notice.flags) for notice in loop)
