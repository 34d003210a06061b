"""Answers of a model by the schema of cbt-zh, as many different ones as are wanted."""

import json
import re
from collections.abc import Mapping
from random import Random
from typing import Any

from db.engine import Store
from db.tables import Question

PARTS = ("validation", "thought", "challenge", "strategy", "encouragement")
CHARACTERS = 520
WORDS = re.findall(
    r"\w+",
    "今天 昨天 夜里 清晨 家人 朋友 同事 老师 孩子 自己 对方 大家 心里 身体 想法 "
    "感受 担心 紧张 委屈 难过 平静 希望 事实 证据 原因 可能 例外 经历 过去 将来 "
    "此刻 慢慢 试着 写下 说出 听见 看见 留意 停下 呼吸 散步 休息 入睡 醒来 整理 "
    "分开 比较 提醒 接纳 照顾 陪伴 支持 理解 尊重 允许 面对 练习 记录 计划 完成 "
    "开始 回头 继续 改变 发现 相信 一点 一些 十分 常常 有时 未必 其实 也许 同样 "
    "另外 仍然 已经 刚刚 重新 温和 具体 微小 真实 困难 努力 勇气 耐心 ",
)
TITLE = "第{number}位来访者总是睡不好，怎么办？"


def content(number: int, *, parts: tuple[str, ...] = PARTS) -> str:
    """Return the answer to the question of that number: words at random, as long as real ones."""
    chance = Random(number)  # noqa: S311
    answer: dict[str, Any] = {}
    for part in parts:
        text = ""
        while len(text) < CHARACTERS / len(PARTS):
            text += f"{_clause(chance)}，{_clause(chance)}。"
        answer[part] = text
    answer["distortions"] = [{"id": "overgeneralization", "reason": _clause(chance)}]
    return json.dumps(answer, ensure_ascii=False)


def _clause(chance: Random) -> str:
    return "".join(chance.choices(WORDS, k=6))


def number_of(body: Mapping[str, Any]) -> int:
    """Return the number of the question that a request is about."""
    for message in reversed(body["messages"]):
        _, found, rest = message["content"].partition("第")
        number, told, _ = rest.partition("位来访者")
        if found and told and number.isdecimal():
            return int(number)
    raise LookupError("no question of ours")


def add_questions(store: Store, count: int) -> None:
    with store.writing() as session:
        session.add_all(
            Question(
                source="made",
                external_id=str(number),
                text=TITLE.format(number=number),
                description="躺下以后脑子停不下来，白天又没有精神。" * (3 + number % 5),
            )
            for number in range(count)
        )
