"""How a stated accuracy divides into what is an item's own and what its walk has in common. Pure."""

from hub.merge.which.factors import factors

RADIUS68_PER_SD = 1.51  # sqrt(2 ln(1 / .32)): the radius that holds 68 % of a round normal law, for a deviation of 1
LEAST_M, MOST_M = 0.5, 500.0  # a receiver that claims less boasts; one that claims more tells nothing


def split_of_accuracy(accuracy_m: float | None) -> tuple[float, float, bool]:
    """The own variance, the common variance, both per axis in square metres, and whether the walk told its accuracy.

    `accuracy_m` is the radius that holds 68 %. Nobody says which part of it is the receiver's bias, so it is divided as
    is usual; `resolve` learns better from how well neighbours agree.
    """
    place = factors().place
    told = accuracy_m is not None and 0 <= accuracy_m < float("inf")
    variance = place.untold_variance
    if told and accuracy_m is not None:
        variance = (min(max(accuracy_m, LEAST_M), MOST_M) / RADIUS68_PER_SD) ** 2
    return variance * place.own_share, variance * (1 - place.own_share), told
