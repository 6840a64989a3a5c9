//! The boundaries of the contact policy: caps, pauses, cooldowns, periods of a
//! calendar, pairs, and quiet hours.

use crate::{ROW, Row, THERE};

pub(crate) const CAPS: &[Row] = &[
    Row {
        what: "a rolling cap that lets go",
        channel: "email",
        rules: "[[limits]]\nid = \"cap\"\nkinds = [\"upsell\"]\nat_most = 2\nwithin = \"7d\"",
        history: &[
            ("offer", "sent", "email", "2026-03-05T09:00:00Z"),
            ("offer", "sent", "email", "2026-03-08T09:00:00Z"),
        ],
        edge: "2026-03-12T09:00:00Z",
        expect: ["limited 503 until 2026-03-12T09:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "a rolling cap that is reached",
        channel: "email",
        rules: "[[limits]]\nid = \"cap\"\nkinds = [\"upsell\"]\nat_most = 2\nwithin = \"7d\"",
        history: &[
            ("offer", "sent", "email", "2026-03-05T09:00:00Z"),
            ("offer", "sent", "email", "2026-03-08T09:00:00Z"),
        ],
        edge: "2026-03-08T09:00:00Z",
        expect: [
            THERE,
            "limited 503 until 2026-03-12T09:00:00Z",
            "limited 503 until 2026-03-12T09:00:00Z",
        ],
        ..ROW
    },
    Row {
        what: "a cap on two channels together",
        channel: "sms",
        rules: r#"
            [[limits]]
            id = "cap"
            channels = ["email", "sms"]
            at_most = 2
            within = "7d""#,
        history: &[
            ("offer", "sent", "email", "2026-03-05T09:00:00Z"),
            ("offer", "sent", "sms", "2026-03-08T09:00:00Z"),
            ("offer", "impression", "web", "2026-03-09T09:00:00Z"),
        ],
        edge: "2026-03-12T09:00:00Z",
        expect: ["limited 504 until 2026-03-12T09:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "the longest window there is",
        rules: "[[limits]]\nid = \"cap\"\nkinds = [\"upsell\"]\nat_most = 1\nwithin = \"730d\"",
        history: &[("offer", "impression", "web", "2024-03-10T12:00:00Z")],
        edge: "2026-03-10T12:00:00Z",
        expect: ["limited 503 until 2026-03-10T12:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "a pause that has run its time",
        rules: r#"
            [[limits]]
            id = "pause"
            per = "action"
            at_most = 3
            within = "7d"
            pause = "10d""#,
        history: &[
            ("offer", "impression", "web", "2026-03-02T10:00:00Z"),
            ("offer", "impression", "web", "2026-03-05T10:00:00Z"),
            ("offer", "impression", "web", "2026-03-08T10:00:00Z"),
        ],
        edge: "2026-03-18T10:00:00Z",
        expect: ["limited 501 until 2026-03-18T10:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "a pause that begins",
        rules: r#"
            [[limits]]
            id = "pause"
            per = "action"
            at_most = 3
            within = "7d"
            pause = "10d""#,
        history: &[
            ("offer", "impression", "web", "2026-03-02T10:00:00Z"),
            ("offer", "impression", "web", "2026-03-05T10:00:00Z"),
            ("offer", "impression", "web", "2026-03-08T10:00:00Z"),
        ],
        edge: "2026-03-08T10:00:00Z",
        expect: [
            THERE,
            "limited 501 until 2026-03-18T10:00:00Z",
            "limited 501 until 2026-03-18T10:00:00Z",
        ],
        ..ROW
    },
    Row {
        what: "three in a week or in a little more",
        rules: r#"
            [[limits]]
            id = "pause"
            per = "action"
            at_most = 3
            within = "7d"
            pause = "10d""#,
        history: &[
            ("offer", "impression", "web", "{moving}"),
            ("offer", "impression", "web", "2026-03-05T10:00:00Z"),
            ("offer", "impression", "web", "2026-03-08T10:00:00Z"),
        ],
        now: "2026-03-09T10:00:00Z",
        edge: "2026-03-01T10:00:00Z",
        expect: [THERE, THERE, "limited 501 until 2026-03-18T10:00:00Z"],
        ..ROW
    },
    Row {
        what: "a pause that runs although the week is over",
        rules: r#"
            [[limits]]
            id = "pause"
            per = "action"
            at_most = 3
            within = "7d"
            pause = "10d""#,
        history: &[
            ("offer", "impression", "web", "2026-02-28T10:00:00Z"),
            ("offer", "impression", "web", "2026-03-01T08:00:00Z"),
            ("offer", "impression", "web", "2026-03-01T10:00:00Z"),
        ],
        edge: "2026-03-11T10:00:00Z",
        expect: ["limited 501 until 2026-03-11T10:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "two refusals in 15 days, 30 days of peace",
        rules: r#"
            [[limits]]
            id = "refused"
            per = "action"
            outcomes = "reject"
            at_most = 2
            within = "15d"
            pause = "30d""#,
        history: &[
            ("offer", "reject", "web", "2026-02-20T10:00:00Z"),
            ("offer", "reject", "email", "2026-03-01T10:00:00Z"),
        ],
        edge: "2026-03-31T10:00:00Z",
        expect: ["limited 501 until 2026-03-31T10:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "a cooldown",
        channel: "email",
        rules: "[[limits]]\nid = \"gap\"\nkinds = [\"upsell\"]\ngap = \"24h\"",
        history: &[("offer", "sent", "email", "2026-03-09T12:00:00Z")],
        edge: "2026-03-10T12:00:00Z",
        expect: ["limited 502 until 2026-03-10T12:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "the session that an impression was in",
        rules: "[[limits]]\nid = \"cap\"\nkinds = [\"upsell\"]\nat_most = 1\neach = \"session\"",
        context: r#"{"recency": {"as_of": "{now}", "session_started_at": "{moving}"}}"#,
        history: &[("offer", "impression", "web", "2026-03-10T11:00:00Z")],
        now: "2026-03-10T12:00:00Z",
        edge: "2026-03-10T11:00:00Z",
        expect: ["limited 503 until never", "limited 503 until never", THERE],
        ..ROW
    },
    Row {
        what: "once in a lifetime",
        rules: "[[limits]]\nid = \"cap\"\nkinds = [\"upsell\"]\nat_most = 1\neach = \"lifetime\"",
        history: &[("offer", "impression", "web", "2026-03-10T12:00:00Z")],
        edge: "2026-03-10T12:00:00Z",
        expect: [THERE, "limited 503 until never", "limited 503 until never"],
        ..ROW
    },
];

pub(crate) const CALENDARS: &[Row] = &[
    Row {
        what: "a day in UTC",
        rules: "[[limits]]\nid = \"cap\"\nkinds = [\"upsell\"]\nat_most = 1\neach = \"day\"",
        history: &[("offer", "impression", "web", "2026-03-10T00:00:00Z")],
        edge: "2026-03-11T00:00:00Z",
        expect: ["limited 503 until 2026-03-11T00:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "an impression on midnight",
        rules: "[[limits]]\nid = \"cap\"\nkinds = [\"upsell\"]\nat_most = 1\neach = \"day\"",
        history: &[("offer", "impression", "web", "{moving}")],
        now: "2026-03-10T12:00:00Z",
        edge: "2026-03-10T00:00:00Z",
        expect: [
            THERE,
            "limited 503 until 2026-03-11T00:00:00Z",
            "limited 503 until 2026-03-11T00:00:00Z",
        ],
        ..ROW
    },
    Row {
        what: "a day in Vienna, in winter",
        rules: r#"
            [[limits]]
            id = "cap"
            kinds = ["upsell"]
            at_most = 1
            each = "day"
            time_zone = "Europe/Vienna""#,
        history: &[("offer", "impression", "web", "2026-03-28T12:00:00Z")],
        edge: "2026-03-28T23:00:00Z",
        expect: ["limited 503 until 2026-03-28T23:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "the day of 23 hours in Vienna",
        rules: r#"
            [[limits]]
            id = "cap"
            kinds = ["upsell"]
            at_most = 1
            each = "day"
            time_zone = "Europe/Vienna""#,
        history: &[("offer", "impression", "web", "2026-03-28T23:00:00Z")],
        edge: "2026-03-29T22:00:00Z",
        expect: ["limited 503 until 2026-03-29T22:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "the day of 23 hours where the customer is, in New York",
        rules: r#"
            [[limits]]
            id = "cap"
            kinds = ["upsell"]
            at_most = 1
            each = "day"
            time_zone = "customer""#,
        context: r#"{"profile": {"as_of": "{now}", "time_zone": "America/New_York"}}"#,
        history: &[("offer", "impression", "web", "2026-03-08T05:00:00Z")],
        edge: "2026-03-09T04:00:00Z",
        expect: ["limited 503 until 2026-03-09T04:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "two days, counted from 1970",
        rules: r#"
            [[limits]]
            id = "cap"
            kinds = ["upsell"]
            at_most = 1
            each = "day"
            every = 2"#,
        history: &[("offer", "impression", "web", "2026-03-10T00:00:00Z")],
        edge: "2026-03-12T00:00:00Z",
        expect: ["limited 503 until 2026-03-12T00:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "a week from Monday",
        rules: "[[limits]]\nid = \"cap\"\nkinds = [\"upsell\"]\nat_most = 1\neach = \"week\"",
        history: &[("offer", "impression", "web", "2026-03-02T00:00:00Z")],
        edge: "2026-03-09T00:00:00Z",
        expect: ["limited 503 until 2026-03-09T00:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "a week from Sunday",
        rules: r#"
            [[limits]]
            id = "cap"
            kinds = ["upsell"]
            at_most = 1
            each = "week"
            week_starts = "sunday""#,
        history: &[("offer", "impression", "web", "2026-03-01T00:00:00Z")],
        edge: "2026-03-08T00:00:00Z",
        expect: ["limited 503 until 2026-03-08T00:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        // 2026-03-09 is 2,932 weeks after the Monday before 1970.
        what: "two weeks, counted from the Monday before 1970",
        rules: r#"
            [[limits]]
            id = "cap"
            kinds = ["upsell"]
            at_most = 1
            each = "week"
            every = 2"#,
        history: &[("offer", "impression", "web", "2026-03-09T00:00:00Z")],
        edge: "2026-03-23T00:00:00Z",
        expect: ["limited 503 until 2026-03-23T00:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "a month",
        rules: "[[limits]]\nid = \"cap\"\nkinds = [\"upsell\"]\nat_most = 1\neach = \"month\"",
        history: &[("offer", "impression", "web", "2026-02-01T00:00:00Z")],
        edge: "2026-03-01T00:00:00Z",
        expect: ["limited 503 until 2026-03-01T00:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "three months, which are a quarter",
        rules: r#"
            [[limits]]
            id = "cap"
            kinds = ["upsell"]
            at_most = 1
            each = "month"
            every = 3"#,
        history: &[("offer", "impression", "web", "2026-01-01T00:00:00Z")],
        edge: "2026-04-01T00:00:00Z",
        expect: ["limited 503 until 2026-04-01T00:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "a year",
        rules: "[[limits]]\nid = \"cap\"\nkinds = [\"upsell\"]\nat_most = 1\neach = \"year\"",
        history: &[("offer", "impression", "web", "2026-01-01T00:00:00Z")],
        edge: "2027-01-01T00:00:00Z",
        expect: ["limited 503 until 2027-01-01T00:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "two years, counted from 1970",
        rules: r#"
            [[limits]]
            id = "cap"
            kinds = ["upsell"]
            at_most = 1
            each = "year"
            every = 2"#,
        history: &[("offer", "impression", "web", "2026-01-01T00:00:00Z")],
        edge: "2028-01-01T00:00:00Z",
        expect: ["limited 503 until 2028-01-01T00:00:00Z", THERE, THERE],
        ..ROW
    },
];

pub(crate) const PAIRS: &[Row] = &[
    Row {
        what: "never followed by, within two days",
        rules: r#"
            [[limits]]
            id = "apart"
            ids = ["other"]
            never_followed_by = { kinds = ["upsell"] }
            within = "2d""#,
        history: &[("other", "impression", "web", "2026-03-08T12:00:00Z")],
        edge: "2026-03-10T12:00:00Z",
        expect: ["limited 403 until 2026-03-10T12:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "only after, at least a day",
        rules: r#"
            [[limits]]
            id = "after"
            kinds = ["upsell"]
            only_after = { ids = ["other"] }
            at_least = "1d"
            within = "14d""#,
        history: &[("other", "impression", "web", "2026-03-09T12:00:00Z")],
        edge: "2026-03-10T12:00:00Z",
        expect: ["limited 404 until 2026-03-10T12:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "only after, within 14 days",
        rules: r#"
            [[limits]]
            id = "after"
            kinds = ["upsell"]
            only_after = { ids = ["other"] }
            at_least = "1d"
            within = "14d""#,
        history: &[("other", "impression", "web", "2026-03-01T12:00:00Z")],
        edge: "2026-03-15T12:00:00Z",
        expect: [THERE, "limited 404 until never", "limited 404 until never"],
        ..ROW
    },
    Row {
        what: "never together, within a week",
        rules: r#"
            [[exclusive]]
            id = "either"
            never_together = ["offer", "other"]
            within = "7d""#,
        history: &[("other", "sent", "email", "2026-03-03T12:00:00Z")],
        edge: "2026-03-10T12:00:00Z",
        expect: ["limited 403 until 2026-03-10T12:00:00Z", THERE, THERE],
        ..ROW
    },
];

pub(crate) const QUIET_HOURS: &[Row] = &[
    Row {
        what: "the evening",
        channel: "email",
        rules: "[quiet_hours.night]\nfrom = \"21:00\"\nto = \"09:00\"",
        edge: "2026-03-10T20:00:00Z",
        expect: [
            THERE,
            "deferred 211 until 2026-03-11T08:00:00Z",
            "deferred 211 until 2026-03-11T08:00:00Z",
        ],
        ..ROW
    },
    Row {
        what: "the morning",
        channel: "email",
        rules: "[quiet_hours.night]\nfrom = \"21:00\"\nto = \"09:00\"",
        edge: "2026-03-11T08:00:00Z",
        expect: ["deferred 211 until 2026-03-11T08:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "the evening on a web page",
        rules: "[quiet_hours.night]\nfrom = \"21:00\"\nto = \"09:00\"",
        edge: "2026-03-10T20:00:00Z",
        expect: [THERE, THERE, THERE],
        ..ROW
    },
    Row {
        what: "midnight, where a day of quiet hours ends",
        channel: "email",
        rules: "[quiet_hours.night]\nfrom = \"20:00\"\nto = \"24:00\"",
        edge: "2026-03-10T23:00:00Z",
        expect: ["deferred 211 until 2026-03-10T23:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "a night that begins on a Friday",
        channel: "email",
        rules: "[quiet_hours.night]\nfrom = \"21:00\"\nto = \"09:00\"\ndays = [\"friday\"]",
        edge: "2026-03-14T08:00:00Z",
        expect: ["deferred 211 until 2026-03-14T08:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "a night that begins on no Friday",
        channel: "email",
        rules: "[quiet_hours.night]\nfrom = \"21:00\"\nto = \"09:00\"\ndays = [\"friday\"]",
        edge: "2026-03-14T20:00:00Z",
        expect: [THERE, THERE, THERE],
        ..ROW
    },
    Row {
        what: "two windows, one after the other",
        channel: "email",
        rules: "[quiet_hours.evening]\nfrom = \"20:00\"\nto = \"22:00\"\n\
                [quiet_hours.night]\nfrom = \"21:00\"\nto = \"09:00\"",
        edge: "2026-03-10T21:00:00Z",
        expect: [
            "deferred 211 until 2026-03-11T08:00:00Z",
            "deferred 211 until 2026-03-11T08:00:00Z",
            "deferred 211 until 2026-03-11T08:00:00Z",
        ],
        ..ROW
    },
    Row {
        what: "the morning after the clocks went forward in Vienna",
        channel: "email",
        rules: "[quiet_hours.night]\nfrom = \"21:00\"\nto = \"09:00\"",
        edge: "2026-03-29T07:00:00Z",
        expect: ["deferred 211 until 2026-03-29T07:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "the beginning of quiet hours that the clocks skip",
        channel: "email",
        rules: "[quiet_hours.night]\nfrom = \"02:15\"\nto = \"02:45\"",
        edge: "2026-03-29T01:15:00Z",
        expect: [
            THERE,
            "deferred 211 until 2026-03-29T01:45:00Z",
            "deferred 211 until 2026-03-29T01:45:00Z",
        ],
        ..ROW
    },
    Row {
        what: "the end of quiet hours that the clocks skip",
        channel: "email",
        rules: "[quiet_hours.night]\nfrom = \"02:15\"\nto = \"02:45\"",
        edge: "2026-03-29T01:45:00Z",
        expect: ["deferred 211 until 2026-03-29T01:45:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "quiet hours that would end before they begin",
        channel: "email",
        rules: "[quiet_hours.night]\nfrom = \"02:30\"\nto = \"03:15\"",
        edge: "2026-03-29T01:15:00Z",
        expect: [THERE, THERE, THERE],
        ..ROW
    },
    Row {
        what: "the first of two half past two",
        channel: "email",
        rules: "[quiet_hours.night]\nfrom = \"02:30\"\nto = \"03:30\"",
        edge: "2026-10-25T00:30:00Z",
        expect: [
            THERE,
            "deferred 211 until 2026-10-25T02:30:00Z",
            "deferred 211 until 2026-10-25T02:30:00Z",
        ],
        ..ROW
    },
    Row {
        what: "the end of quiet hours an hour longer",
        channel: "email",
        rules: "[quiet_hours.night]\nfrom = \"02:30\"\nto = \"03:30\"",
        edge: "2026-10-25T02:30:00Z",
        expect: ["deferred 211 until 2026-10-25T02:30:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "an end that the clocks skip in New York",
        channel: "email",
        rules: "[quiet_hours.night]\nfrom = \"01:00\"\nto = \"02:30\"",
        context: r#"{"profile": {"as_of": "{now}", "time_zone": "America/New_York"}}"#,
        edge: "2026-03-08T07:30:00Z",
        expect: ["deferred 211 until 2026-03-08T07:30:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "a zone to fall back to",
        channel: "email",
        rules: r#"
            [quiet_hours.night]
            from = "21:00"
            to = "09:00"
            fallback_zone = "Asia/Kolkata""#,
        context: r#"{"profile": {"as_of": "{now}"}}"#,
        edge: "2026-03-10T15:30:00Z",
        expect: [
            THERE,
            "deferred 211 until 2026-03-11T03:30:00Z",
            "deferred 211 until 2026-03-11T03:30:00Z",
        ],
        ..ROW
    },
    Row {
        what: "an action that ends when quiet hours do",
        channel: "email",
        offer: "ends_at = \"{moving}\"",
        rules: "[quiet_hours.night]\nfrom = \"21:00\"\nto = \"09:00\"",
        now: "2026-03-10T22:00:00Z",
        edge: "2026-03-11T08:00:00Z",
        expect: [
            "limited 213 until never",
            "limited 213 until never",
            "deferred 211 until 2026-03-11T08:00:00Z",
        ],
        ..ROW
    },
    Row {
        what: "what an action needs, gone when quiet hours end",
        channel: "email",
        offer: "applicable = 'within(recency.last_seen_at, days(1))'",
        rules: "[quiet_hours.night]\nfrom = \"21:00\"\nto = \"09:00\"",
        context: r#"{"recency": {"as_of": "{now}", "last_seen_at": "{moving}"}}"#,
        now: "2026-03-10T22:00:00Z",
        edge: "2026-03-10T08:00:00Z",
        expect: [
            "limited 213 until 2026-03-11T08:00:00Z",
            "limited 213 until 2026-03-11T08:00:00Z",
            "deferred 211 until 2026-03-11T08:00:00Z",
        ],
        ..ROW
    },
];
