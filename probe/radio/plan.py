"""Which channels are listened to, in which order, and how a walk's radios share them.

A beacon comes every 102.4 ms, so a visit of 110 ms or more hears each access point in reach at least once. Twenty-three
in a hundred of one maker's cameras are off the three channels that hopping rigs usually visit, and nineteen are on
5 GHz: on foot there is time for all of them.
"""

from collections.abc import Mapping, Sequence

from probe.radio.channels import mhz_of

SHORTEST_DWELL_MS, USUAL_DWELL_MS = 110, 120

_CHANNELS_2 = tuple(range(1, 14))
_CHANNELS_5 = (*range(36, 65, 4), *range(100, 145, 4), *range(149, 166, 4))
# Where channels 12 and 13 are not in use. Listening is not sending: this saves time, nothing else.
_ELEVEN = {"US", "CA", "MX", "TW", "CO", "DO", "GT", "PA", "PR"}


def usual_channels(country: str | None = None) -> tuple[int, ...]:
    """The channels, in MHz, worth a visit in a country (two letters); everywhere where none is named."""
    most = 11 if country in _ELEVEN else 13
    middles = (mhz_of(number) for number in (*_CHANNELS_2[:most], *_CHANNELS_5))
    return tuple(mhz for mhz in middles if mhz is not None)


def share(able: Mapping[str, Sequence[int]], wanted: Sequence[int]) -> dict[str, list[int]]:
    """Which radio visits which of the wanted channels (MHz), so that all end their round at about the same time.

    `able` says what each radio can tune to. Channels that few radios can reach are given away first; what none can
    reach is left out.
    """
    plan: dict[str, list[int]] = {name: [] for name in able}
    reach = {mhz: [name for name, channels in able.items() if mhz in channels] for mhz in dict.fromkeys(wanted)}
    for mhz, names in sorted(reach.items(), key=lambda item: (len(item[1]), item[0])):
        if names:
            plan[min(names, key=lambda name: (len(plan[name]), name))].append(mhz)
    return {name: scattered(sorted(channels)) for name, channels in plan.items()}


def scattered(channels: Sequence[int]) -> list[int]:
    """The channels in an order in which neighbours, which overlap, are not visited one after the other."""
    third = -(-len(channels) // 3)
    return [
        channels[place]
        for start in range(third)
        for place in (start, start + third, start + 2 * third)
        if place < len(channels)
    ]
