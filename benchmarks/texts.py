"""Make questions and answers of ordinary length, each with a marker that a browser can find."""

import re
from dataclasses import dataclass

MARKER = re.compile(r"〔(\d+)〕")
DESCRIPTION = (
    "最近半年工作很忙，晚上常常睡不着，总在想白天说错的话。和家人提过几次，他们说别想太多。"
)
ADVICE = "听起来您这段时间很辛苦。我们可以先把事情、想法和感受分开写下来，再看看有没有别的解释。"


@dataclass(frozen=True)
class Text:
    """One item: the marker stands at the end of the answer, so it is there once all of it is."""

    number: int
    question: str
    description: str
    answer: str


def texts(count: int) -> list[Text]:
    return [
        Text(
            number=number,
            question=f"第 {number} 位求助者：总觉得自己什么都做不好，怎么办？",
            description=DESCRIPTION * (1 + number % 3),
            answer=f"{ADVICE * (4 + number % 4)}〔{number}〕",
        )
        for number in range(1, count + 1)
    ]
