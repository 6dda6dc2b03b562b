"""Content that the contract allows and nobody sends: made from the types themselves, each field at its edges.

What comes out is plain JSON data. Fields that the contract gets later are fuzzed as well, without a change here.
"""

import re
from math import inf, nextafter
from typing import Any

from hypothesis import strategies as st
from msgspec import inspect

from probe.contract.sighting import Kind, Sighting

_TEXTS = (
    "",
    "x",
    "\u00e9",
    "\U0001f4f7",
    "\u202e\u2066",
    "a\u0301",
    "\u200d",
    "</script>",
    "{{7*7}}",
    "'; --",
    "0",
    "=1+1",
)
_INSTANTS = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z", "2026-05-09T10:00:00Z")
_DAYS = ("0001-01-01", "9999-12-31", "1970-01-01", "2026-05-09", "2024-02-29")
_LENGTHS = (0, 1, 2, 3)
_MOST_ITEMS = 300  # of what has no bound of its own

Strategy = st.SearchStrategy[Any]


def sightings() -> Strategy:
    """Sightings of any kind, each with the one part that its kind has, and evidence that its claims may point at."""
    info = inspect.type_info(Sighting)
    assert isinstance(info, inspect.StructType)
    fields = {field.encode_name: field for field in info.fields}
    return st.sampled_from(list(Kind)).flatmap(lambda kind: _of_kind(fields, kind))


def _of_kind(fields: dict[str, inspect.Field], kind: Kind) -> Strategy:
    own = Sighting.PARTS[kind]
    wanted = {name: field for name, field in fields.items() if name == own or name not in Sighting.PARTS.values()}
    wanted = {name: field for name, field in wanted.items() if name not in ("kind", "v")}
    must = {name: _value(field.type) for name, field in wanted.items() if field.required}
    must[own] = _value(fields[own].type).filter(lambda part: part is not None)
    may = {name: _value(field.type) for name, field in wanted.items() if name not in must}
    return st.fixed_dictionaries({"v": st.just(1), "kind": st.just(str(kind)), **must}, optional=may).map(
        _pointing_right
    )


def _pointing_right(sighting: dict[str, Any]) -> dict[str, Any]:
    """Claims point at evidence that is there."""
    there = len(sighting.get("evidence", ()))
    claims = [
        {**claim, "evidence": [number % there for number in claim.get("evidence", ())] if there else []}
        for claim in sighting.get("claims", ())
    ]
    return {**sighting, "claims": claims}


def _value(type_: inspect.Type) -> Strategy:
    """Any value of a type, at its edges."""
    if isinstance(type_, inspect.Metadata):
        return _value(type_.type)
    if isinstance(type_, inspect.UnionType):
        return st.one_of([_value(one) for one in type_.types])
    if isinstance(type_, inspect.StructType):
        return _struct(type_)
    if isinstance(type_, inspect.EnumType):
        return st.sampled_from([str(member) for member in type_.cls])
    if isinstance(type_, inspect.VarTupleType):
        return _items(type_)
    if isinstance(type_, inspect.StrType):
        return _text(type_)
    if isinstance(type_, inspect.FloatType | inspect.IntType):
        return _number(type_)
    plain: dict[type[inspect.Type], Strategy] = {
        inspect.NoneType: st.none(),
        inspect.BoolType: st.booleans(),
        inspect.DateTimeType: st.sampled_from(_INSTANTS),
        inspect.DateType: st.sampled_from(_DAYS),
    }
    return plain[type(type_)]  # a type that the contract gets later stops here


def _struct(type_: inspect.StructType) -> Strategy:
    must = {field.encode_name: _value(field.type) for field in type_.fields if field.required}
    may = {field.encode_name: _value(field.type) for field in type_.fields if not field.required}
    if type_.tag_field is not None:
        must[type_.tag_field] = st.just(type_.tag)
    return st.fixed_dictionaries(must, optional=may)


def _items(type_: inspect.VarTupleType) -> Strategy:
    """Few different ones, or one of them as often as there may be."""
    least, most = type_.min_length or 0, type_.max_length or _MOST_ITEMS
    few = [length for length in _LENGTHS if least <= length <= most]
    item = _value(type_.item_type)
    some = st.sampled_from(few).flatmap(lambda length: st.lists(item, min_size=length, max_size=length))
    return st.one_of(some, some, item.map(lambda one: [one] * most))


def _text(type_: inspect.StrType) -> Strategy:
    if type_.pattern is not None:
        return st.from_regex(re.compile(type_.pattern, re.ASCII), fullmatch=True)
    most = type_.max_length if type_.max_length is not None else 5000
    return st.sampled_from([*(text[:most] for text in _TEXTS), "x" * most, "\U0001f4f7" * most])


def _number(type_: "inspect.FloatType | inspect.IntType") -> Strategy:
    low = type_.ge if type_.ge is not None else type_.gt
    high = type_.le if type_.le is not None else type_.lt
    whole = isinstance(type_, inspect.IntType)
    near: list[float | int] = [0, 1, -1, 45, 180]
    near += [] if whole else [-0.0, 5e-324, -5e-324, 1e-300, 1e300, 0.1, 1 / 3, 89.9999999, -179.9999999]
    for edge in (low, high):
        if edge is not None:
            near += [int(edge), int(edge) - 1, int(edge) + 1] if whole else [
                float(edge), nextafter(float(edge), -inf), nextafter(float(edge), inf)
            ]  # fmt: skip
    return st.sampled_from([number for number in near if _within(number, type_)])


def _within(number: float, type_: "inspect.FloatType | inspect.IntType") -> bool:
    return (
        (type_.ge is None or number >= type_.ge)
        and (type_.gt is None or number > type_.gt)
        and (type_.le is None or number <= type_.le)
        and (type_.lt is None or number < type_.lt)
    )
