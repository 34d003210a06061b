"""What took long is kept as long as it holds, and no longer."""

from annotate_app.services.newest import Newest


def test_an_answer_is_kept_while_its_state_holds_and_then_replaced() -> None:
    kept: Newest[list[int]] = Newest(8)
    first = kept.get("a", 1, lambda: [1])
    assert kept.get("a", 1, lambda: [2]) is first
    assert kept.get("a", 2, lambda: [3]) == [3]
    assert kept.get("a", 1, lambda: [4]) == [4]  # the outdated one has been let go


def test_the_question_that_was_asked_longest_ago_is_forgotten_first() -> None:
    kept: Newest[str] = Newest(2)
    for question in ("a", "b", "a", "c"):
        kept.get(question, 0, lambda: "first")
    again = {question: kept.get(question, 0, lambda: "anew") for question in ("a", "c", "b")}
    assert again == {"a": "first", "c": "first", "b": "anew"}


def test_what_fails_is_asked_again() -> None:
    kept: Newest[int] = Newest(2)

    def fail() -> int:
        raise ValueError

    for _ in range(2):
        try:
            kept.get("a", 0, fail)
        except ValueError:
            continue
        raise AssertionError
    assert kept.get("a", 0, lambda: 1) == 1
