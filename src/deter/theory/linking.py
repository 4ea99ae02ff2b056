"""Putting compiled functions together once, at the end, and not again at every level.

Numba optimises a function and turns it into machine code together with all it calls, and does so
again for whoever calls it. With a hundred functions in ten levels that is most of the time it takes
to compile the engine. Functions whose name begins with :data:`INNER` are left as they are, in
Numba's own intermediate form, until a function that Python can call takes them all in.

Functions whose name begins with :data:`WHOLE` are called by Python alone. What they take in is then
theirs: no other name for it is left outside, so that it can be put where it is called, and given
the form that suits its callers. That makes the engine about a tenth faster.

This reaches into Numba, so it is done only for versions it is known to be right with; under others
compiling takes twice as long and gives the same results.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numba
from llvmlite.binding import Linkage
from numba.core import codegen

INNER = "deter_inner."
WHOLE = "deter_whole."
OWN = "deter_own."
KNOWN = ((0, 68),)
"""Versions of Numba with which this has been tested."""

PASSES = 3
"""A definition is taken in only once something refers to it, which may be a later one."""


def _taken_in(library: Any, seen: set[Any]) -> list[Any]:
    """Return the libraries that a library links, and what unfinished ones among them link."""
    found = []
    for other in library._linking_libraries:
        if other not in seen:
            seen.add(other)
            found.append(other)
            if other.name.startswith(INNER):
                found.extend(_taken_in(other, seen))
    return found


def _own(library: Any) -> None:
    """Make what a library has taken in its own, as the last step before it is optimised.

    Under names of its own too: the engine looks names up in all it holds, and would find for
    another library what it cannot give it.
    """
    for function in library._final_module.functions:
        if not function.is_declaration and function.linkage == Linkage.linkonce_odr:
            function.linkage = Linkage.internal
            function.name = OWN + function.name
    type(library)._optimize_final_module(library)


def _finish(library: Any) -> None:
    """Finish a library: leave an inner one as it is, give any other all that it needs."""
    if library.name.startswith(INNER):
        library._raise_if_finalized()
        library._finalized = True
        return
    libraries = _taken_in(library, set())
    library._linking_libraries = libraries
    if any(other.name.startswith(INNER) for other in libraries):
        for _ in range(PASSES - 1):
            for other in libraries:
                library._final_module.link_in(other._get_module_for_linking(), preserve=True)
    if library.name.startswith(WHOLE):
        library._optimize_final_module = partial(_own, library)
    _finish_as_numba_does(library)


def _set_environment(code: Any, name: str, environment: Any) -> None:
    """Tell machine code of its environment, where there is machine code."""
    if code._engine.get_global_value_address(name):
        _set_environment_as_numba_does(code, name, environment)


_finish_as_numba_does: Any = codegen.CPUCodeLibrary.finalize
_set_environment_as_numba_does: Any = codegen.JITCPUCodegen.set_env
LATE = numba.version_info[:2] in KNOWN

if LATE:
    setattr(codegen.CPUCodeLibrary, "finalize", _finish)  # noqa: B010  (untyped upstream)
    setattr(codegen.JITCPUCodegen, "set_env", _set_environment)  # noqa: B010
