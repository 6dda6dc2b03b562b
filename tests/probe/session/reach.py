"""All that hangs on a session in memory, but for the probe around it and the program itself."""

import gc
import sys
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

from msgspec import Struct

from probe.session.session import Session
from tests.probe.session.around import ScriptedAround


def reachable(session: Session, around: ScriptedAround) -> Iterator[object]:
    """Every object once; those as well that hang on a photo which is still being made."""
    seen = {id(around), id(around.__dict__)}
    stack: list[object] = [session, *(came for _, came in around.presses if not came.done())]
    while stack:
        one = stack.pop()
        if id(one) in seen or isinstance(one, type | ModuleType | BuiltinFunctionType):
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, FunctionType):
            stack += [cell.cell_contents for cell in one.__closure__ or ()]
        elif isinstance(one, MethodType):
            stack.append(one.__self__)
        elif isinstance(one, Struct):  # the garbage collector does not look into most of them
            stack += [getattr(one, name) for name in one.__struct_fields__]
        else:
            stack += gc.get_referents(one)


def octets(session: Session, around: ScriptedAround) -> int:
    """How many octets of memory that is."""
    return sum(map(sys.getsizeof, reachable(session, around)))
