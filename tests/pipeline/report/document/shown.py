"""Read a page as a browser would: its texts, its elements, its tables."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

ALONE = {"meta", "br", "link", "img", "hr", "input"}
OF_A_PICTURE = {"svg", "g", "path", "use", "rect", "defs", "clippath", "title"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts)


class Shown(HTMLParser):
    """A page's elements in their order, each with all the text inside; what is never closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.wrong: list[str] = []
        self.feed(page)
        self.close()
        self.wrong += [f"{element.tag} stays open" for element in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in ALONE:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop().tag != tag:
            self.wrong.append(f"{tag} ends, but was not the last to begin")

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.texts.append(data)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.elements
            if element.tag == tag and wanted.items() <= element.attributes.items()
        ]

    @property
    def text(self) -> str:
        return self.elements[0].text if self.elements else ""
