"""Earlier answers are found again by their longest clauses."""

import random
import sqlite3
import tracemalloc

from pipeline.generating.gate.near import Seen
from pipeline.generating.gate.repetition import clauses_of

HAN = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 2000))


def answer(chance: random.Random, clauses: int = 40) -> str:
    return "，".join("".join(chance.choices(HAN, k=12)) for _ in range(clauses))


def seen(texts: list[str]) -> Seen:
    found = Seen("zh")
    for number, text in enumerate(texts):
        found.remember(number, text, clauses_of(text))
    return found


def test_an_answer_is_found_among_many_as_long_as_most_of_it_is_there() -> None:
    chance = random.Random(3)  # noqa: S311
    texts = [answer(chance) for _ in range(300)]
    earlier = seen(texts)
    for kept, told in ((1.0, True), (0.7, True), (0.5, False), (0.2, False)):
        found = []
        for number in range(0, 300, 10):
            clauses = texts[number].split("，")
            own = chance.sample(range(40), round(40 * (1 - kept)))
            new = [answer(chance, 1) if n in own else clause for n, clause in enumerate(clauses)]
            near = earlier.near(-1, "，".join(new), new)
            found.append(near is not None and near.question_id == number)
        assert found == [told] * 30, kept


def test_stock_phrases_make_no_duplicate() -> None:
    chance = random.Random(4)  # noqa: S311
    stock = [answer(chance, 1) for _ in range(6)]
    texts = ["，".join([*stock, answer(chance, 34)]) for _ in range(20)]
    earlier = seen(texts)
    assert earlier.near(-1, texts[0], clauses_of(texts[0])) is not None
    new = "，".join([*stock, answer(chance, 34)])
    assert earlier.near(-1, new, clauses_of(new)) is None


def test_a_short_answer_is_found_too() -> None:
    text = "你今天已经做得足够好了，慢慢来。"
    near = seen([text]).near(5, text, clauses_of(text))
    assert near is not None
    assert near.share == 1


def test_a_whole_psyqa_of_answers_takes_less_than_60_megabytes() -> None:
    chance = random.Random(5)  # noqa: S311
    texts = [answer(chance) for _ in range(200)]
    tracemalloc.start()
    earlier = seen([text[:-1] for text in texts])
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert earlier.near(-1, texts[0], clauses_of(texts[0])) is not None
    assert taken / 200 * 22_327 < 60e6


def test_an_answer_that_is_stored_meanwhile_is_kept_in_memory_once() -> None:
    seen, store = Seen("zh"), sqlite3.connect(":memory:")
    tracemalloc.start()
    for number in range(200):
        text = f"{number}" + "慢慢来，先照顾好自己的睡眠。" * 36
        seen.remember(number, text, [])
        store.execute("SELECT length(?)", (text,)).fetchone()
        assert len(text) > 500
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    store.close()
    assert kept < 200 * 1500
