"""The sentences of docs/accuracy.md that are the same after every run."""

AIMS = """They were set before
anything was measured, and are of this run: the short form has fewer trials, so that chance moves a figure that lies
near its aim.
"""

HEAD = """# Which camera, and where: how near we come

`make accuracy` wrote this page, in its {form} form. It is a measurement of simulated walks past real positions and of
simulated radio, with real radio and real pairs beside them: nobody walked with a probe for it. Compare figures of one
run; `python -m tests.accuracy --full` has all seeds.
"""

MERGING = """Real positions of cameras from OpenStreetMap (© OpenStreetMap contributors, ODbL), three simulated walks
past each, each of which sees 70 % of them. The receiver's bias is common to a walk and place, noise is each report's
own; both are deviations per axis. Half of the runs have one bias for each square of 200 m, whose corner is drawn anew
for each walk and area, half a smooth field. Kind, mount and direction are there as often as on real nodes, neighbours
are alike as often as real ones are, and walkers err. Parameters and seeds are in `tests/accuracy/merging.toml`.

Pairwise F1, in brackets cameras made for each true one. \\* The radius is the best of a sweep on these very walks:
hindsight that flatters the baselines. The *oracle* has the same reports without their bias and knows the true
cameras, and what is true of them: what is left are the noise of each report and what walkers say wrongly.
"""

DECIDED = """What is decided without a person, and how much of that is wrong. A report is right where it is in the
camera that is its own: made and true ones are matched one to one, so a false merge and a false split both count.
What is decided today is by the product's own threshold, one for all, learnt in other areas, on other seeds, with a
margin for what chance does to it; those of the next two columns are learnt so for each set, without a margin. In the
picture the dotted line is at .5 %.
"""

POLE = """One hard pole: four real cameras a few metres apart, and what three simulated walks make of them. It is the
first of its kind by a hash of its place, not one that was picked.
"""

LOCATING = """Simulated passes in streets: shadowing that hangs together in space, fading, buildings, lost frames, and
a receiver that drifts; parameters and seed in `tests/accuracy/locating.toml`, which no method is told. With bearings,
three photos of one walk or two of each of two walks, with a common error of the compass and one in ten that points
anywhere; baselines use the radio alone. \\* The method gives no region: the radius held 95 % of other trials, all
scenarios together. The score is the radius and 20 times what it lacks to reach the truth: the less the better. A
region is honest where 93 to 97 of 100 hold; the interval is the binomial one (Wilson). In the picture honest regions
lie on the dotted line.
"""

BOUND = """The bound is Cramer and Rao's for the geometry of each scenario: no unbiased estimator that knows nothing of
streets and facades has a smaller error.
"""

TOGETHER = """{count} simulated cameras, each heard on two walks and photographed from two places on each. And as many
times two such cameras on one facade, by the same walks: what is made of them must be two again.
"""

FEUP = """Outdoor Wi-Fi, January 2019, two masts, CC-BY-4.0 (adamiaonr/wifi-vehicles). A report, not a gate: two
masts are few, passes by one are not independent, and the truth is as good as a GPS. Radii with an asterisk are the
simulation's.
"""

PAIRS = """### Pairs that people judged

Plate readers at most 30 m apart in an older extract of OpenStreetMap, by what became of them. Here two walkers report
one node each, with 5 m accuracy. A deletion is not always a de-duplication, and kept pairs include doubles that
nobody saw.
"""

COSTS = """Real positions, and what three simulated walks reported there, set down again all around the globe until
there are so many cameras; then single sightings come, from 10,000 cameras on the same ones at the same places. CPU is
the processor's time: the clock's is stretched where the machine has something else to do, and differs between runs.
Beyond 2,000 cameras only what is around the arrivals is resolved, and a sample of windows; with store and deriver, the
log is as long as it would be, and the table of derived cameras is filled up with copies of rows. A hub shows no more
than 50,000 cameras; the merge alone has no such bound.
"""

OTHERS = """## Measuring another estimator

One that merges takes reports and answers with a camera for each, and how sure it is: it goes into `OURS` of
`tests/accuracy/merge.py`. One that locates takes the passes by one camera and answers with a place and a region: `OURS`
of `tests/accuracy/locate.py`. Neither is given the parameters. Factors and thresholds are learnt on the areas and seeds
to learn by, never on those that this page is of.
"""
