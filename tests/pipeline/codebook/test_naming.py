"""Which label a name means, by the codebook, a label set or a crosswalk; nothing is guessed."""

from pipeline.codebook import naming
from pipeline.codebook.crosswalk import crosswalks


def test_by_the_codebook_names_and_aliases_mean_its_ids() -> None:
    found = naming.codebook(["以偏概全", "思维反刍", "Rumination"])
    assert found.meant("Overgeneralization") == {"overgeneralization"}
    assert found.meant("以偏概全") == {"overgeneralization"}
    assert found.outside == ("Rumination", "思维反刍")
    assert found.meant("rumination ") == {"Rumination"}
    assert found.meant("沉思") is None


def test_two_spellings_of_an_outside_name_are_one_label() -> None:
    found = naming.codebook(["rumination", "Rumination"])
    assert found.outside == ("Rumination",)
    assert found.meant("rumination") == {"Rumination"}


def test_a_label_set_knows_no_other_label_than_its_own() -> None:
    found = naming.label_set(["mind_reading", "gone"])
    assert found.meant("读心术") == {"mind_reading"}
    assert found.meant("gone") == {"gone"}
    assert found.meant("labeling") is None


def test_by_a_crosswalk_a_name_means_classes_or_none_of_them() -> None:
    table2 = naming.classes(crosswalks()["table2"])
    assert table2.meant("mental_filter") == {"others"}
    assert table2.meant("Others") == {"others"}
    assert table2.meant("思维反刍") is None
    burns = naming.classes(crosswalks()["burns"])
    without = crosswalks()["burns"].without[0]
    assert burns.meant(without) == frozenset()
