"""YAML 1.2 into a tree with lines, or into faults: nothing else can come out.

The events of ``ruamel.yaml`` are put together here, without recursion, so that depth, expanded
size and repeated keys are met as they come.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from deter.errors import Fault, InputError
from deter.files import reason
from deter.spec.hints import found
from deter.spec.scalars import resolve, resolve_tagged
from deter.spec.tree import SET, Entry, Leaf, Listing, Node, Place, Table

MAX_BYTES = 5_000_000
"""Largest file that is read."""

MAX_NODES = 200_000
"""Most values a file may hold once its aliases are written out."""

MAX_DEPTH = 60
"""Deepest nesting."""

_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fail(file: str, line: int, message: str, path: str = "") -> InputError:
    """Return an error of a single fault."""
    return InputError((Fault(file, line, path, message),))


def read_table(path: Path, shown: str) -> Table:
    """Read a file that holds one mapping.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        Its name in messages.

    Raises
    ------
    InputError
        If it cannot be read, is no YAML, or holds anything but one mapping.
    """
    return parse_table(read_text(path, shown), shown)


def read_text(path: Path, shown: str) -> str:
    """Read a file as UTF-8 text that YAML allows."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except IsADirectoryError:
        raise fail(shown, 0, "is a folder; name a file in it") from None
    except PermissionError:
        raise fail(shown, 0, "may not be read; change its permissions") from None
    except (OSError, ValueError) as error:
        raise fail(shown, 0, f"cannot be read: {reason(error)}") from None
    return decode(raw, shown)


def decode(raw: bytes, shown: str) -> str:
    """Turn the bytes of a file into text, or say how to save it."""
    if len(raw) > MAX_BYTES:
        raise fail(shown, 0, f"is larger than {MAX_BYTES / 1e6:g} MB; a scenario is far smaller")
    for mark, name in _BOMS:
        if raw.startswith(mark):
            raise fail(shown, 1, f"is encoded as {name}; save it as UTF-8")
    if b"\0" in raw:
        line = _line_of(raw, raw.index(b"\0"))
        raise fail(shown, line, "holds NUL bytes: a binary file, or UTF-16; save it as UTF-8 text")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _line_of(raw, error.start)
        byte = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise fail(shown, line, f"{byte}; save the file as UTF-8 text") from None
    _refuse_control(text, shown)
    return text


def _line_of(raw: bytes, position: int) -> int:
    return raw.count(b"\n", 0, position) + 1


def _refuse_control(text: str, shown: str) -> None:
    match = _FORBIDDEN.search(text)
    if match is not None:
        line = 0 if shown == SET else text.count("\n", 0, match.start()) + 1
        code = f"U+{ord(match.group()):04X}"
        raise fail(shown, line, f"the character {code} may not stand in YAML; take it out")


def parse_table(text: str, shown: str) -> Table:
    """Parse a text that holds one mapping; the same text gives the same tree."""
    node = _parse(text, shown)
    if node is None or (isinstance(node, Leaf) and node.value is None):
        raise fail(shown, 0, "is empty; write a mapping of `key: value` lines")
    if not isinstance(node, Table):
        what = found(node.value) if isinstance(node, Leaf) else "a list"
        raise fail(shown, node.place.line, f"holds {what}; write a mapping of `key: value` lines")
    return node


def parse_value(text: str) -> Node:
    """Parse the value of a ``--set``: a scalar, or YAML in flow style."""
    _refuse_control(text, SET)
    node = _parse(text, SET)
    return Leaf(None, Place(SET)) if node is None else node


@lru_cache(maxsize=256)
def _parse(text: str, shown: str) -> Node | None:
    builder = _Builder(shown)
    for event in _events(text, builder):
        builder.take(event)
    if builder.faults:
        raise InputError(tuple(sorted(builder.faults)))
    return builder.root


def _events(text: str, builder: _Builder) -> Iterator[Any]:
    reader = YAML(typ="safe", pure=True)
    events = reader.parse(text)
    while True:
        try:
            event = next(events, None)
        except MarkedYAMLError as error:
            raise InputError((*builder.faults, _syntax_fault(error, builder))) from None
        except Exception as error:  # noqa: BLE001 - the parser lets plain errors through
            fault = Fault(builder.file, builder.last, "", f"is not YAML: {error}")
            raise InputError((*builder.faults, fault)) from None
        if event is None:
            return
        yield event


def _syntax_fault(error: MarkedYAMLError, builder: _Builder) -> Fault:
    mark = error.problem_mark or error.context_mark
    line = builder.line(mark) if mark is not None else builder.last
    opened = builder.line(error.context_mark) if error.context_mark is not None else line
    problem = " ".join(str(error.problem or error.context or "it cannot be parsed").split())
    return Fault(builder.file, line, "", f"is not YAML: {_advise(problem, opened)}")


_ADVICE = (
    ("\\t", "a tab stands where none may; indent with spaces"),
    (
        "mapping values are not allowed",
        "a ': ' too many; put the text in quotes or mend the indent",
    ),
    ("could not find expected ':'", "the line above is no `key: value`; write a colon and a space"),
    (
        "<block end>",
        "this does not line up with what starts {above}; mend the indent, or put a text that "
        "starts with [ or {{ in quotes",
    ),
    ("expected ',' or", "the bracket opened {above} is not closed, or a comma is missing in it"),
    ("end of stream", "the quote opened {above} is not closed; close it"),
    ("expected alphabetic or numeric", "a text that starts with & or * must be in quotes"),
    ("cannot start any token", "{problem}; put the text in quotes"),
    ("escape character", "{problem}; double the backslash, or use single quotes"),
)


def _advise(problem: str, opened: int) -> str:
    above = f"in line {opened}" if opened else "before it"
    for sign, advice in _ADVICE:
        if sign in problem:
            return advice.format(above=above, problem=problem)
    return f"{problem}; check the quotes, brackets and indent here"


@dataclass
class _Frame:
    """A table or list that is still open."""

    place: Place
    table: bool
    anchor: str | None
    entries: dict[str, Entry] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    key: tuple[str, Place] | None = None
    size: int = 1
    height: int = 1

    def close(self) -> Node:
        if self.table:
            return Table(self.entries, self.place)
        return Listing(tuple(self.items), self.place)


@dataclass(frozen=True)
class _Anchored:
    """A node that aliases may repeat, with its size and height once written out."""

    node: Node
    size: int
    height: int


class _Builder:
    """Puts the events of one document together, and collects what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.root: Node | None = None
        self.last = 1
        self._documents = 0
        self._nodes = 0
        self._frames: list[_Frame] = []
        self._anchors: dict[str, _Anchored] = {}

    def line(self, mark: Any) -> int:
        return 0 if self.file == SET else int(mark.line) + 1

    def take(self, event: Any) -> None:
        """Take one event of the parser."""
        self.last = self.line(event.start_mark)
        name = type(event).__name__
        if name == "DocumentStartEvent":
            self._start_document()
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            self._open(event, table=name == "MappingStartEvent")
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            self._close()
        elif name == "ScalarEvent":
            self._scalar(event)
        elif name == "AliasEvent":
            self._alias(event)

    def _start_document(self) -> None:
        self._documents += 1
        if self._documents > 1:
            raise self._fatal("a second document starts here; write one document a file")

    def _open(self, event: Any, *, table: bool) -> None:
        tag = event.tag
        if tag not in (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            self._fault(f"the tag {str(tag)[:60]!r} is unknown; leave it out")
        self._refuse_as_key("a list or mapping")
        if len(self._frames) >= MAX_DEPTH:
            raise self._fatal(f"is nested more than {MAX_DEPTH} deep; flatten it")
        self._count(1)
        self._frames.append(_Frame(self._place(), table, event.anchor))

    def _close(self) -> None:
        frame = self._frames.pop()
        self._add(frame.close(), frame.anchor, frame.size, frame.height)

    def _scalar(self, event: Any) -> None:
        if self._expects_key():
            self._take_key(event)
            return
        self._count(1)
        self._add(Leaf(self._resolved(event), self._scalar_place(event)), event.anchor, 1, 0)

    def _scalar_place(self, event: Any) -> Place:
        """Return where a scalar stands; one that is left empty stands at its key."""
        key = self._frames[-1].key if self._frames else None
        return self._place() if event.value or key is None else key[1]

    def _resolved(self, event: Any) -> Any:
        text = str(event.value)
        self._refuse_surrogates(text)
        if event.tag is None:
            return resolve(text) if event.style in (None, "") else text
        try:
            return resolve_tagged(text, str(event.tag))
        except ValueError as error:
            self._fault(str(error))
            return text

    def _refuse_surrogates(self, text: str) -> None:
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self._fatal("an escape here stands for no character; take it out")

    def _take_key(self, event: Any) -> None:
        text = str(event.value)
        self._refuse_surrogates(text)
        if text == "<<" and event.style in (None, ""):
            self._fault("'<<' is not part of YAML 1.2; write the keys out, or use `extends`")
        frame = self._frames[-1]
        if text in frame.entries:
            before = frame.entries[text].key.line
            where = f" (first in line {before})" if before else ""
            self._fault(f"key {found(text)} is given twice{where}; keep one of the two")
        frame.key = (text, self._place())
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(Leaf(text, self._place()), 1, 0)

    def _alias(self, event: Any) -> None:
        self._refuse_as_key("an alias")
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            open_here = any(frame.anchor == event.anchor for frame in self._frames)
            reason = "holds itself" if open_here else "has no anchor above it"
            raise self._fatal(f"the alias *{event.anchor} {reason}; write the value out")
        if len(self._frames) + anchored.height > MAX_DEPTH:
            raise self._fatal(f"is nested more than {MAX_DEPTH} deep through aliases; flatten it")
        self._count(anchored.size)
        self._add(anchored.node, None, anchored.size, anchored.height)

    def _add(self, node: Node, anchor: str | None, size: int, height: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = _Anchored(node, size, height)
        if not self._frames:
            self.root = node
            return
        frame = self._frames[-1]
        frame.size += size
        frame.height = max(frame.height, height + 1)
        if not frame.table:
            frame.items.append(node)
        elif frame.key is not None:
            text, place = frame.key
            frame.entries.setdefault(text, Entry(node, place))
            frame.key = None

    def _expects_key(self) -> bool:
        return bool(self._frames) and self._frames[-1].table and self._frames[-1].key is None

    def _refuse_as_key(self, what: str) -> None:
        if self._expects_key():
            raise self._fatal(f"{what} may not be a key; write a text")

    def _count(self, size: int) -> None:
        self._nodes += size
        if self._nodes > MAX_NODES:
            raise self._fatal(f"holds more than {MAX_NODES:,} values, aliases written out")

    def _place(self) -> Place:
        return Place(self.file, self.last)

    def _fault(self, message: str) -> None:
        self.faults.append(Fault(self.file, self.last, "", message))

    def _fatal(self, message: str) -> InputError:
        return InputError((*self.faults, Fault(self.file, self.last, "", message)))
