"""Ratings with published agreement, as signs: one string per rater, "." is missing."""

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.ratings import Ratings, ratings

# Krippendorff 2011: 4 observers, 12 units, values 1 to 5.
O1 = "123321412... 1233224125.3 .3332342251. 12332441251."
# Krippendorff 2011: binary data, and nominal data of two observers.
O2 = "0100000010 1110010000"
O3 = "aabbdcccedda babbbccceddd"
# Wikipedia, Krippendorff's alpha: 3 coders, 15 units, values 1 to 4.
O4 = ".....34121133.3 1.213343....... ..21344.21133.4"
# Gwet's cac.raw4raters: as O1, but the last unit was rated by the third rather than the second.
O5 = "123321412... 1233224125.. .33323422513 12332441251."
# Gwet's raw5obser: 15 units of 5 raters, values 0 to 3; one string per unit.
O6_UNITS = (
    "112.2 1101. 2333. .00.0 000.0 000.0 102.1 1.20. 222.2 2111. .100. 0000. 1222. 33223 111.1"
)
O6 = " ".join(map("".join, zip(*[f"{unit:.<5}" for unit in O6_UNITS.split()], strict=True)))
# Fleiss 1971: 30 patients, six diagnoses each: how often each of five was given.
O7_COUNTS = (
    "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031"
    " 00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"
)
O7 = np.array([np.repeat(range(5), [int(c) for c in p]) for p in O7_COUNTS.split()]).T
# Wikipedia, Fleiss' kappa: 10 items, 14 raters: how often each of five values was given.
O8_COUNTS = (
    "0,0,0,0,14; 0,2,6,4,2; 0,0,3,5,6; 0,3,9,2,0; 2,2,8,1,1; 7,7,0,0,0; 3,2,6,3,0; 2,5,3,2,2;"
    " 6,5,2,1,0; 0,2,2,3,7"
)
O8 = np.array(
    [np.repeat(range(5), [int(c) for c in item.split(",")]) for item in O8_COUNTS.split(";")]
).T
# Shrout and Fleiss 1979: four judges of six subjects; one row per judge.
O9 = np.array([[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]])
# Cohen 1968, and Fleiss, Cohen and Everitt 1969: counts of two raters, 200 items each.
O10_COHEN = "88,14,18; 10,40,10; 2,6,12"
O10_FLEISS = "106,10,4; 22,28,10; 2,12,6"
# R irr's anxiety: 3 raters of 20, values 1 to 6.
O11 = "33345523522615221243 36462424332333221334 21443216111233113322"
# Feinstein and Cicchetti 1990: pairs of tables with the same agreement, other margins.
O12_PARADOX = ("40,9; 6,45", "80,10; 5,5", "45,15; 25,15", "25,35; 5,35")
# Gwet's cont3x3abstractors: rows are the first rater's.
O12 = "13,0,0;0,20,7;0,4,56"
# stats.stackexchange 407453: the sets of labels of two coders, digits are labels.
O13 = ("12 12 1 3 3 4 2 12 12 1", "1 12 1 3 13 4 4 1 123 1")
# Dawid and Skene 1979: grades 1 to 4 of 45 patients by observer 1 three times, by 2 to 5 once.
O14_FIRST = (
    "131222132242121111222222112111131224223111212"
    " 131222232342122111222222113111131223233112322"
    " 132222232242121111222221112112131223123111212"
)
O14_OTHERS = (
    "142333232243131211212232112111131234233112212"
    " 131123142243121111232222112111121223224111212"
    " 132222132244111111222222112112131234333111212"
    " 142122133343121111122122112111131223232111212"
)


def rows(text: str) -> NDArray[np.int64]:
    """Ratings by their sign's code, as they may be letters; one string per rater."""
    signs = [[-1 if sign == "." else ord(sign) for sign in rater] for rater in text.split()]
    return np.array(signs)


def rated(text: str, *levels: float) -> Ratings:
    """Ratings on a scale from signs that are digits."""
    values = [[np.nan if sign == "." else int(sign) for sign in rater] for rater in text.split()]
    return ratings(values, levels=levels)


def cells(text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Two raters' answers from a table of counts, rows the first's."""
    counts = [[int(count) for count in row.split(",")] for row in text.split(";")]
    pairs = [(a, b) for a, row in enumerate(counts) for b, n in enumerate(row) for _ in range(n)]
    return np.array([a for a, _ in pairs]), np.array([b for _, b in pairs])
