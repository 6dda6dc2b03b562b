"""Small valid networks that are not the face detector, as ONNX files: nothing here writes that format otherwise."""

OUTPUTS = ("537", "538", "539", "540")


def other_network(answer: str) -> bytes:
    """A network with the detector's input and outputs, whose answers are `zeros`, `nan` or `pixels`."""
    small = _node("MaxPool", ["input.1"], ["small"], _ints("kernel_shape", 4, 4) + _ints("strides", 4, 4))
    none = _node("Sub", ["small", "small"], ["none"])
    nan = _node("Div", ["none", "none"], ["nan"])
    nodes, last = {
        "zeros": ([small, none], "none"),
        "nan": ([small, none, nan], "nan"),
        "pixels": ([small], "small"),
    }[answer]
    nodes += [_node("Identity", [last], [name]) for name in OUTPUTS]
    graph = b"".join(_field(1, node) for node in nodes) + _field(2, b"other")
    graph += _field(11, _value("input.1", 1, 3, 480, 640))
    graph += b"".join(_field(12, _value(name, 1, 3, 120, 160)) for name in OUTPUTS)
    return _number(1, 7) + _field(7, graph) + _field(8, _number(2, 11))  # IR 7, operators of set 11


def _node(kind: str, inputs: list[str], outputs: list[str], attributes: bytes = b"") -> bytes:
    names = b"".join(_field(1, name.encode()) for name in inputs) + b"".join(_field(2, o.encode()) for o in outputs)
    return names + _field(3, outputs[0].encode()) + _field(4, kind.encode()) + attributes


def _ints(name: str, *values: int) -> bytes:
    return _field(5, _field(1, name.encode()) + b"".join(_number(8, value) for value in values) + _number(20, 7))


def _value(name: str, *shape: int) -> bytes:
    sides = b"".join(_field(1, _number(1, side)) for side in shape)
    return _field(1, name.encode()) + _field(2, _field(1, _number(1, 1) + _field(2, sides)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, octets: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(octets)) + octets


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
