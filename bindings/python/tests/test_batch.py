"""Tables in and out: the answers of a batch are those one by one, in any library."""

from __future__ import annotations

import _thread
import json
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import tactful
from conftest import NOW, ROOT

pa = pytest.importorskip("pyarrow")

KEYWORDS: dict[str, Any] = {"now": NOW, "channel": "web", "carry": ["user_id"]}


def flat(customer: dict[str, Any]) -> dict[str, Any]:
    """Spells facts as one column each; a list known in part gets a column of its own."""
    columns = {}
    for part, facts in customer.items():
        if not isinstance(facts, dict):
            columns[part] = facts
            continue
        for name, fact in facts.items():
            is_partial = isinstance(fact, dict) and "partial" in fact
            columns[f"{part}.{name}" + (".partial" if is_partial else "")] = fact["partial"] if is_partial else fact
    return columns


@pytest.fixture(scope="module")
def customers() -> list[dict[str, Any]]:
    lines = (ROOT / "examples" / "data" / "customers.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines[:240]]


@pytest.fixture(scope="module")
def columns(customers: list[dict[str, Any]]) -> Any:
    rows = [flat(customer) for customer in customers]
    names = dict.fromkeys(name for row in rows for name in row)
    arrays = {name: pa.array([row.get(name) for row in rows]) for name in names}
    # Nobody owns a product, so nothing shows what the lists would hold.
    products = pa.list_(pa.struct([("id", pa.string())]))
    arrays["purchases.products"] = arrays["purchases.products"].cast(products)
    return pa.table(arrays)


@pytest.fixture(scope="module")
def expected(engine: tactful.Engine, customers: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    def answer(customer: dict[str, Any]) -> tuple[Any, ...]:
        decision = engine.decide(customer, now=NOW, channel="web")
        return (
            customer["user_id"],
            [(one.action, str(one.priority)) for one in decision.recommendations],
            [(one.action, one.because) for one in decision.suppressed],
            decision.valid_until,
        )

    return [answer(customer) for customer in customers]


def answers(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    assert all(row["error"] is None for row in rows)
    return [
        (
            row["user_id"],
            [(one["action"], one["priority"]) for one in row["recommendations"]],
            [(one["action"], one["because"]) for one in row["suppressed"]],
            row["valid_until"],
        )
        for row in rows
    ]


def json_rows(count: int) -> Any:
    return pa.table({"context_json": ["{}"] * count})


def test_a_pyarrow_table(engine: tactful.Engine, columns: Any, expected: Any) -> None:
    decided = engine.decide_batch(columns, **KEYWORDS)
    assert isinstance(decided, tactful.DecisionBatches)
    assert answers(pa.table(decided).to_pylist()) == expected
    assert answers(pa.table(decided).to_pylist()) == expected, "a table is there for good"


def test_a_pyarrow_batch(engine: tactful.Engine, columns: Any, expected: Any) -> None:
    batch = columns.combine_chunks().to_batches()[0]
    decided = engine.decide_batch(batch, **KEYWORDS)
    assert isinstance(decided, tactful.DecisionBatch)
    assert len(decided) == len(expected)
    assert answers(pa.record_batch(decided).to_pylist()) == expected
    assert answers(pa.table(decided).to_pylist()) == expected


def test_a_slice_of_a_batch(engine: tactful.Engine, columns: Any, expected: Any) -> None:
    batch = columns.combine_chunks().to_batches()[0].slice(100, 20)
    decided = engine.decide_batch(batch, **KEYWORDS)
    assert answers(pa.record_batch(decided).to_pylist()) == expected[100:120]


def test_a_reader_is_read_as_the_answers_are(engine: tactful.Engine, columns: Any, expected: Any) -> None:
    read = []

    def batches() -> Iterator[Any]:
        for batch in columns.to_batches(max_chunksize=50):
            read.append(batch.num_rows)
            yield batch

    reader = pa.RecordBatchReader.from_batches(columns.schema, batches())
    decided = engine.decide_batch(reader, **KEYWORDS)
    assert read == []
    stream = pa.RecordBatchReader.from_stream(decided)
    rows = stream.read_next_batch().to_pylist()
    assert read == [50]
    rows += [row for batch in stream for row in batch.to_pylist()]
    assert read == [50, 50, 50, 50, 40]
    assert answers(rows) == expected
    with pytest.raises(ValueError, match="the stream was read before"):
        pa.table(decided)


def test_contexts_as_json(engine: tactful.Engine, customers: Any, expected: Any) -> None:
    table = pa.table(
        {
            "user_id": [customer["user_id"] for customer in customers],
            "context_json": [json.dumps(customer) for customer in customers],
        }
    )
    assert answers(pa.table(engine.decide_batch(table, **KEYWORDS)).to_pylist()) == expected


def test_polars_eager(engine: tactful.Engine, columns: Any, expected: Any) -> None:
    pl = pytest.importorskip("polars")
    frame = pl.from_arrow(columns)
    decided = engine.decide_batch(frame, **KEYWORDS)
    assert answers(pl.DataFrame(decided).to_dicts()) == expected
    assert answers(pl.DataFrame(decided).to_dicts()) == expected, "a frame is there for good"


def test_a_polars_column_without_a_type_is_to_be_cast(engine: tactful.Engine) -> None:
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"user_id": ["u"], "profile.plan": [None]})
    with pytest.raises(ValueError, match="cast the columns of type Null"):
        engine.decide_batch(frame, as_of=NOW, **KEYWORDS)
    frame = frame.cast({"profile.plan": pl.String})
    assert pl.DataFrame(engine.decide_batch(frame, as_of=NOW, **KEYWORDS))["error"].to_list() == [None]


def test_polars_lazy(engine: tactful.Engine, columns: Any, expected: Any) -> None:
    pl = pytest.importorskip("polars")
    schema = pl.DataFrame(engine.decide_batch(columns.slice(0, 1), **KEYWORDS)).schema
    lazy = pl.from_arrow(columns).lazy()
    lazy = lazy.map_batches(
        lambda frame: pl.DataFrame(engine.decide_batch(frame, **KEYWORDS)), schema=schema, streamable=True
    )
    assert answers(lazy.collect(engine="streaming").to_dicts()) == expected


def test_duckdb_streams(engine: tactful.Engine, columns: Any, expected: Any) -> None:
    duckdb = pytest.importorskip("duckdb")
    con = duckdb.connect()
    con.register("customers", columns)
    reader = con.sql("SELECT * FROM customers").to_arrow_reader(64)
    decided = engine.decide_batch(reader, **KEYWORDS)
    assert repr(decided) == "<DecisionBatches: a stream>"
    rows = duckdb.connect().sql("SELECT * FROM decided").to_arrow_table().to_pylist()
    assert answers(rows) == expected


def test_pandas(engine: tactful.Engine) -> None:
    pd = pytest.importorskip("pandas")
    # A whole number that is missing makes decimals of all of them.
    frame = pd.DataFrame({"user_id": ["a", "b"], "profile.age_years": [34, None], "profile.plan": ["basic", None]})
    rows = pa.table(engine.decide_batch(frame, as_of=NOW, **KEYWORDS)).to_pylist()
    assert [row["error"] for row in rows] == [None, None]
    one = engine.decide(
        {"user_id": "a", "profile": {"as_of": NOW, "age_years": 34, "plan": "basic"}}, now=NOW, channel="web"
    )
    assert [said["action"] for said in rows[0]["recommendations"]] == [said.action for said in one]


def test_types_of_times_and_texts(engine: tactful.Engine) -> None:
    times = pa.array([NOW], pa.timestamp("us", "UTC"))
    table = pa.table(
        {
            "user_id": pa.array(["u"]).dictionary_encode(),
            "profile.as_of": times,
            "profile.plan": pa.array(["basic"], pa.string_view()),
            "support.as_of": times.cast(pa.timestamp("ns", "Europe/Vienna")),
            "support.tickets": pa.array([[]], pa.large_list(pa.struct([("id", pa.string())]))),
            "recency.as_of": pa.array([int(NOW.timestamp() * 1000)]),
            "now": times.cast(pa.timestamp("s", "UTC")),
            "channel": pa.array(["email"], pa.large_string()),
        }
    )
    (row,) = pa.table(engine.decide_batch(table, accounts="withheld")).to_pylist()
    assert row["error"] is None
    context = {
        "user_id": "u",
        "profile": {"as_of": NOW, "plan": "basic"},
        "support": {"as_of": NOW, "tickets": []},
        "recency": {"as_of": NOW},
    }
    one = engine.decide(context, now=NOW, channel="email")
    assert [said["action"] for said in row["recommendations"]] == [said.action for said in one]
    assert [said["reason"] for said in row["withheld"]] == [said.reasons[0].name for said in one.withheld]


def test_columns_that_are_wrong_are_all_named(engine: tactful.Engine) -> None:
    table = pa.table({"suport.tickets": ["x"], "profile.plan": [1], "recency.last_seen_at": [NOW.replace(tzinfo=None)]})
    with pytest.raises(tactful.ContextError) as raised:
        engine.decide_batch(table, now=NOW, channel="web", as_of=NOW)
    text = str(raised.value)
    assert "did you mean `support`?" in text
    assert "profile.plan: expected a text, found Int64" in text
    assert "a time without a zone is no instant" in text


def test_a_bad_row_gets_nothing_or_raises(engine: tactful.Engine) -> None:
    table = pa.table({"user_id": ["a", "b"], "context_json": ["{}", '{"profil": {}}']})
    sound, broken = pa.table(engine.decide_batch(table, **KEYWORDS)).to_pylist()
    assert sound["error"] is None and sound["recommendations"] is not None
    assert broken["recommendations"] is None and broken["suppressions"] is None
    assert "did you mean `profile`?" in broken["error"]
    with pytest.raises(tactful.ContextError, match="row 1: context_json") as raised:
        engine.decide_batch(table, on_error="raise", **KEYWORDS)
    assert raised.value.path == "context_json"


def test_a_bad_row_of_a_stream_raises_where_it_is_read(engine: tactful.Engine) -> None:
    table = pa.table({"context_json": ["{}", "{"]})
    decided = engine.decide_batch(table.to_reader(), now=NOW, channel="web", on_error="raise")
    with pytest.raises(Exception, match="row 1: context_json"):
        pa.table(decided)


@pytest.mark.parametrize(
    ("keywords", "path"),
    [
        ({"channel": "wep"}, "channel"),
        ({"now": NOW.replace(tzinfo=None)}, "now"),
        ({"as_of": "yesterday"}, "as_of"),
        ({"accounts": "all"}, "accounts"),
        ({"on_error": "ignore"}, "on_error"),
        ({"detail": "complete"}, "detail"),
        ({"decision_id": "d"}, "decision_id"),
        ({"limits": 3}, "limits"),
    ],
)
def test_arguments_that_are_wrong(engine: tactful.Engine, keywords: dict[str, Any], path: str) -> None:
    with pytest.raises(tactful.RequestError) as raised:
        engine.decide_batch(json_rows(1), **{"now": NOW, "channel": "web", **keywords})
    assert path in str(raised.value)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"carry": "user_id"}, "carry: expected a list of names of columns: write ['user_id']"),
        ({"ignore": "x"}, "ignore: expected a list of names of columns: write ['x']"),
        ({"carry": {"user_id"}}, "carry: expected a list of names of columns, found `set`"),
        ({"carry": ["user_id", 5]}, "carry: 5 is no name of a column"),
        ({"slots": "hero"}, 'slots: expected a list, found the text "hero"'),
        ({"limit": []}, "limit: expected a whole number from 0, found a list"),
    ],
)
def test_arguments_of_another_type(engine: tactful.Engine, keywords: dict[str, Any], message: str) -> None:
    with pytest.raises(tactful.RequestError) as raised:
        engine.decide_batch(json_rows(1), **{"now": NOW, "channel": "web", **keywords})
    assert str(raised.value) == f"request: {message}"
    assert raised.value.path == message.split(":")[0]


def test_keywords_of_a_request_hold_for_every_row(engine: tactful.Engine, columns: Any, expected: Any) -> None:
    rows = pa.table(engine.decide_batch(columns, limit=1, **KEYWORDS)).to_pylist()
    assert [len(row["recommendations"]) for row in rows] == [min(1, len(row[1])) for row in expected]
    rows = pa.table(engine.decide_batch(columns, accounts=None, slots=["hero"], **KEYWORDS)).to_pylist()
    assert {one["slot"] for row in rows for one in row["recommendations"]} == {"hero"}
    assert "suppressed" not in rows[0]


def test_what_is_no_table(engine: tactful.Engine) -> None:
    with pytest.raises(TypeError, match="expected a table, such as a pyarrow table"):
        engine.decide_batch([{"user_id": "u"}], now=NOW, channel="web")  # type: ignore[arg-type]
    with pytest.raises((TypeError, ValueError), match="table"):
        engine.decide_batch(pa.array([1, 2]), now=NOW, channel="web")


def test_broken_texts_are_refused(engine: tactful.Engine) -> None:
    buffers = [None, pa.array([0, 2], pa.int32()).buffers()[1], pa.py_buffer(b"\xff\xfe")]
    broken = pa.Array.from_buffers(pa.string(), 1, buffers)
    batch = pa.record_batch({"user_id": broken})
    for data in [batch, pa.Table.from_batches([batch])]:
        with pytest.raises(ValueError, match="the table cannot be read"):
            engine.decide_batch(data, now=NOW, channel="web")


def test_progress_is_told(engine: tactful.Engine) -> None:
    told: list[int] = []
    table = pa.concat_tables([json_rows(9_000), json_rows(20)])
    engine.decide_batch(table, now=NOW, channel="web", accounts=None, on_progress=told.append)
    assert told == [8_192, 9_000, 9_020]


def test_what_progress_raises_comes_out(engine: tactful.Engine) -> None:
    def stop(rows: int) -> None:
        raise LookupError(f"enough after {rows}")

    with pytest.raises(LookupError, match="enough after 3"):
        engine.decide_batch(json_rows(3), now=NOW, channel="web", on_progress=stop)
    decided = engine.decide_batch(json_rows(3).to_reader(), now=NOW, channel="web", on_progress=stop)
    with pytest.raises(Exception, match="enough after 3"):
        pa.table(decided)


@pytest.fixture
def interruptible() -> Iterator[None]:
    # What runs in the background of a shell is started with interrupts ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_is_heeded(engine: tactful.Engine) -> None:
    told: list[int] = []

    def interrupt(rows: int) -> None:
        told.append(rows)
        _thread.interrupt_main()

    with pytest.raises(KeyboardInterrupt):
        engine.decide_batch(json_rows(60_000), now=NOW, channel="web", accounts=None, on_progress=interrupt)
    assert told == [8_192]


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_is_heeded_while_a_stream_is_read(engine: tactful.Engine) -> None:
    def interrupt(rows: int) -> None:
        _thread.interrupt_main()

    table = json_rows(20_000)
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches())
    decided = engine.decide_batch(reader, now=NOW, channel="web", accounts=None, on_progress=interrupt)
    with pytest.raises(KeyboardInterrupt):
        try:
            pa.table(decided)
        except pa.ArrowInvalid:
            for _ in range(1_000_000):  # The interrupt comes up as soon as Python runs.
                pass


def test_a_text_with_a_nul_ends_no_process(engine: tactful.Engine) -> None:
    ticket = [{"id": "C-1", "state": "o\0pen", "opened_at": NOW, "updated_at": NOW}]
    table = pa.table({"support.as_of": [NOW], "support.tickets": [ticket]})
    with pytest.raises(tactful.ContextError, match="pen"):
        engine.decide_batch(table, now=NOW, channel="web", on_error="raise")
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches())
    decided = engine.decide_batch(reader, now=NOW, channel="web", on_error="raise")
    with pytest.raises(pa.ArrowInvalid, match="pen"):
        pa.table(decided)


def test_a_row_that_is_null_as_a_whole_says_nothing(engine: tactful.Engine) -> None:
    rows = pa.StructArray.from_arrays(
        [pa.array([[], []], pa.list_(pa.struct([("id", pa.string())])))],
        names=["support.tickets"],
        mask=pa.array([False, True]),
    )
    with pytest.raises(ValueError, match="null as a whole"):
        pa.table(engine.decide_batch(pa.chunked_array([rows]), now=NOW, channel="web", as_of=NOW))


def test_two_columns_of_one_name_are_refused(engine: tactful.Engine) -> None:
    for name in ["now", "channel", "context_json"]:
        columns = [("now", NOW), ("channel", "web"), ("context_json", "{}")]
        columns.append((name, "web"))
        table = pa.Table.from_arrays([pa.array([text]) for _, text in columns], names=[name for name, _ in columns])
        with pytest.raises(tactful.ContextError, match=f"`{name}`: another column tells it, too"):
            engine.decide_batch(table)


def test_other_threads_run_meanwhile(engine: tactful.Engine) -> None:
    ticks, is_done = 0, threading.Event()

    def work() -> None:
        engine.decide_batch(json_rows(30_000), now=NOW, channel="web", accounts=None)
        is_done.set()

    worker = threading.Thread(target=work)
    worker.start()
    while not is_done.wait(0.001):
        ticks += 1
    worker.join()
    assert ticks > 20, "a batch that holds the interpreter lets nobody tick"


def test_the_schema_is_known_without_data(engine: tactful.Engine, columns: Any) -> None:
    for accounts in ["suppressed", "withheld", None, "ranking"]:
        for on_error in ["null", "raise"]:
            schema = pa.schema(engine.batch_schema(accounts=accounts, on_error=on_error))
            decided = engine.decide_batch(columns, now=NOW, channel="web", accounts=accounts, on_error=on_error)
            assert pa.schema(decided) == schema
            assert pa.table(decided).schema == schema
    alone = pa.table(engine.decide_batch(columns, now=NOW, channel="web", accounts="ranking", on_error="raise"))
    assert alone.column_names == ["recommendations"]
    complete = pa.table(engine.decide_batch(columns, now=NOW, channel="web"))
    assert alone["recommendations"] == complete["recommendations"]
    assert engine.batch_schema().ddl.startswith("recommendations array<struct<action: string,")
