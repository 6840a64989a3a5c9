//! Types and spellings of columns, and everything that can be wrong with them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::float_cmp,
    clippy::too_many_lines,
    reason = "a test may stop at the first surprise"
)]

use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::builder::{Float64Builder, MapBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Int8Type;
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray,
    FixedSizeListArray, Float64Array, Int32Array, Int64Array, LargeListArray, LargeStringArray,
    ListArray, NullArray, RecordBatch, StringArray, StringViewArray, StructArray,
    TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray,
    TimestampSecondArray, UInt16Array,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field};
use tactful::{Channel, Context, Engine, Timestamp};
use tactful_arrow::{
    Accounts, Columns, Error, OnError, Options, decide_batch, result_ddl, result_schema,
};

const NOW: i64 = 1_773_154_830_000;

fn now() -> Timestamp {
    Timestamp::from_millis(NOW)
}

fn options() -> Options {
    Options::new().now(now()).channel(Channel::Web)
}

fn engine() -> Engine {
    Engine::from_toml(
        "policy = 'care'\ncurrency = 'EUR'\n[[actions]]\nid = 'upgrade'\nkind = 'service'\n\
         channels = ['web', 'email']\npropensity = 0.06\nvalue = '240.00'\n\
         eligible = 'profile.plan == \"basic\"'",
    )
    .unwrap()
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

fn texts<const N: usize>(texts: [Option<&str>; N]) -> ArrayRef {
    Arc::new(StringArray::from(texts.to_vec()))
}

fn read(columns: Vec<(&str, ArrayRef)>, options: &Options) -> Vec<Result<Context, String>> {
    let batch = batch(columns);
    let plan = Columns::new(batch.schema_ref(), options).unwrap();
    let read = plan.contexts(&batch).unwrap();
    read.into_iter().map(|read| read.map_err(|fault| fault.to_string())).collect()
}

fn json(text: &str) -> Result<Context, String> {
    Ok(Context::from_json(text).unwrap())
}

/// Returns everything that is wrong with columns.
fn faults(columns: Vec<(&str, ArrayRef)>, options: &Options) -> Vec<String> {
    match Columns::new(batch(columns).schema_ref(), options) {
        Err(Error::Columns(faults)) => faults,
        other => panic!("{other:?}"),
    }
}

#[test]
fn texts_of_every_type_read_alike() {
    let plans = ["basic", "premium"];
    let coded: DictionaryArray<Int8Type> = plans.into_iter().collect();
    let columns: [ArrayRef; 4] = [
        Arc::new(StringArray::from_iter_values(plans)),
        Arc::new(LargeStringArray::from_iter_values(plans)),
        Arc::new(StringViewArray::from_iter_values(plans)),
        Arc::new(coded),
    ];
    for column in columns {
        let name = column.data_type().to_string();
        let read = read(vec![("profile.plan", column)], &options().as_of(now()));
        let expected = plans
            .map(|plan| json(&format!(r#"{{"profile": {{"as_of": {NOW}, "plan": "{plan}"}}}}"#)));
        assert_eq!(read, expected, "{name}");
    }
}

#[test]
fn times_of_every_unit_read_alike_and_are_cut_to_milliseconds() {
    let zone = "Europe/Vienna";
    let columns: [ArrayRef; 6] = [
        Arc::new(TimestampSecondArray::from(vec![NOW / 1_000]).with_timezone(zone)),
        Arc::new(TimestampMillisecondArray::from(vec![NOW]).with_timezone(zone)),
        Arc::new(TimestampMicrosecondArray::from(vec![NOW * 1_000 + 999]).with_timezone(zone)),
        Arc::new(TimestampNanosecondArray::from(vec![NOW * 1_000_000 + 1]).with_timezone("UTC")),
        Arc::new(Int64Array::from(vec![NOW])),
        texts([Some("2026-03-10T16:00:30+01:00")]),
    ];
    for column in columns {
        let name = column.data_type().to_string();
        let read = read(vec![("device.as_of", column)], &options());
        assert_eq!(read, [json(&format!(r#"{{"device": {{"as_of": {NOW}}}}}"#))], "{name}");
    }
}

#[test]
fn numbers_and_truths_of_every_type_read_alike() {
    let sum = Decimal128Array::from(vec![34]).with_precision_and_scale(38, 0).unwrap();
    let columns: [ArrayRef; 5] = [
        Arc::new(Int32Array::from(vec![34])),
        Arc::new(UInt16Array::from(vec![34])),
        Arc::new(Int64Array::from(vec![34])),
        // What databases make of sums of whole numbers.
        Arc::new(sum),
        // What pandas makes of whole numbers once one of them is missing.
        Arc::new(Float64Array::from(vec![34.0])),
    ];
    for column in columns {
        let flag: ArrayRef = Arc::new(BooleanArray::from(vec![true]));
        let columns = vec![("profile.age_years", column), ("profile.vulnerable", flag)];
        let expected =
            format!(r#"{{"profile": {{"as_of": {NOW}, "age_years": 34, "vulnerable": true}}}}"#);
        assert_eq!(read(columns, &options().as_of(now())), [json(&expected)]);
    }
    let half: ArrayRef = Arc::new(Float64Array::from(vec![34.5]));
    let read = read(vec![("profile.age_years", half)], &options().as_of(now()));
    let expected = "profile.age_years: expected a whole number, found the number 34.5";
    assert_eq!(read, [Err(expected.to_owned())]);
}

#[test]
fn null_is_unknown_and_an_empty_list_is_knowledge() {
    let item = Field::new("item", DataType::Utf8, true);
    let offsets = OffsetBuffer::from_lengths([1, 0, 0]);
    let nulls = NullBuffer::from(vec![true, true, false]);
    let values = texts([Some("vip")]);
    let segments = ListArray::new(Arc::new(item), offsets, values, Some(nulls));
    let read = read(vec![("profile.segments", Arc::new(segments))], &options().as_of(now()));
    let known = |segments: &str| {
        json(&format!(r#"{{"profile": {{"as_of": {NOW}, "segments": {segments}}}}}"#))
    };
    // Nobody says anything in the last row: the part is unknown, though the option dates it.
    assert_eq!(read, [known(r#"["vip"]"#), known("[]"), json("{}")]);
}

fn ticket_fields() -> Vec<(Arc<Field>, ArrayRef)> {
    let times = || -> ArrayRef { Arc::new(Int64Array::from(vec![NOW, NOW - 1])) };
    vec![
        (Arc::new(Field::new("id", DataType::Utf8, true)), texts([Some("T-1"), Some("T-2")])),
        (Arc::new(Field::new("opened_at", DataType::Int64, true)), times()),
        (Arc::new(Field::new("updated_at", DataType::Int64, true)), times()),
    ]
}

fn tickets(lengths: [usize; 3], nulls: [bool; 3]) -> ArrayRef {
    let tickets = StructArray::from(ticket_fields());
    let item = Field::new("item", tickets.data_type().clone(), true);
    let nulls = NullBuffer::from(nulls.to_vec());
    Arc::new(LargeListArray::new(
        Arc::new(item),
        OffsetBuffer::from_lengths(lengths),
        Arc::new(tickets),
        Some(nulls),
    ))
}

#[test]
fn a_list_may_be_complete_in_one_row_and_partial_in_another() {
    let complete = tickets([1, 1, 0], [true, false, false]);
    let partial = tickets([1, 1, 0], [false, true, false]);
    let read = read(
        vec![("support.tickets", complete), ("support.tickets.partial", partial)],
        &options().as_of(now()),
    );
    let ticket =
        |id: &str, at: i64| format!(r#"{{"id": "{id}", "opened_at": {at}, "updated_at": {at}}}"#);
    let known = |tickets: &str| {
        json(&format!(r#"{{"support": {{"as_of": {NOW}, "tickets": {tickets}}}}}"#))
    };
    assert_eq!(
        read,
        [
            known(&format!("[{}]", ticket("T-1", NOW))),
            known(&format!(r#"{{"partial": [{}]}}"#, ticket("T-2", NOW - 1))),
            json("{}"),
        ]
    );
}

#[test]
fn a_list_that_is_complete_and_partial_is_neither() {
    let both = || tickets([1, 1, 0], [true, true, true]);
    let read = read(
        vec![("support.tickets", both()), ("support.tickets.partial", both())],
        &options().as_of(now()),
    );
    let expected = "support.tickets: is given in two ways: make one of them null";
    assert!(read.iter().all(|read| *read == Err(expected.to_owned())), "{read:?}");
}

#[test]
fn structs_and_flat_columns_make_up_a_part_together() {
    let plan = (Arc::new(Field::new("plan", DataType::Utf8, true)), texts([Some("basic"), None]));
    let nulls = NullBuffer::from(vec![true, false]);
    let (fields, arrays): (Vec<_>, Vec<_>) = [plan].into_iter().unzip();
    let part = StructArray::new(fields.into(), arrays, Some(nulls));
    let as_of: ArrayRef = Arc::new(Int64Array::from(vec![Some(NOW), None]));
    let read = read(vec![("profile", Arc::new(part)), ("profile.as_of", as_of)], &options());
    let known = format!(r#"{{"profile": {{"as_of": {NOW}, "plan": "basic"}}}}"#);
    assert_eq!(read, [json(&known), json("{}")]);
}

#[test]
fn what_a_null_struct_holds_counts_for_nothing() {
    let plan = (Arc::new(Field::new("plan", DataType::Utf8, true)), texts([Some("basic")]));
    let (fields, arrays): (Vec<_>, Vec<_>) = [plan].into_iter().unzip();
    let part = StructArray::new(fields.into(), arrays, Some(NullBuffer::from(vec![false])));
    let read = read(vec![("profile", Arc::new(part))], &options().as_of(now()));
    assert_eq!(read, [json("{}")]);
}

#[test]
fn maps_hold_what_has_free_names() {
    let mut scores = MapBuilder::new(None, StringBuilder::new(), Float64Builder::new());
    scores.keys().append_value("churn");
    scores.values().append_value(0.35);
    scores.append(true).unwrap();
    let read = read(vec![("scores.values", Arc::new(scores.finish()))], &options().as_of(now()));
    let expected = format!(r#"{{"scores": {{"as_of": {NOW}, "values": {{"churn": 0.35}}}}}}"#);
    assert_eq!(read, [json(&expected)]);
}

#[test]
fn attributes_keep_times_as_they_are_spelled() {
    let since: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![NOW]).with_timezone("UTC"));
    let club: ArrayRef = Arc::new(BooleanArray::from(vec![true]));
    let read = read(
        vec![("attributes.values.since", since), ("attributes.values.club", club)],
        &options().as_of(now()),
    );
    let expected = format!(
        r#"{{"attributes": {{"as_of": {NOW}, "values": {{"since": "{}", "club": true}}}}}}"#,
        now()
    );
    assert_eq!(read, [json(&expected)]);
}

#[test]
fn several_sources_date_a_part() {
    let time = |time| -> ArrayRef { Arc::new(Int64Array::from(vec![time])) };
    let read = read(
        vec![("support.as_of.desk", time(NOW)), ("support.as_of.chat", time(NOW - 5))],
        &options(),
    );
    let expected = format!(r#"{{"support": {{"as_of": {{"desk": {NOW}, "chat": {}}}}}}}"#, NOW - 5);
    assert_eq!(read, [json(&expected)]);
}

#[test]
fn everything_wrong_with_columns_is_said_at_once() {
    let found = faults(
        vec![
            ("suport.tickets", texts([None])),
            ("profile.age", texts([None])),
            ("profile.plan", Arc::new(Int32Array::from(vec![1]))),
            ("profile.joined_at", Arc::new(Date32Array::from(vec![1]))),
            ("recency.last_seen_at", Arc::new(TimestampSecondArray::from(vec![1]))),
            ("campaign", texts([None])),
        ],
        &Options::new().channel(Channel::Web).carry(["costumer"]),
    );
    let expected = [
        "`carry`: unknown column `costumer`",
        "`suport.tickets`: unknown name `suport`: did you mean `support`? (a column that is no \
         fact is listed under `carry` or `ignore`)",
        "`profile.age`: unknown name `age`: did you mean `age_years`?",
        "profile.plan: expected a text, found Int32",
        "profile.joined_at: a date is no instant",
        "recency.last_seen_at: a time without a zone is no instant",
        "`campaign`: unknown name `campaign`",
        "`now`: neither a column nor an option says what it is",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}\n{expected}");
    }
}

#[test]
fn a_part_needs_a_date() {
    let found = faults(vec![("profile.plan", texts([None]))], &options());
    let expected = "`profile`: nothing says how old it is: add a column `profile.as_of`, or give \
                    the option `as_of`";
    assert_eq!(found, [expected]);
}

#[test]
fn a_fact_is_told_once() {
    let plan = Arc::new(Field::new("plan", DataType::Utf8, true));
    let part = StructArray::from(vec![(plan, texts([None]))]);
    let columns: Vec<(&str, ArrayRef)> =
        vec![("profile", Arc::new(part)), ("profile.plan", texts([None]))];
    let found = faults(columns, &options().as_of(now()));
    assert_eq!(found, ["`profile.plan`: another column tells `profile.plan`, too"]);
}

#[test]
fn decimals_are_the_doubles_nearest_to_them() {
    let values = vec![Some(35), None, Some(i128::MAX), Some(-1)];
    for (scale, doubles) in [
        (2, ["0.35", "", "1701411834604692317316873037158841057.27", "-0.01"]),
        (-2, ["3500", "", "17014118346046923173168730371588410572700", "-100"]),
    ] {
        let column = Decimal128Array::from(values.clone());
        let column = column.with_precision_and_scale(38, scale).unwrap();
        // A part of an array, as engines hand over.
        for start in 0..4 {
            let column: ArrayRef = Arc::new(column.slice(start, 4 - start));
            let read = read(vec![("scores.values.churn", column)], &options().as_of(now()));
            let score = |double: &&str| match *double {
                "" => Ok(Context::new()),
                double => json(&format!(
                    r#"{{"scores": {{"as_of": {NOW}, "values": {{"churn": {double}}}}}}}"#
                )),
            };
            assert_eq!(read, doubles[start..].iter().map(score).collect::<Vec<_>>());
        }
    }
}

#[test]
fn lists_of_one_length_are_lists() {
    let item = Arc::new(Field::new("item", DataType::Utf8, true));
    let items = texts([Some("a"), Some("b"), Some("c"), Some("d"), None, None]);
    let nulls = NullBuffer::from(vec![true, true, false]);
    let lists = FixedSizeListArray::new(item, 2, items, Some(nulls));
    for start in 0..3 {
        let column: ArrayRef = Arc::new(lists.slice(start, 3 - start));
        let read = read(vec![("profile.segments", column)], &options().as_of(now()));
        let part = |segments: &str| {
            json(&format!(r#"{{"profile": {{"as_of": {NOW}, "segments": {segments}}}}}"#))
        };
        let expected = [part(r#"["a", "b"]"#), part(r#"["c", "d"]"#), Ok(Context::new())];
        assert_eq!(read, expected[start..]);
    }
}

#[test]
fn of_two_fields_of_one_name_no_null_hides_behind_the_other() {
    let field = || Arc::new(Field::new("plan", DataType::Utf8, true));
    let part = StructArray::from(vec![(field(), texts([None])), (field(), texts([Some("basic")]))]);
    let found = faults(vec![("profile", Arc::new(part))], &options().as_of(now()));
    assert_eq!(found, ["profile: two fields are named `plan`"]);
}

#[test]
fn a_time_is_no_number() {
    let times = || -> ArrayRef {
        Arc::new(TimestampMillisecondArray::from(vec![NOW]).with_timezone("UTC"))
    };
    let columns =
        ["scores.values.churn", "profile.age_years", "recency.sessions_30d", "profile.joined_at"];
    let columns = columns.map(|name| (name, times())).into_iter();
    let found = faults(columns.collect(), &options().as_of(now()));
    let expected = [
        "scores.values.churn: expected a number, or {\"value\": a number, \"at\": a time}, found \
         Timestamp(ms, \"UTC\")",
        "profile.age_years: expected a whole number, found Timestamp(ms, \"UTC\")",
        "recency.sessions_30d: expected a whole number, found Timestamp(ms, \"UTC\")",
    ];
    assert_eq!(found, expected);
}

#[test]
fn json_stands_alone() {
    let columns = || vec![("context_json", texts([Some("{}")])), ("user_id", texts([Some("u")]))];
    let found = faults(columns(), &options());
    assert!(found[0].starts_with("`user_id` stands beside `context_json`"), "{found:?}");
    assert_eq!(read(columns(), &options().carry(["user_id"])), [json("{}")]);
    assert_eq!(read(columns(), &options().ignore(["user_id"])), [json("{}")]);
}

#[test]
fn columns_that_tell_nothing_are_no_customers() {
    let found = faults(vec![("id", texts([None]))], &options().carry(["id"]));
    assert_eq!(found, ["none of them tells anything about a customer"]);
}

#[test]
fn a_result_keeps_its_names() {
    let columns = vec![("user_id", texts([None])), ("error", texts([None]))];
    let found = faults(columns, &options().carry(["error"]));
    assert_eq!(found, ["`carry`: the result has a `error` of its own"]);
}

/// One row is sound, one has a word that nobody knows, one lacks what it needs.
fn half_broken() -> RecordBatch {
    batch(vec![
        ("profile.as_of", Arc::new(Int64Array::from(vec![Some(NOW), Some(NOW), None]))),
        ("profile.plan", texts([Some("basic"), Some("basic"), Some("basic")])),
        ("device.form_factor", texts([Some("mobile"), Some("mobil"), None])),
        ("campaign", texts([Some("a"), Some("b"), Some("c")])),
    ])
}

#[test]
fn a_row_that_cannot_be_read_gets_nothing_and_the_others_their_answer() {
    let options = options().as_of(now()).carry(["campaign"]);
    let result = decide_batch(&engine(), &half_broken(), &options).unwrap();
    let recommendations = result["recommendations"].as_list::<i32>();
    assert_eq!(recommendations.value(0).len(), 1);
    for row in [1, 2] {
        for column in ["recommendations", "suppressions", "suppressed", "valid_until"] {
            assert!(result[column].is_null(row), "{column} {row}");
        }
    }
    let errors: Vec<_> = result["error"].as_string::<i32>().iter().collect();
    let expected = [
        None,
        Some("device.form_factor: unknown word `mobil`: did you mean `mobile`?"),
        Some("profile: `as_of` is missing or null"),
    ];
    assert_eq!(errors, expected);
    assert_eq!(result["campaign"].as_string::<i32>().value(2), "c");
}

#[test]
fn a_batch_fails_with_its_first_bad_row_where_that_is_asked() {
    let options = options().as_of(now()).ignore(["campaign"]).on_error(OnError::Fail);
    let error = decide_batch(&engine(), &half_broken(), &options).unwrap_err();
    let expected = "row 1: device.form_factor: unknown word `mobil`: did you mean `mobile`?";
    assert_eq!(error.to_string(), expected);
    assert!(result_schema(&options).index_of("error").is_err());
}

#[test]
fn now_and_channel_come_from_columns_where_there_are_any() {
    let columns = batch(vec![
        ("profile.plan", texts([Some("basic"), Some("basic"), Some("basic")])),
        ("now", Arc::new(Int64Array::from(vec![Some(NOW), None, Some(5)]))),
        ("channel", texts([Some("sms"), None, Some("web")])),
    ]);
    let result =
        decide_batch(&engine(), &columns, &options().as_of(now()).accounts(Accounts::Withheld))
            .unwrap();
    // The action goes on the web, and not by text message.
    let counts: Vec<_> = result["recommendations"].as_list::<i32>().iter().collect();
    assert_eq!(counts[0].as_ref().map(|list| list.len()), Some(0));
    assert_eq!(counts[1].as_ref().map(|list| list.len()), Some(1));
    assert!(counts[2].is_none());
    let error = result["error"].as_string::<i32>().value(2);
    assert!(error.starts_with("now: the time 1970-01-01T00:00:00.005Z is outside"), "{error}");
}

#[test]
fn a_column_without_any_value_says_nothing() {
    let columns = vec![
        ("user_id", texts([Some("u")])),
        ("profile.as_of", Arc::new(NullArray::new(1)) as ArrayRef),
        ("profile.plan", Arc::new(NullArray::new(1)) as ArrayRef),
    ];
    assert_eq!(read(columns, &options()), [json(r#"{"user_id": "u"}"#)]);
}

#[test]
fn a_plan_is_for_its_columns() {
    let one = batch(vec![("user_id", texts([None]))]);
    let plan = Columns::new(one.schema_ref(), &options()).unwrap();
    let other = batch(vec![("user_id", Arc::new(LargeStringArray::from(vec!["u"])))]);
    let error = plan.decide(&engine(), &other).unwrap_err().to_string();
    assert!(error.contains("`user_id` of LargeUtf8 instead of `user_id` of Utf8"), "{error}");
}

#[test]
fn whoever_watches_is_told_and_can_stop() {
    let ids: ArrayRef = Arc::new(StringArray::from(vec!["u"; 20_000]));
    let ids = batch(vec![("user_id", ids)]);
    let plan = Columns::new(ids.schema_ref(), &options()).unwrap();
    let mut told = Vec::new();
    let result = plan.decide_watched(&engine(), &ids, |rows| {
        told.push(rows);
        ControlFlow::Continue(())
    });
    assert_eq!((result.unwrap().num_rows(), told), (20_000, vec![8_192, 16_384, 20_000]));
    let stopped = plan.decide_watched(&engine(), &ids, |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(Error::Stopped)));
}

#[test]
fn an_empty_batch_gives_an_empty_result() {
    let columns = batch(vec![("user_id", texts([]))]);
    let options = options().carry(["user_id"]);
    let result = decide_batch(&engine(), &columns, &options).unwrap();
    assert_eq!(result.num_rows(), 0);
    assert_eq!(
        result.schema(),
        Columns::new(columns.schema_ref(), &options).unwrap().result_schema()
    );
}

/// Spark refuses unsigned numbers, dictionaries, large lists and times in milliseconds.
fn is_plain(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::Int32 | DataType::Int64 | DataType::Float64 => true,
        DataType::Timestamp(arrow_schema::TimeUnit::Microsecond, Some(zone)) => &**zone == "UTC",
        DataType::List(item) => is_plain(item.data_type()),
        DataType::Struct(fields) => fields.iter().all(|field| is_plain(field.data_type())),
        _ => false,
    }
}

#[test]
fn results_are_of_types_that_every_engine_takes() {
    for accounts in [Accounts::Ranking, Accounts::None, Accounts::Suppressed, Accounts::Withheld] {
        for on_error in [OnError::Null, OnError::Fail] {
            let options = options().accounts(accounts).on_error(on_error);
            let schema = result_schema(&options);
            assert!(schema.fields().iter().all(|field| is_plain(field.data_type())), "{schema}");
            let columns = batch(vec![("user_id", texts([Some("u")]))]);
            let result = decide_batch(&engine(), &columns, &options).unwrap();
            assert_eq!(*result.schema(), schema);
        }
    }
}

#[test]
fn spark_is_told_the_schema_in_its_own_words() {
    let account = "array<struct<action: string, kind: string, verdict: string, code: int, \
                   reason: string, rule: string, because: string, until: timestamp>>";
    let expected = format!(
        "recommendations array<struct<action: string, kind: string, channel: string, rank: int, \
         priority: string, score: double, slot: string, treatment: string>>, suppressions \
         array<struct<rule: string, code: int, reason: string, because: string, \
         until: timestamp>>, withheld {account}, valid_until timestamp"
    );
    let options = options().accounts(Accounts::Withheld).on_error(OnError::Fail);
    assert_eq!(result_ddl(&options), expected);
}

/// Rows are read one over the other: nothing of one may be left in the next, whether it could be
/// read or not.
#[test]
fn every_row_is_what_it_is_alone() {
    let columns = batch(vec![
        ("user_id", texts([Some("ada"), Some("ben"), None, Some("cleo"), None])),
        ("profile.plan", texts([Some("basic"), Some("basic"), None, None, Some("basic")])),
        ("profile.country", texts([Some("AT"), None, Some("DE"), None, None])),
        ("device.form_factor", texts([Some("mobile"), Some("toaster"), None, None, Some("tv")])),
        (
            "scores.values.churn",
            Arc::new(Float64Array::from(vec![Some(0.5), None, Some(0.25), Some(f64::NAN), None])),
        ),
    ]);
    for accounts in [Accounts::Ranking, Accounts::None, Accounts::Suppressed, Accounts::Withheld] {
        let options = options().as_of(now()).accounts(accounts).carry(["user_id"]);
        let whole = decide_batch(&engine(), &columns, &options).unwrap();
        let errors = whole["error"].as_string::<i32>();
        assert!(errors.is_valid(1) && errors.is_null(2), "the second row cannot be read");
        for row in 0..columns.num_rows() {
            let alone = decide_batch(&engine(), &columns.slice(row, 1), &options).unwrap();
            assert_eq!(whole.slice(row, 1), alone, "row {row}");
        }
    }
}
