"""What is found on the way through an experiment: faults, and remarks for its reader."""

from __future__ import annotations

from deter.errors import Fault, InputError
from deter.spec.checking import Origin
from deter.spec.tree import Path, Table


class Findings:
    """Faults by the path they are about, and remarks.

    Parameters
    ----------
    tree : Table
        The experiment as written, with its lines.
    """

    def __init__(self, tree: Table) -> None:
        self.origin = Origin(tree)
        self.faults: list[tuple[Path, Fault]] = []
        self.notes: list[str] = []

    def wrong(self, path: Path, message: str, *, at_key: bool = False) -> None:
        """Note a fault."""
        self.faults.append((path, self.origin.fault(path, message, at_key=at_key)))

    def passed_on(self, error: InputError, path: Path, target: str = "") -> None:
        """Note what setting a value leads to, at the place in the experiment that asks for it."""
        for fault in error.faults:
            if fault.file == "--set" or not fault.line:
                about = "" if fault.path in ("", target) else f"{fault.path}: "
                self.wrong(path, f"{about}{fault.message}")
            else:
                self.faults.append((path, fault))
