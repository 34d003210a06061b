"""Labellers work through distortion studies in a real browser: keys, clicks, fingers, evidence."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect
from sqlalchemy import update

from db.engine import Store
from db.tables import Question
from pipeline.study import lifecycle
from tests.browser import stores
from tests.browser.labeller import Labeller
from tests.browser.shared import App, Take, sign_in
from tests.browser.stores import Labelled

FAMILY, FLAG, ACCENTED, KEYCAP = "👩‍👩‍👧", "🇨🇳", "cafe\u0301", "1️⃣"
DESCRIPTION = (
    f"同事看我一眼，我就知道他们在嘲笑我{FAMILY}。我这辈子就完了！\n\n"
    f"  昨天在 {ACCENTED}，领导夸了我{FLAG}，他只是客气{KEYCAP}罢了。我应该更努力。"
)
ANSWER = "您好。“我这辈子就完了”是灾难化的想法。慢慢来🌱。"
QUESTIONS = 4
RUN = "async () => (await axe.run({ runOnly: %s })).violations"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAVE = {"serious", "critical"}
LOOKS = [("zh-CN", "light"), ("en-GB", "dark")]  # each language and each scheme once


@dataclass
class Served:
    url: str
    store: Store

    def rows(self, username: str = "lin") -> list[Labelled]:
        return stores.labelled(self.store, username)


@pytest.fixture(scope="module")
def study_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two studies: the distortions in four questions, and in a system's answers."""
    path = tmp_path_factory.mktemp("labels") / "labels.sqlite"
    store = stores.make(path)
    stores.add_people(store, lin="rater", wu="rater")
    stores.add_answers(
        store,
        QUESTIONS,
        systems=("one",),
        question=lambda n: Question(
            source="s", external_id=str(n), text=f"我什么都做不好{n}", description=DESCRIPTION
        ),
        answer=lambda n, _: f"{ANSWER}{n}",
    )
    stores.open_labelling(store, "questions", ["lin", "wu"])
    stores.open_labelling(store, "answers", ["lin", "wu"], systems=["one"])
    store.engine.dispose()
    return path


@pytest.fixture
def served(app: App, study_file: Path) -> Iterator[Served]:
    with app.on(study_file) as store:
        yield Served(app.url, store)


@pytest.fixture
def open_desk(take: Take, served: Served) -> Iterator[Callable[..., Labeller]]:
    """Open a study's desk in a browser of its own, on its first item."""
    complaints: list[str] = []

    def open_(
        study: str = "questions", *, username: str = "lin", init: str = "", **options: Any
    ) -> Labeller:
        wanted = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, **options}
        context = take(served.url, **wanted)
        sign_in(context, served.url, served.store, username)
        page = context.new_page()
        page.add_init_script(init)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{served.url}/?study={study}")
        labeller = Labeller(page)
        labeller.begin()
        return labeller

    yield open_
    assert complaints == []


def last(served: Served, labeller: Labeller, total: int = 1) -> Labelled:
    """Return what was stored last, once so many items are."""
    labeller.all_arrived(total)
    return served.rows()[-1]


def test_a_study_is_labelled_to_its_end_by_four_keys_an_item(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk()
    keys = [("1", "3", "5"), ("1", "0", "q"), ("2",), ("3",)]
    for typed in keys:
        lin.label(*typed)
    expect(lin.desk.get_by_text("4 条全部完成")).to_be_visible()
    lin.all_arrived(QUESTIONS)
    rows = served.rows()
    assert [row.position for row in rows] == [1, 2, 3, 4]
    assert [row.given.presence for row in rows] == ["yes", "yes", "no", "cannot_tell"]
    assert [row.labels for row in rows] == [
        ["emotional_reasoning", "mind_reading"],
        ["should_statements", "labeling"],
        [],
        [],
    ]
    assert [row.given.primary for row in rows[:2]] == ["emotional_reasoning", "should_statements"]
    assert rows[0].given.confidence is None


def test_keys_that_wait_for_nothing_are_not_lost(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk()
    for letter in ("q", "w", "e", "r"):
        lin.press("1", "4", letter, "f", "Enter")
    lin.all_arrived(QUESTIONS)
    found = [(row.labels, row.given.confidence) for row in served.rows()]
    others = ("labeling", "personalization", "blaming_others", "attribution_error")
    assert found == [(["catastrophizing", other], 1) for other in others]


def test_labels_are_chosen_and_taken_away_and_one_of_them_is_primary(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk()
    code = lin.item
    lin.press("1", "5", "2", "y")
    assert lin.chosen == ["过度概括", "读心术", "妄下结论"]
    assert lin.primary == "读心术"
    lin.press("p")
    assert lin.primary == "妄下结论"
    lin.press("p")
    assert lin.primary == "过度概括"
    lin.press("2")
    assert (lin.chosen, lin.primary) == (["读心术", "妄下结论"], "读心术")
    lin.desk.get_by_role("button", name="把“妄下结论”设为主要").click()
    lin.press("f", "f", "f", "c")
    lin.page.keyboard.type("1 2 再想想")
    lin.press("Control+Enter")
    lin.settled(after=code)
    row = last(served, lin)
    assert (row.labels, row.given.primary) == (
        ["mind_reading", "jumping_to_conclusions"],
        "jumping_to_conclusions",
    )
    assert (row.given.confidence, row.comment) == (3, "1 2 再想想")


def test_everything_works_by_clicks(open_desk: Callable[..., Labeller], served: Served) -> None:
    lin = open_desk()
    code = lin.item
    lin.desk.get_by_role("radio", name="有", exact=True).click()
    lin.desk.get_by_role("checkbox", name="灾难化").click()
    lin.desk.get_by_role("checkbox", name="读心术").click()
    lin.desk.get_by_role("radio", name="中").click()
    lin.drag("description", "我这辈子就完了")
    expect(lin.desk.locator(".hint")).to_have_text("选一个歪曲，把这段标为依据")
    lin.desk.get_by_role("checkbox", name="灾难化").click()
    assert lin.marks == [("4", "我这辈子就完了")]
    lin.desk.get_by_role("button", name="保存，看下一条").click()
    lin.settled(after=code)
    row = last(served, lin)
    assert row.evidence == {"catastrophizing": ["我这辈子就完了"]}
    assert (row.labels, row.given.confidence) == (["catastrophizing", "mind_reading"], 2)


def test_a_label_that_is_clicked_says_that_a_distortion_is_present(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk()
    lin.desk.get_by_role("checkbox", name="贴标签").click()
    assert (lin.presence, lin.chosen) == ("有", ["贴标签"])


def test_where_none_is_present_the_labels_stay_in_sight_and_are_not_saved(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk()
    lin.press("1", "4", "Backspace")
    assert lin.presence is None
    lin.press("2", "5")
    assert (lin.presence, lin.chosen) == ("没有", ["灾难化"])
    assert lin.picks.first.is_disabled()
    lin.label()
    row = last(served, lin)
    assert (row.given.presence, row.labels) == ("no", [])


def test_presence_is_asked_for_and_changed_by_keys(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk()
    code = lin.item
    lin.press("Enter")
    expect(lin.desk.get_by_text("请先回答：有、没有，还是无法判断。")).to_be_visible()
    lin.press("3", "Backspace", "1", "7", "ArrowUp", "2", "ArrowUp", "1", "Enter")
    lin.settled(after=code)
    assert last(served, lin).labels == ["mental_filter"]


def test_present_without_a_label_is_saved_only_when_it_is_meant(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk()
    code = lin.item
    lin.press("1", "Enter")
    expect(lin.desk.get_by_text("如果列表里都不合适，请再按一次 Enter。")).to_be_visible()
    lin.press("3", "3", "Enter")
    assert (lin.item, served.rows()) == (code, [])
    lin.press("Enter")
    lin.settled(after=code)
    row = last(served, lin)
    assert (row.given.presence, row.labels) == ("yes", [])


WHOLE = [
    (FAMILY, (0, -2)),
    (FAMILY, (0, -4)),
    (f"嘲笑我{FAMILY}", (0, -6)),
    (FLAG, (0, -1)),
    (f"我{FLAG}", (0, -2)),
    (ACCENTED, (0, -1)),
    ("e\u0301，领导", (0, 0)),
    (KEYCAP, (0, -2)),
    ("我应该更努力。", (0, 0)),
]


@pytest.mark.parametrize("begin", range(0, len(WHOLE), 3))  # a study has four items
def test_evidence_never_cuts_what_people_see_as_one_character(
    open_desk: Callable[..., Labeller], served: Served, begin: int
) -> None:
    lin = open_desk()
    for done, (whole, cut) in enumerate(WHOLE[begin : begin + 3], start=1):
        code = lin.begin()
        lin.select("description", whole, cut=cut)
        lin.press("q", "Enter")
        lin.settled(after=code)
        row = last(served, lin, done)
        assert row.evidence == {"labeling": [whole]}
        assert (row.given.presence, row.given.primary) == ("yes", "labeling")


SNAPPED = """async (text) => {
  const { name } = performance.getEntriesByType("resource")
    .find(({ name }) => name.endsWith("/desk/spans.js"));
  const { cut, points, snapped } = await import(name);
  const found = [];
  for (let from = 0; from <= text.length; from += 1)
    for (let to = from; to <= text.length; to += 1) {
      const [begin, end] = snapped(text, from, to) ?? [0, 0];
      const span = { start: points(text, begin), end: points(text, end) };
      found.push([from, to, span.start, span.end, cut(text, span)]);
    }
  return found;
}"""


def test_whatever_a_browser_says_is_selected_becomes_whole_characters(
    open_desk: Callable[..., Labeller],
) -> None:
    clusters = [*" 很", FAMILY, "\r\n", FLAG, FLAG, "e\u0301", "，", KEYCAP, "𠮷", "한", *"x "]
    text = "".join(clusters)
    ends = [0]
    for cluster in clusters:
        ends.append(ends[-1] + len(cluster))
    for from_, to, start, end, words in open_desk().page.evaluate(SNAPPED, text):
        assert {start, end} <= set(ends)
        assert words == text[start:end] == words.strip()
        touched = text.encode("utf-16-le")[2 * from_ : 2 * to]
        assert touched.decode("utf-16-le", "ignore").strip() in words


def test_evidence_is_trimmed_and_may_lie_in_several_texts(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk()
    code = lin.item
    lin.select("description", "我这辈子就完了！\n\n  昨天", cut=(0, -2))
    lin.press("4")
    lin.page.evaluate(
        """() => {
          const root = [...document.querySelectorAll("*")].map((e) => e.shadowRoot)
            .find((shadow) => shadow?.querySelector("[data-desk]"));
          const text = (name) => root.querySelector(name).firstChild;
          getSelection().setBaseAndExtent(text(".question"), 1, text(".description"), 2);
        }"""
    )
    lin.press("5", "Enter")
    lin.settled(after=code)
    row = last(served, lin)
    assert row.evidence == {
        "catastrophizing": ["我这辈子就完了！"],
        "mind_reading": [row.texts["question"][1:], "同事"],
    }


def test_a_triple_click_takes_one_line_of_a_text_from_windows(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    with served.store.writing() as session:
        session.execute(update(Question).values(description="第一行。\r\n第二行。\r\n第三行。"))
    lin = open_desk()
    code = lin.item
    lin.desk.locator(".description").click(click_count=3, position={"x": 8, "y": 8})
    lin.press("4", "Enter")
    lin.settled(after=code)
    assert last(served, lin).evidence == {"catastrophizing": ["第一行。"]}


def test_evidence_that_overlaps_is_one_piece_and_can_be_taken_away(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk()
    lin.select("description", "看我一眼")
    lin.press("5")
    lin.select("description", "一眼，我就知道")
    lin.press("5")
    lin.select("description", "我应该更努力")
    lin.press("5")
    lin.select("description", "眼，我")
    lin.press("1")
    assert lin.quotes == [
        "全或无思维 “眼，我”",
        "读心术 “看我一眼，我就知道”",
        "读心术 “我应该更努力”",
    ]
    assert lin.marks == [
        ("5", "看我一"),
        ("1", "眼，我"),
        ("", "就知道"),
        ("5", "我应该更努力"),
    ]
    lin.desk.locator(".evidence button").nth(2).click()
    assert len(lin.quotes) == 2
    lin.press("1")
    assert lin.marks == [("5", "看我一眼，我就知道")]
    lin.press("1")
    assert len(lin.quotes) == 2
    lin.label()
    row = last(served, lin)
    assert row.evidence == {"all_or_nothing": ["眼，我"], "mind_reading": ["看我一眼，我就知道"]}
    assert row.given.primary == "mind_reading"


def test_evidence_is_selected_without_a_mouse(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk()
    code = lin.item
    lin.press("m", "ArrowDown", "ArrowDown")
    expect(lin.desk.locator(".hint")).to_be_visible()
    lin.press("Shift+ArrowLeft", "4")
    lin.press("m", "ArrowDown", "Shift+ArrowDown", "1")
    lin.press("m", "Escape", "2")
    assert lin.chosen == ["全或无思维", "过度概括", "灾难化"]
    lin.press("Enter")
    lin.settled(after=code)
    assert last(served, lin).evidence == {
        "all_or_nothing": [f"同事看我一眼，我就知道他们在嘲笑我{FAMILY}。我这辈子就完了！"],
        "catastrophizing": ["我这辈子就完了"],
    }


def test_evidence_is_marked_too_where_a_shadow_root_knows_no_selection(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk(init="delete ShadowRoot.prototype.getSelection")
    code = lin.item
    lin.drag("description", "我这辈子就完了")
    lin.press("4")
    lin.select("description", "辈子就")
    expect(lin.desk.locator(".hint")).to_be_visible()
    lin.press("2", "Enter")
    lin.settled(after=code)
    assert last(served, lin).evidence == {
        "catastrophizing": ["我这辈子就完了"],
        "overgeneralization": ["辈子就"],
    }


def test_a_selection_means_nothing_where_none_is_present(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk()
    lin.press("2")
    lin.select("description", "我这辈子")
    expect(lin.desk.locator(".hint")).to_be_hidden()
    lin.press("4")
    assert (lin.presence, lin.chosen, lin.marks) == ("没有", [], [])


def test_the_evidence_of_an_answer_lies_in_the_answer(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk("answers")
    code = lin.item
    for field in ("question", "description", "answer"):
        expect(lin.text(field)).to_be_visible()
    lin.press("1")
    lin.select("description", "我这辈子就完了")
    lin.press("2")
    assert lin.marks == []
    lin.select("answer", "灾难化的想法")
    lin.press("4")
    lin.select("answer", "🌱", cut=(0, -1))
    lin.press("4", "Enter")
    lin.settled(after=code)
    assert last(served, lin).evidence == {"catastrophizing": ["灾难化的想法", "🌱"]}


def test_a_study_of_questions_shows_no_answer(open_desk: Callable[..., Labeller]) -> None:
    lin = open_desk()
    expect(lin.text("answer")).to_be_hidden()
    expect(lin.desk.get_by_role("radiogroup", name="文字里有没有歪曲？")).to_be_visible()
    page = lin.page.locator("body").inner_text()
    assert "灾难化的想法" not in page


def test_on_a_phone_evidence_is_marked_by_touch(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    lin = open_desk(**phone)
    code = lin.item
    lin.desk.get_by_role("radio", name="有", exact=True).tap()
    lin.select("description", "我就知道他们在嘲笑我")
    lin.desk.locator(".hint").tap()
    expect(lin.desk.locator("mark.waiting")).to_have_text("我就知道他们在嘲笑我")
    lin.desk.get_by_role("checkbox", name="读心术").tap()
    assert lin.marks == [("5", "我就知道他们在嘲笑我")]
    lin.select("description", FAMILY)
    lin.desk.get_by_role("checkbox", name="灾难化").tap()
    lin.desk.get_by_role("button", name="把“灾难化”设为主要").tap()
    lin.desk.get_by_role("button", name="保存，看下一条").tap()
    lin.settled(after=code)
    row = last(served, lin)
    assert row.evidence == {
        "catastrophizing": [FAMILY],
        "mind_reading": ["我就知道他们在嘲笑我"],
    }
    assert row.given.primary == "catastrophizing"


def test_a_draft_is_there_after_a_reload_with_its_evidence(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk()
    lin.press("1", "3", "6", "p", "f")
    lin.select("description", FAMILY)
    lin.press("6")
    lin.page.reload()
    lin.begin()
    assert (lin.presence, lin.chosen, lin.primary) == ("有", ["情绪化推理", "预测未来"], "预测未来")
    assert lin.marks == [("6", FAMILY)]
    assert served.rows() == []
    lin.label()
    row = last(served, lin)
    assert (row.evidence, row.given.confidence) == ({"fortune_telling": [FAMILY]}, 1)


def test_what_is_labelled_offline_goes_out_once_the_connection_is_back(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk()
    lin.page.context.set_offline(offline=True)
    lin.select("description", FLAG)
    lin.label("8")
    lin.label("2")
    expect(lin.status).to_contain_text("2 条标注暂存在本机")
    assert served.rows() == []
    lin.page.context.set_offline(offline=False)
    lin.all_arrived(2)
    first, second = sorted(served.rows(), key=lambda row: row.position)
    assert first.evidence == {"disqualifying_positive": [FLAG]}
    assert (second.given.presence, second.labels) == ("no", [])


def test_an_item_that_is_changed_gets_a_new_revision_and_nothing_new_gets_none(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk()
    lin.select("description", "客气")
    code = lin.label("8", "3")
    lin.all_arrived(1)
    lin.press("[")
    lin.page.locator(f'[data-desk][data-item="{code}"]').wait_for(state="attached")
    expect(lin.desk.get_by_text("您已标注过这一条")).to_be_visible()
    assert (lin.chosen, lin.marks) == (["情绪化推理", "否定正面体验"], [("8", "客气")])
    lin.press("Enter")
    lin.settled(after=code)
    lin.press("[")
    lin.page.locator(f'[data-desk][data-item="{code}"]').wait_for(state="attached")
    with lin.page.expect_response(lambda answer: answer.url.endswith("/judgement")):
        lin.label("3", "p", "Backspace", "1", "5")
    expect(lin.status).to_contain_text("已保存")
    rows = [(row.item, row.revision, row.labels, row.evidence) for row in served.rows()]
    marked = {"disqualifying_positive": ["客气"]}
    assert rows == [
        (code, 1, ["emotional_reasoning", "disqualifying_positive"], marked),
        (code, 2, ["mind_reading", "disqualifying_positive"], marked),
    ]


def test_two_tabs_on_one_item_never_overwrite_each_other(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    first, second = open_desk(), open_desk()
    code = second.item
    first.label("1", "3")
    first.all_arrived(1)
    second.press("2", "Enter")
    notice = second.desk.locator(".notice")
    expect(notice).to_be_visible()
    assert [row.given.presence for row in served.rows()] == ["yes"]
    second.page.get_by_role("radio", name="English").click()
    expect(notice).to_contain_text("was not saved")
    second.page.get_by_role("radio", name="中文").click()
    expect(notice).to_contain_text("没有保存")
    notice.get_by_role("button").first.click()
    assert second.begin() == code
    assert second.presence == "没有"


def test_a_study_that_closes_under_an_item_takes_nothing_more(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk()
    lifecycle.close_study(served.store, name="questions")
    lin.press("1", "3", "Enter")
    expect(lin.desk.get_by_text(re.compile("没有保存|没有开放|已经结束")).first).to_be_visible()
    lin.page.locator('[data-desk][data-state="closed"]').wait_for(state="attached")
    expect(lin.desk.locator(".notice")).to_have_count(1)
    assert served.rows() == []


def test_letters_can_be_switched_off_and_digits_and_clicks_go_on(
    open_desk: Callable[..., Labeller],
) -> None:
    lin = open_desk()
    lin.press("?")
    lin.desk.get_by_role("dialog").get_by_role("checkbox").uncheck()
    expect(lin.desk.get_by_text("选中或取消一个歪曲")).to_be_visible()
    lin.press("Escape", "1", "q", "f", "p", "0")
    assert lin.chosen == ["“应该”陈述"]
    lin.desk.get_by_role("checkbox", name="贴标签").click()
    assert lin.chosen == ["“应该”陈述", "贴标签"]


def test_full_width_digits_and_capital_letters_count(open_desk: Callable[..., Labeller]) -> None:
    lin = open_desk()
    keys = lin.page.context.new_cdp_session(lin.page)
    for key in ("１", "０", "Q"):
        keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": key})
        keys.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": key})
    assert lin.chosen == ["“应该”陈述", "贴标签"]


def test_the_codebook_explains_a_label_and_is_read_as_a_whole(
    open_desk: Callable[..., Labeller],
) -> None:
    lin = open_desk()
    lin.desk.get_by_role("button", name="关闭").click()
    shown = lin.desk.locator(".meaning.shown")
    expect(shown).to_have_text("指向或选中一个歪曲，这里会说明它的含义。")
    lin.press("1", "5")
    expect(shown.locator("h4")).to_have_text("读心术")
    lin.desk.get_by_role("checkbox", name="贴标签").hover()
    expect(shown.locator("h4")).to_have_text("贴标签")
    lin.page.mouse.move(5, 5)
    expect(shown.locator("h4")).to_have_text("读心术")
    lin.press("b")
    book = lin.desk.get_by_label("歪曲手册")
    expect(book).to_be_in_viewport()
    expect(book.locator(".entry")).to_have_count(16)
    lin.press("b")
    expect(book).to_be_hidden()


def test_a_language_is_taken_on_and_what_is_labelled_stays(
    open_desk: Callable[..., Labeller], served: Served
) -> None:
    lin = open_desk()
    lin.press("1", "4", "5", "p")
    lin.select("description", "嘲笑")
    lin.press("5")
    lin.page.get_by_text("English", exact=True).click()
    expect(lin.desk.get_by_role("checkbox", name="Mind reading")).to_be_checked()
    assert (lin.presence, lin.primary) == ("Present", "Mind reading")
    assert lin.marks == [("5", "嘲笑")]
    lin.text("question").click()
    lin.label()
    assert last(served, lin).evidence == {"mind_reading": ["嘲笑"]}


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_all_is_in_sight_on_a_laptop_and_nothing_moves_under_the_hand(
    open_desk: Callable[..., Labeller], locale: str
) -> None:
    lin = open_desk(viewport={"width": 1280, "height": 800}, locale=locale)
    lin.press("g")
    controls = [*lin.desk.get_by_role("radio").all(), *lin.picks.all(), lin.desk.locator(".save")]
    assert len(controls) == 6 + 16 + 1
    for control in controls:
        expect(control).to_be_in_viewport(ratio=0.99)
    before = [control.bounding_box() for control in controls]
    assert all(box and box["height"] >= 42 for box in before)
    lin.press("1", *"123456", "p", "f")
    lin.select("description", "我这辈子就完了")
    lin.press("1")
    assert [control.bounding_box() for control in controls] == before


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_the_desk_fits_small_screens_with_targets_large_enough(
    open_desk: Callable[..., Labeller], locale: str
) -> None:
    lin = open_desk(locale=locale, viewport={"width": 320, "height": 800})
    lin.press("1", "1", "9")
    for width in (320, 390, 640):
        lin.page.set_viewport_size({"width": width, "height": 800})
        assert lin.page.evaluate(
            "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
            ".every((e) => e.scrollWidth <= e.clientWidth)"
        )
        cells = lin.desk.locator(".distortion").all()
        assert all((box := cell.bounding_box()) and box["height"] >= 44 for cell in cells)
        names = lin.desk.locator(".pick .label")
        assert names.evaluate_all("all => all.every((e) => e.scrollWidth <= e.clientWidth)")


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_axe_finds_nothing_grave_at_the_labelling_desk(
    open_desk: Callable[..., Labeller], locale: str, scheme: str
) -> None:
    lin = open_desk(locale=locale, color_scheme=scheme)
    # Each scene is looked at wide in one language and narrow in the other.
    widths = (1280, 390) if locale == LOOKS[0][0] else (390, 1280)
    found = graves(lin.page, widths[1 % 2])
    lin.press("g", "Enter")
    found |= graves(lin.page, widths[2 % 2])
    lin.press("1", "2", "5", "q", "f")
    for words in ("同事看我一眼", "我一眼，我就", "我这辈子"):
        lin.select("description", words)
        lin.press({"我这辈子": "4"}.get(words, "2"))
    lin.select("description", "我应该")
    expect(lin.desk.locator(".hint")).to_be_visible()
    lin.desk.locator(".meaning.shown summary").first.evaluate("e => e.click()")
    found |= graves(lin.page, widths[3 % 2])
    lin.press("Escape", "Backspace", "2", "b")
    found |= graves(lin.page, widths[4 % 2])
    lin.press("?")
    found |= graves(lin.page, widths[5 % 2])
    assert found == set()


def graves(page: Page, width: int) -> set[str]:
    """What axe-core calls serious on the page as it is, at a width."""
    found = set()
    to_the_end = "main => main.scrollTo(0, main.scrollHeight)"  # nothing is under the save button
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    page.set_viewport_size({"width": width, "height": 900})
    page.get_by_test_id("stMain").evaluate(to_the_end)
    for violation in page.evaluate(RUN % STANDARDS):
        if violation["impact"] in GRAVE:
            nodes = violation["nodes"]
            found |= {f"{violation['id']} {node['html'][:120]} at {width}" for node in nodes}
    page.set_viewport_size({"width": 1280, "height": 900})
    return found
