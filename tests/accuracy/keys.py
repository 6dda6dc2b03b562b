"""What the names in build/accuracy.json mean. A name that no line here is of is a fault, and a test finds it."""

import re
from collections.abc import Iterable

_SET = r"merge\.(cctv|alpr)_(4_3|8_4)"
_LOCATE = r"(locate\.(pass|l|loop|both_l)(_bearings)?|feup\.(2_4|5)_ghz)\.[a-z_]+"

# Pattern, what is written of it on the page, meaning
MEANINGS: tuple[tuple[str, str, str], ...] = (
    (_SET + r"\.cameras", "`merge.SET.cameras`", "true cameras walked past; SET is `cctv_4_3` and so on"),
    (_SET + r"\.reports", "`merge.SET.reports`", "reports, over laws of the bias and seeds"),
    (_SET + r"\.[a-z0-9_]+\.f1", "`merge.SET.POLICY.f1`", "pairwise F1, forced guesses included"),
    (_SET + r"\.[a-z0-9_]+\.(grid|smooth)\.f1", "`merge.SET.POLICY.LAW.f1`", "the same under one law of the bias"),
    (_SET + r"\.ours\.[a-z_]+\.f1", "`merge.SET.ours.VARIANT.f1`", "the same where reports differ"),
    (_SET + r"\.[a-z0-9_]+\.count_ratio", "`merge.SET.POLICY.count_ratio`", "cameras made / true ones"),
    (_SET + r"\.ours\.[a-z_]+\.count_ratio", "`merge.SET.ours.VARIANT.count_ratio`", "the same where reports differ"),
    (
        _SET + r"\.closed_to_oracle(_from_attributes)?",
        "`merge.SET.closed_to_oracle`, `…_from_attributes`",
        "share of the way from one-to-one, without and with attributes, to the oracle; below 0 it is behind",
    ),
    (
        _SET + r"\.automatic\.(today|at_[0-9_]+_percent)\.(share|wrong)",
        "`merge.SET.automatic.HOW.share`, `.wrong`",
        "share of reports decided without a person, and the share of these that is wrong; HOW is `today`, or a "
        "threshold learnt in other areas for at most so many per cent wrong (null: nothing could be decided)",
    ),
    (
        _SET + r"\.(ours|one_to_one)\.wrong_of_surest_\d+",
        "`merge.SET.POLICY.wrong_of_surest_N`",
        "share that is wrong among the N % of reports that it is surest of",
    ),
    (r"locate\.trials", "`locate.trials`", "simulated cameras in each scenario"),
    (_LOCATE + r"\.(median|p90)_m", "`locate.SCENARIO.METHOD.median_m`, `.p90_m`", "error in metres"),
    (
        _LOCATE + r"\.covered95(_low|_high)?",
        "`….covered95`, `_low`, `_high`",
        "share of 95 % regions that hold the truth, and its 95 % binomial interval (Wilson)",
    ),
    (_LOCATE + r"\.covered50", "`….covered50`", "share of 50 % regions that hold it"),
    (_LOCATE + r"\.radius_m", "`….radius_m`", "median radius of a circle as large as the region"),
    (
        _LOCATE + r"\.interval_score_m",
        "`….interval_score_m`",
        "radius, and 20 times what it lacks to reach the truth, mean: punishes size and boast; the less the better",
    ),
    (
        r"locate\.(pass|l|loop|both_l)(_bearings)?\.bound_m",
        "`locate.SCENARIO.bound_m`",
        "Cramer and Rao's bound of the median error in metres",
    ),
    (
        r"locate\.(min|max)_coverage_95",
        "`locate.min_coverage_95`, `max_coverage_95`",
        "the product's `covered95` in the scenario where it is least, and most",
    ),
    (
        r"locate\.two_walks_bearings(_no_streets)?\.(median|p90)_m",
        "`locate.two_walks_bearings.median_m`, `.p90_m`",
        "the product's error, in metres, with both pavements, a corner and two bearings on each of two walks, and the "
        "streets of an operator; `two_walks_bearings_no_streets`: without them",
    ),
    (r"feup\.(2_4|5)_ghz\.passes", "`feup.BAND.passes`", "half laps past a mast; the figures are named as above"),
    (r"together\.trials", "`together.trials`", "cameras heard on two walks and photographed twice on each"),
    (
        r"together\.(cameras_median|cameras_p90|one_share)",
        "`together.cameras_median`, `cameras_p90`, `one_share`",
        "how many cameras become of one, and how often it is one",
    ),
    (
        r"together\.two\.(cameras_median|cameras_p90|two_share|right_share)",
        "`together.two.cameras_median`, …, `right_share`",
        "how many become of two such cameras, 6 m apart, and how often they are two, each with all of its own",
    ),
    (
        r"pairs\.(one_deleted|both_kept)\.(merged|queued|apart|merged_or_queued)",
        "`pairs.LABEL.OUTCOME`",
        "pairs of real nodes of which people deleted one, or kept both: merged without asking, queued, or apart",
    ),
    (r"gone\.[a-z0-9_.]+", "`gone.…`", "how often a camera that is said to be gone is: see its table"),
    (r"poison\.[a-z0-9_.]+", "`poison.…`", "what one contributor could do who lies: see its table"),
    (r"towns\.[a-z0-9_.]+", "`towns.…`", "the product's regions under other laws than the frozen ones: see its table"),
    (r"scale\.[a-z0-9_.]+", "`scale.…`", "what a sighting and a rebuild cost: see its table"),
    (r"seconds", "`seconds`", "wall clock of the whole run"),
    (
        r"form",
        "`form`",
        "`short` or `full`; `, cut down` where areas or trials are not all of them; `, seed N` where that is another",
    ),
)


def without_meaning(keys: Iterable[str]) -> list[str]:
    """The names that nothing here explains."""
    return [key for key in keys if not any(re.fullmatch(pattern, key) for pattern, _, _ in MEANINGS)]
