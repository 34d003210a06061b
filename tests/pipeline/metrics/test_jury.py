"""What Jury's own tests expect of Jury 2.3.1 comes out, and why its chrF is wrong is shown."""

import pytest
import sacrebleu

from pipeline.metrics import jury

# The texts and figures of Jury's own tests ("basic").
ANSWERS = ["There is a cat on the mat.", "Look! a wonderful day."]
REFERENCES = ["The cat is playing on the mat.", "Today is a wonderful day"]


def test_jurys_own_expected_values_come_out() -> None:
    assert jury.chrf(ANSWERS, REFERENCES) == 0.4272182337289785
    assert jury.meteor_mean(ANSWERS, REFERENCES) == pytest.approx(0.6190249433106576, abs=1e-15)
    assert jury.bleu(ANSWERS, REFERENCES) == 0.0  # no four words in common, and no smoothing


def test_jurys_chrf_is_of_the_first_answer_alone() -> None:
    right = sacrebleu.corpus_chrf(ANSWERS, [REFERENCES]).score / 100
    assert right == pytest.approx(0.5104843440283338)
    assert jury.chrf([ANSWERS[0], "没有关系"], REFERENCES) == jury.chrf(ANSWERS, REFERENCES)
    assert jury.chrf(ANSWERS[::-1], REFERENCES) != jury.chrf(ANSWERS, REFERENCES)


def test_bleu_of_the_same_words_is_1_and_shorter_answers_are_held_short() -> None:
    text = "one two three four five six seven eight"
    assert jury.bleu([text], [text.upper()]) == 1.0
    assert jury.bleu(["one two three four"], [text]) == pytest.approx(2.718281828459045**-1)
    assert jury.bleu(["!?"], [text]) is None


def test_a_chinese_sentence_is_one_word_to_jury() -> None:
    assert jury.bleu(["我很难过，也很累。"], ["我很难过，也很累"]) == 0.0
