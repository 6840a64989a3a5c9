"""Tables that do not hold together, made by hand: an error each, whatever is off."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pytest

import tactful
from conftest import NOW

RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class Schema(ctypes.Structure):
    """`struct ArrowSchema`."""


class Array(ctypes.Structure):
    """`struct ArrowArray`."""


class Stream(ctypes.Structure):
    """`struct ArrowArrayStream`."""


Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(Schema))),
    ("dictionary", ctypes.POINTER(Schema)),
    ("release", RELEASE),
    ("private_data", ctypes.c_void_p),
]
Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(Array))),
    ("dictionary", ctypes.POINTER(Array)),
    ("release", RELEASE),
    ("private_data", ctypes.c_void_p),
]
GET_SCHEMA = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(Schema))
GET_NEXT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(Array))
LAST_ERROR = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
Stream._fields_ = [
    ("get_schema", GET_SCHEMA),
    ("get_next", GET_NEXT),
    ("get_last_error", LAST_ERROR),
    ("release", RELEASE),
    ("private_data", ctypes.c_void_p),
]

new_capsule = ctypes.pythonapi.PyCapsule_New
new_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
new_capsule.restype = ctypes.py_object


@RELEASE
def release_schema(pointer: int) -> None:
    Schema.from_address(pointer).release = RELEASE()


@RELEASE
def release_array(pointer: int) -> None:
    Array.from_address(pointer).release = RELEASE()


@RELEASE
def release_stream(pointer: int) -> None:
    Stream.from_address(pointer).release = RELEASE()


class Table:
    """Two rows of a column `context_json`, in structs that are kept alive here."""

    def __init__(self) -> None:
        texts = b"{}{}"
        self.texts = ctypes.create_string_buffer(texts, len(texts))
        self.offsets = (ctypes.c_int32 * 3)(0, 2, 4)
        self.column_buffers = (ctypes.c_void_p * 3)(
            None, ctypes.addressof(self.offsets), ctypes.addressof(self.texts))
        self.row_buffers = (ctypes.c_void_p * 1)(None)
        self.column_schema = Schema(format=b"u", name=b"context_json", flags=2, release=release_schema)
        self.column = Array(length=2, n_buffers=3, buffers=self.column_buffers, release=release_array)
        self.schemas = (ctypes.POINTER(Schema) * 1)(ctypes.pointer(self.column_schema))
        self.columns = (ctypes.POINTER(Array) * 1)(ctypes.pointer(self.column))
        self.schema = Schema(format=b"+s", name=b"", n_children=1, children=self.schemas, release=release_schema)
        self.rows = Array(
            length=2, n_buffers=1, buffers=self.row_buffers, n_children=1, children=self.columns,
            release=release_array)

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[Any, Any]:
        return (
            new_capsule(ctypes.addressof(self.schema), b"arrow_schema", None),
            new_capsule(ctypes.addressof(self.rows), b"arrow_array", None),
        )


class Tables:
    """The same as a stream of one table, or one that fails.

    It knows its rows as a table does, so it is decided at once: who reads a
    stream releases it while an exception is up, which Python code does not like.
    """

    num_rows = 2

    def __init__(self, table: Table, error: bytes | None = None) -> None:
        self.table = table
        self.is_read = False
        self.error = ctypes.create_string_buffer(error) if error else None
        self.stream = Stream(
            GET_SCHEMA(self.get_schema), GET_NEXT(self.get_next), LAST_ERROR(self.last_error), release_stream)

    def get_schema(self, _stream: int, out: Any) -> int:
        ctypes.memmove(out, ctypes.byref(self.table.schema), ctypes.sizeof(Schema))
        return 0

    def get_next(self, _stream: int, out: Any) -> int:
        if self.error is not None:
            return 5
        ctypes.memset(out, 0, ctypes.sizeof(Array))
        if not self.is_read:
            ctypes.memmove(out, ctypes.byref(self.table.rows), ctypes.sizeof(Array))
        self.is_read = True
        return 0

    def last_error(self, _stream: int) -> int:
        return ctypes.addressof(self.error) if self.error is not None else 0

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        return new_capsule(ctypes.addressof(self.stream), b"arrow_array_stream", None)


def null_children(table: Table) -> None:
    table.columns[0] = ctypes.POINTER(Array)()


def no_offsets(table: Table) -> None:
    table.column_buffers[1] = None


def offsets_that_fall(table: Table) -> None:
    table.offsets[1], table.offsets[2] = 4, 2


def an_end_before_the_start(table: Table) -> None:
    table.offsets[2] = -1


def no_utf8(table: Table) -> None:
    table.texts[0] = b"\xff"


def itself_within_itself(table: Table) -> None:
    table.schemas[0], table.columns[0] = ctypes.pointer(table.schema), ctypes.pointer(table.rows)


def a_null_row(table: Table) -> None:
    table.bits = ctypes.c_uint8(0b01)  # type: ignore[attr-defined]
    table.row_buffers[0] = ctypes.addressof(table.bits)  # type: ignore[attr-defined]
    table.rows.null_count = 1


def a_null_that_nobody_counted(table: Table) -> None:
    table.bits = ctypes.c_uint8(0b01)  # type: ignore[attr-defined]
    table.column_buffers[0] = ctypes.addressof(table.bits)  # type: ignore[attr-defined]


def put(struct: str, field: str, value: object) -> Callable[[Table], None]:
    def change(table: Table) -> None:
        setattr(getattr(table, struct), field, value)

    return change


WRONG: dict[str, tuple[Callable[[Table], None], str]] = {
    "a negative length": (put("rows", "length", -1), "length"),
    "a length that nobody set": (put("rows", "length", 2**62), "length"),
    "a negative offset": (put("column", "offset", -3), "offset"),
    "an offset over the end": (put("column", "offset", 2**62), "offset"),
    "more nulls than rows": (put("column", "null_count", 7), "null_count"),
    "a null that nobody counted": (a_null_that_nobody_counted, "null_count is 0, and its buffer says 1"),
    "nulls without a buffer": (put("column", "null_count", 1), "no buffer says which"),
    "too few buffers": (put("column", "n_buffers", 1), "buffers"),
    "buffers without a list": (put("column", "buffers", None), "buffers"),
    "a negative number of buffers": (put("column", "n_buffers", -1), "buffers"),
    "no offsets": (no_offsets, "offsets"),
    "offsets that fall": (offsets_that_fall, ""),
    "an end before the start": (an_end_before_the_start, "offset"),
    "no UTF-8": (no_utf8, "(?i)utf"),
    "fewer children than the schema has": (put("rows", "n_children", 0), "children"),
    "more children than the schema has": (put("rows", "n_children", 9), "children"),
    "children without a list": (put("rows", "children", None), "children"),
    "a child that is NULL": (null_children, "NULL"),
    "shorter columns than rows": (put("column", "length", 1), ""),
    # Where it is taken, the child is the struct that was taken.
    "itself within itself": (itself_within_itself, "levels|given away"),
    "no format": (put("column_schema", "format", None), "format is NULL"),
    "a format that is no text": (put("column_schema", "format", b"\xff"), "format is not UTF-8"),
    "a format nobody knows": (put("column_schema", "format", b"?"), ""),
    "a name that is no text": (put("column_schema", "name", b"\xff"), "name of a child is not UTF-8"),
    "a null row": (a_null_row, "null as a whole"),
    "a released array": (put("rows", "release", RELEASE()), "released"),
    "a released schema": (put("schema", "release", RELEASE()), "released"),
    "a released column": (put("column", "release", RELEASE()), "the array was released"),
    "the released schema of a column": (put("column_schema", "release", RELEASE()), "a child was released"),
}


def decide(engine: tactful.Engine, data: Any) -> Any:
    return engine.decide_batch(data, now=NOW, channel="web")


def read(engine: tactful.Engine, data: Any) -> list[Any]:
    pa = pytest.importorskip("pyarrow")
    rows: list[Any] = pa.table(decide(engine, data)).to_pylist()
    return rows


def test_a_table_made_by_hand_is_read(engine: tactful.Engine) -> None:
    assert len(decide(engine, Table())) == 2
    assert len(read(engine, Tables(Table()))) == 2


@pytest.mark.parametrize("wrong", WRONG)
def test_a_table_that_does_not_hold_together(engine: tactful.Engine, wrong: str) -> None:
    change, message = WRONG[wrong]
    table = Table()
    change(table)
    with pytest.raises(ValueError, match=message or None):
        decide(engine, table)


# A stream whose array is released has come to its end.
@pytest.mark.parametrize("wrong", [wrong for wrong in WRONG if wrong != "a released array"])
def test_a_stream_of_such_tables(engine: tactful.Engine, wrong: str) -> None:
    change, message = WRONG[wrong]
    table = Table()
    change(table)
    with pytest.raises(ValueError, match=message or None):
        decide(engine, Tables(table))


def test_what_a_stream_says_is_passed_on(engine: tactful.Engine) -> None:
    with pytest.raises(ValueError, match="the shop is closed"):
        decide(engine, Tables(Table(), b"the shop is closed"))


def test_a_stream_is_taken_once(engine: tactful.Engine) -> None:
    tables = Tables(Table())
    assert len(read(engine, tables)) == 2
    with pytest.raises(ValueError, match="released"):
        decide(engine, tables)


def test_what_is_no_table_of_columns(engine: tactful.Engine) -> None:
    table = Table()
    table.schema, table.rows = table.column_schema, table.column
    with pytest.raises(TypeError, match="expected a table, found an array of Utf8"):
        decide(engine, table)
    table = Table()
    table.schema, table.rows = table.column_schema, table.column
    with pytest.raises(TypeError, match="expected a table, found an array of Utf8"):
        decide(engine, Tables(table))


def test_a_capsule_of_another_name_is_no_table(engine: tactful.Engine) -> None:
    class Wrong(Table):
        def __arrow_c_array__(self, requested_schema: object = None) -> tuple[Any, Any]:
            schema, array = super().__arrow_c_array__()
            return array, schema

    with pytest.raises(ValueError):
        decide(engine, Wrong())
