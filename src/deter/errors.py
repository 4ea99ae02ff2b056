"""The exception tree: every error a user can cause derives from :class:`DeterError`.

Classes take positional arguments and hand them on to ``Exception``, because SimPy and the
executors of ``concurrent.futures`` rebuild exceptions from ``args``.
"""

from __future__ import annotations

from dataclasses import dataclass


class DeterError(Exception):
    """Base of all errors that a user's input can cause; the command line exits with 2."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with an input: where, what was found, what is allowed, how to mend it.

    Attributes
    ----------
    file : str
        The file as the user named it, or ``--set`` for a value from the command line.
    line : int
        1-based line; 0 where there is none.
    path : str
        Dotted path of the value in the file, as ``guarantors.DE.resolve``.
    message : str
        What was found, what is allowed, and what to do.
    """

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class InputError(DeterError):
    """One or more faults in what the user gave; all faults of a file come together.

    Parameters
    ----------
    faults : tuple of Fault
        In the order of file and line.
    """

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class OutputError(DeterError):
    """A result cannot be written where the user asked."""
