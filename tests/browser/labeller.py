"""A labeller at the desk, as the tests move one: labels by keys, selects text, looks at it all."""

from typing import Any

from playwright.sync_api import Locator

from tests.browser.rater import Rater

TEXTS = {"question": ".question", "description": ".description", "answer": ".answer .text"}
# The place of a unit of the text, in whichever of its nodes it lies; and all of it, from and to.
NODES = """(element) => {
  const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walk.nextNode()) nodes.push(walk.currentNode);
  return (at) => {
    let left = at;
    for (const node of nodes) {
      if (left <= node.length) return [node, left];
      left -= node.length;
    }
  };
}"""
SELECT = f"""(element, [from, to]) => {{
  const at = ({NODES})(element);
  getSelection().setBaseAndExtent(...at(from), ...at(to));
}}"""
WHERE = f"""(element, [from, to]) => {{
  const at = ({NODES})(element);
  const range = document.createRange();
  range.setStart(...at(from));
  range.setEnd(...at(to));
  const boxes = [...range.getClientRects()].filter(({{ width }}) => width > 1);
  const [first, last] = [boxes[0], boxes.at(-1)];
  const middle = (box) => (box.top + box.bottom) / 2;
  return [first.left + 1, middle(first), last.right - 1, middle(last)];
}}"""


def units(text: str) -> int:
    """How long JavaScript says that a text is."""
    return len(text.encode("utf-16-le")) // 2


class Labeller(Rater):
    """Someone with the desk of a distortion study open in a page."""

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def label(self, *keys: str) -> str:
        """Label the item that is shown by these keys; return its code once it is gone."""
        code = self.begin()
        self.press(*keys, "Enter")
        self.settled(after=code)
        return code

    @property
    def picks(self) -> Locator:
        return self.desk.locator(".pick")

    @property
    def presence(self) -> str | None:
        """The chosen answer to the first question, in the words on the screen."""
        checked = self.desk.get_by_role("radiogroup").first.locator("[aria-checked=true] .label")
        return checked.inner_text() if checked.count() else None

    @property
    def chosen(self) -> list[str]:
        """The names of the labels that are chosen, in the order of the list."""
        return self.desk.locator(".pick[aria-checked=true] .label").all_inner_texts()

    @property
    def primary(self) -> str | None:
        first = self.desk.locator(".first .label")
        return first.inner_text() if first.count() else None

    @property
    def quotes(self) -> list[str]:
        return self.desk.locator(".evidence .quote").all_inner_texts()

    @property
    def marks(self) -> list[tuple[str, str]]:
        """What is marked in the texts, each with the tag that it begins with."""
        found: list[Any] = self.desk.locator("mark").evaluate_all(
            "marks => marks.map((mark) => [mark.dataset.tag ?? '', mark.textContent])"
        )
        return [(tag, words) for tag, words in found]

    def text(self, field: str) -> Locator:
        return self.desk.locator(TEXTS[field])

    def select(self, field: str, words: str, *, cut: tuple[int, int] = (0, 0)) -> None:
        """Select these words; `cut` moves the ends by so many units of JavaScript's."""
        element = self.text(field)
        at = units((element.text_content() or "").partition(words)[0])
        element.evaluate(SELECT, [at + cut[0], at + units(words) + cut[1]])

    def drag(self, field: str, words: str) -> None:
        """Select these words with the mouse."""
        element = self.text(field)
        at = units((element.text_content() or "").partition(words)[0])
        left, top, right, bottom = element.evaluate(WHERE, [at, at + units(words)])
        self.page.mouse.move(left, top)
        self.page.mouse.down()
        self.page.mouse.move(right, bottom, steps=4)
        self.page.mouse.up()
