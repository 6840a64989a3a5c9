//! Changes in words: what is the matter with a fact, and what would have to be.

use std::collections::BTreeMap;

use super::domain::{Domain, Range, cell_of, type_of};
use super::ways::Way;
use super::{FactChange, Flip, Need, Place, Words};
use crate::condition::basis::show_cell;
use crate::condition::eval::Evaluator;
use crate::condition::functions::TextTest;
use crate::condition::program::{Atom, Constant, Limit, ListTerm, Program, Term, TermId};
use crate::condition::spell::{add_quoted, double, quoted};
use crate::context::Completeness;
use crate::schema::{Cell, Delivery, FactId, Facts, PartId, Schema, Type};
use crate::time::{Duration, Timestamp};

/// What is wanted of a fact that may have any value.
const THERE: &str = "be there";

/// Says every change; those of one new entry together.
pub(super) fn all(
    way: &Way<'_>,
    words: &Words<'_>,
    evaluator: &mut Evaluator<'_>,
) -> Vec<FactChange> {
    let mut said = Vec::new();
    let mut new_entries: BTreeMap<(FactId, usize), Vec<String>> = BTreeMap::new();
    for flips in way.by_place() {
        let Some(first) = flips.first() else { continue };
        let known =
            words.get(first.place).and_then(|codes| one_of(&first.place, codes, evaluator.facts()));
        let wanted = known.unwrap_or_else(|| wanted(flips, evaluator));
        match &first.place {
            Place::Field { list, row, field, is_new: true } => {
                let name = field_name(evaluator.facts().schema(), *list, *field);
                let fields = new_entries.entry((*list, *row)).or_default();
                let value = wanted.strip_prefix("be ").unwrap_or(&wanted);
                fields.push(format!("{name} {value}"));
            }
            place => said.push(change(place, wanted, evaluator)),
        }
    }
    leave_out_groups(&mut said);
    for ((list, _), fields) in new_entries {
        let facts = evaluator.facts();
        said.push(FactChange {
            fact: facts.schema().entry(list).path.clone(),
            entry: None,
            now: list_now(list, facts),
            wanted: format!("hold another entry, with {}", fields.join(" and ")),
        });
    }
    said
}

/// A group of facts is there once one of its facts is.
fn leave_out_groups(said: &mut Vec<FactChange>) {
    if said.iter().all(|change| change.wanted != THERE) {
        return;
    }
    let paths: Vec<String> = said.iter().map(|change| change.fact.clone()).collect();
    said.retain(|change| {
        let lies_in = |path: &String| {
            path.strip_prefix(&change.fact).is_some_and(|rest| rest.starts_with('.'))
        };
        change.wanted != THERE || !paths.iter().any(lies_in)
    });
}

fn change(place: &Place<'_>, wanted: String, evaluator: &Evaluator<'_>) -> FactChange {
    let facts = evaluator.facts();
    let schema = facts.schema();
    let path = |fact: FactId| schema.entry(fact).path.clone();
    let (fact, entry, now) = match place {
        Place::Part(part) => (schema.part(*part).name.clone(), None, part_now(*part, facts)),
        Place::List(list) => (path(*list), None, list_now(*list, facts)),
        Place::Fact(fact) => (path(*fact), None, fact_now(place, *fact, facts)),
        Place::Entry(fact, key) => {
            let fact_of_key = [&schema.entry(*fact).path, ".", key].concat();
            (fact_of_key, None, fact_now(place, *fact, facts))
        }
        Place::Field { list, row, field, .. } => {
            let path = schema.entry(*list).path.as_str();
            let fact = [path, ".", field_name(schema, *list, *field)].concat();
            (fact, Some(entry_name(*list, *row, facts)), value_now(place, facts))
        }
        Place::Nowhere(atom) => {
            let subject = subject(&evaluator.program()[*atom], evaluator.program(), schema);
            (subject, None, String::new())
        }
    };
    FactChange { fact, entry, now, wanted }
}

fn field_name(schema: &Schema, list: FactId, field: crate::schema::FieldId) -> &str {
    match schema.entry(list).fact.ty() {
        Type::Records(record) => record.name_of(field),
        _ => "",
    }
}

/// Names an entry of a list: by its id, or by its place.
pub(in crate::condition) fn entry_name(list: FactId, row: usize, facts: &Facts<'_>) -> String {
    let id = match (facts.schema().entry(list).fact.ty(), facts.cell(list)) {
        (Type::Records(record), Cell::Rows(rows, _)) => {
            record.find("id").map(|(field, _)| rows.cell(row, field))
        }
        _ => None,
    };
    match id {
        Some(Cell::Text(id)) => id.to_owned(),
        _ => format!("no. {}", row.saturating_add(1)),
    }
}

fn part_now(part: PartId, facts: &Facts<'_>) -> String {
    delivery_now(facts.delivery(part))
}

fn delivery_now(delivery: Delivery) -> String {
    match delivery {
        Delivery::Never => "was never delivered".to_owned(),
        Delivery::Ahead { .. } => "is dated ahead of now".to_owned(),
        Delivery::Stale { age, max_age } => {
            format!("is {} old, and may be {}", age.in_words(), max_age.in_words())
        }
        Delivery::Fresh { age, .. } => format!("is {} old", age.in_words()),
    }
}

fn list_now(list: FactId, facts: &Facts<'_>) -> String {
    let part = facts.schema().entry(list).part;
    match (facts.delivery(part), facts.cell(list)) {
        (Delivery::Fresh { .. }, Cell::Rows(rows, completeness)) => match completeness {
            Completeness::Unknown => "is not known".to_owned(),
            Completeness::Partial => "is known in part".to_owned(),
            Completeness::Complete => match rows.len() {
                0 => "is empty".to_owned(),
                1 => "has 1 entry".to_owned(),
                count => format!("has {count} entries"),
            },
        },
        (Delivery::Fresh { .. }, _) => "is not known".to_owned(),
        _ => part_now(part, facts),
    }
}

fn fact_now(place: &Place<'_>, fact: FactId, facts: &Facts<'_>) -> String {
    if facts.delivery_of(fact).is_fresh() {
        return value_now(place, facts);
    }
    let schema = facts.schema();
    let parts = schema.stored(&fact).iter().map(|stored| schema.entry(*stored).part);
    let worse = parts.filter(|part| !facts.delivery(*part).is_fresh());
    let said = worse.map(|part| match schema.taken_for(fact) {
        [] => part_now(part, facts),
        _ => format!("cannot be told: {} {}", schema.part(part).name, part_now(part, facts)),
    });
    // What has a time of its own may be older than its part.
    said.min().unwrap_or_else(|| delivery_now(facts.delivery_of(fact)))
}

fn value_now(place: &Place<'_>, facts: &Facts<'_>) -> String {
    let cell = cell_of(place, facts);
    let shown = type_of(place, facts).and_then(|ty| show_cell(cell, ty));
    match (cell, shown) {
        (Cell::Absent, _) => "is absent".to_owned(),
        (Cell::Unknown, _) => "cannot be told".to_owned(),
        (Cell::List(_, Completeness::Unknown), _) => "is not known".to_owned(),
        (Cell::List(..), Some(shown)) => ["has ", &shown].concat(),
        (_, Some(shown)) => ["is ", &shown].concat(),
        (Cell::Present, None) => "is there".to_owned(),
        (_, None) => "cannot be believed".to_owned(),
    }
}

/// Says what one place would have to be or do.
fn wanted(flips: &[Flip<'_>], evaluator: &mut Evaluator<'_>) -> String {
    let Some(first) = flips.first() else {
        return String::new();
    };
    match (&first.place, first.need) {
        (Place::Part(part), _) => match evaluator.facts().delivery(*part) {
            Delivery::Never => "be delivered".to_owned(),
            _ => "be delivered again".to_owned(),
        },
        (Place::List(_), _) => "be known as a whole, with no other entry that fits".to_owned(),
        (Place::Nowhere(_), Need::Atom(atom, truth)) => {
            demanded(&evaluator.program()[atom], truth, evaluator)
        }
        _ => match Domain::of(flips, evaluator) {
            Some(domain) => of_domain(&domain, evaluator),
            None => "be otherwise".to_owned(),
        },
    }
}

/// How many words are listed one by one.
const MAX_LISTED: usize = 4;

/// Says which words would do, or which would not if those are fewer.
fn one_of(place: &Place<'_>, codes: &[u16], facts: &Facts<'_>) -> Option<String> {
    let Type::Word(set) = type_of(place, facts)? else {
        return None;
    };
    let does = |word: &&String| set.code(word).is_some_and(|code| codes.contains(&code));
    let good = set.words().iter().filter(does).count();
    let bad = set.words().len() - good;
    let listed = |start: &str, is_good: bool, count: usize| {
        let words = set.words().iter().filter(|word| does(word) == is_good);
        let mut said = start.to_owned();
        add_either(&mut said, words, count, |said, word| add_quoted(said, word));
        said
    };
    match good {
        0 => None,
        _ if good > MAX_LISTED && bad < good => {
            Some(listed("be something other than ", false, bad))
        }
        _ => Some(listed("be ", true, good)),
    }
}

fn of_domain(domain: &Domain<'_, '_>, evaluator: &Evaluator<'_>) -> String {
    if domain.present == Some(false) {
        return "be absent".to_owned();
    }
    let value = |constant: &Constant| said(constant, domain.ty);
    if let Some(is) = &domain.is {
        return ["be ", &value(is)].concat();
    }
    if !domain.with.is_empty() || !domain.without.is_empty() {
        let with = domain.with.iter().map(|with| format!("hold {}", value(with)));
        let without = domain.without.iter().map(|without| format!("not hold {}", value(without)));
        return with.chain(without).collect::<Vec<_>>().join(" and ");
    }
    if !domain.not.is_empty() {
        let mut said = "be something other than ".to_owned();
        let add = |said: &mut String, not| said.push_str(&value(not));
        add_either(&mut said, domain.not.iter(), domain.not.len(), add);
        return said;
    }
    if !domain.texts.is_empty() {
        return of_texts(&domain.texts);
    }
    range_in_words(domain, evaluator).unwrap_or_else(|| THERE.to_owned())
}

fn of_texts(texts: &[(TextTest, &str)]) -> String {
    let tests = texts.iter().map(|(test, needle)| match test {
        TextTest::StartsWith => format!("start with {needle:?}"),
        TextTest::EndsWith => format!("end with {needle:?}"),
        TextTest::Contains => format!("contain {needle:?}"),
    });
    tests.collect::<Vec<_>>().join(" and ")
}

fn range_in_words(domain: &Domain<'_, '_>, evaluator: &Evaluator<'_>) -> Option<String> {
    if !domain.real.is_all() {
        return of_range(domain.real, "more than", "less than", double);
    }
    let show = |value: i64| match domain.ty {
        Type::Timestamp => Timestamp::from_millis(value).to_string(),
        Type::Duration => Duration::from_millis(value).to_string(),
        _ => value.to_string(),
    };
    if domain.is_ago {
        return Some(ago(domain.whole, evaluator.moment()));
    }
    of_range(domain.whole, "more than", "less than", show)
}

fn of_range<T: Copy + PartialEq>(
    range: Range<T>,
    above: &str,
    below: &str,
    show: impl Fn(T) -> String,
) -> Option<String> {
    match (range.low, range.high) {
        (Some((low, false)), Some((high, false))) if low == high => {
            return Some(["be ", &show(low)].concat());
        }
        (None, None) => return None,
        _ => {}
    }
    let mut said = "be ".to_owned();
    if let Some((low, open)) = range.low {
        said.extend([if open { above } else { "at least" }, " ", &show(low)]);
    }
    if range.low.is_some() && range.high.is_some() {
        said.push_str(" and ");
    }
    if let Some((high, open)) = range.high {
        said.extend([if open { below } else { "at most" }, " ", &show(high)]);
    }
    Some(said)
}

/// Says a range of times by how long ago they are.
fn ago(range: Range<i64>, now: Timestamp) -> String {
    let millis = now.as_millis();
    let since = |instant: i64| millis.saturating_sub(instant);
    let low = range.low.map(|(low, _)| not_before(since(low)));
    let high = range.high.map(|(high, _)| not_after(since(high)));
    format!("be {}", low.into_iter().chain(high).collect::<Vec<_>>().join(" and "))
}

/// At most so long ago, or at least so far ahead.
fn not_before(longest: i64) -> String {
    match longest {
        // `< 14 d` was made `<= 14 d - 1 ms`.
        longest if longest >= 0 && is_round(longest.saturating_add(1)) => {
            format!("less than {} ago", length(longest.saturating_add(1)))
        }
        longest if longest >= 0 => format!("at most {} ago", length(longest)),
        longest => format!("at least {} ahead", length(longest.saturating_neg())),
    }
}

/// At least so long ago, or at most so far ahead.
fn not_after(shortest: i64) -> String {
    match shortest {
        shortest if shortest > 0 && is_round(shortest.saturating_sub(1)) => {
            format!("more than {} ago", length(shortest.saturating_sub(1)))
        }
        shortest if shortest >= 0 => format!("at least {} ago", length(shortest)),
        shortest => format!("at most {} ahead", length(shortest.saturating_neg())),
    }
}

fn is_round(millis: i64) -> bool {
    millis != 0 && millis % 1_000 == 0
}

fn length(millis: i64) -> String {
    Duration::from_millis(millis).to_string()
}

fn said(constant: &Constant, ty: &Type) -> String {
    match (constant, ty) {
        (Constant::Bool(value), _) => value.to_string(),
        (Constant::Int(value), _) => value.to_string(),
        (Constant::Double(value), _) => double(value.get()),
        (Constant::Text(text), _) => quoted(text),
        (Constant::Word(code), Type::Word(words)) => quoted(words.word(*code)),
        (Constant::Word(code), Type::List(element)) => said(&Constant::Word(*code), element),
        (Constant::Word(_), _) => "that".to_owned(),
        (Constant::Time(millis), _) => Timestamp::from_millis(*millis).to_string(),
        (Constant::Length(millis), _) => length(*millis),
    }
}

/// Adds so many words, joined by commas and the last one by "or".
fn add_either<T>(
    said: &mut String,
    words: impl Iterator<Item = T>,
    count: usize,
    add: impl Fn(&mut String, T),
) {
    if count == 0 {
        said.push_str("nothing");
    }
    for (place, word) in words.enumerate() {
        said.push_str(match place {
            0 => "",
            _ if place + 1 == count => " or ",
            _ => ", ",
        });
        add(said, word);
    }
}

/// Says what an atom that is in no single fact is about.
fn subject(atom: &Atom, program: &Program, schema: &Schema) -> String {
    match atom {
        Atom::Exists(list, _) | Atom::One(list, _) => list_name(list, schema),
        Atom::KnownPart(part) => schema.part(*part).name.clone(),
        Atom::Member(item, _) => term(*item, program, schema),
        about => {
            let first = about.terms().into_iter().flatten().next();
            first.map(|first| term(first, program, schema)).unwrap_or_default()
        }
    }
}

/// Says what an atom that is in no single fact would have to be.
fn demanded(atom: &Atom, truth: bool, evaluator: &Evaluator<'_>) -> String {
    let (program, schema) = (evaluator.program(), evaluator.facts().schema());
    let not = if truth { "" } else { "not " };
    match atom {
        Atom::Cut(_, Limit::Int(limit)) if truth => format!("be at most {limit}"),
        Atom::Cut(_, Limit::Int(limit)) => format!("be at least {}", limit.saturating_add(1)),
        Atom::Cut(_, Limit::Double { value, .. }) if truth => {
            format!("be at most {}", value.get())
        }
        Atom::Cut(_, Limit::Double { value, .. }) => format!("be at least {}", value.get()),
        Atom::Is(_, constant) => format!("{not}be {}", said(constant, &Type::Bool)),
        Atom::Less(_, other) if truth => format!("be less than {}", term(*other, program, schema)),
        Atom::Less(_, other) => format!("be at least {}", term(*other, program, schema)),
        Atom::Equal(_, other) => format!("{not}be {}", term(*other, program, schema)),
        Atom::Exists(..) => format!("{not}hold an entry that fits"),
        Atom::One(..) => format!("{not}hold exactly one entry that fits"),
        Atom::Member(_, list) => format!("{not}be among {}", list_name(list, schema)),
        _ => "be otherwise".to_owned(),
    }
}

fn list_name(list: &ListTerm, schema: &Schema) -> String {
    match list {
        ListTerm::Fact(fact) => schema.entry(*fact).path.clone(),
        ListTerm::Field(fact, field) => {
            format!("{}.{}", schema.entry(*fact).path, field_name(schema, *fact, *field))
        }
        ListTerm::Written(_) => "the written list".to_owned(),
    }
}

/// Says what a term reads or computes.
fn term(id: TermId, program: &Program, schema: &Schema) -> String {
    match &program[id] {
        Term::Constant(constant) => said(constant, &Type::Bool),
        Term::Fact(fact) => schema.entry(*fact).path.clone(),
        Term::Entry(fact, key) => format!("{}.{key}", schema.entry(*fact).path),
        Term::Field(list, field) => {
            format!("{}.{}", schema.entry(*list).path, field_name(schema, *list, *field))
        }
        Term::Now => "the moment".to_owned(),
        Term::Since(time) => format!("the time since {}", term(*time, program, schema)),
        Term::DaysSince(time) => format!("the days since {}", term(*time, program, schema)),
        Term::Negate(inner) => format!("-{}", term(*inner, program, schema)),
        Term::Arithmetic(operation, a, b) => {
            let (a, b) = (term(*a, program, schema), term(*b, program, schema));
            format!("{a} {} {b}", operation.symbol())
        }
        Term::ToDouble(inner) | Term::ToInt(inner) => term(*inner, program, schema),
        Term::Characters(text) => format!("the length of {}", term(*text, program, schema)),
        Term::Size(list) => format!("the number of {}", list_name(list, schema)),
        Term::Count(list, _) => format!("the number of {} that fit", list_name(list, schema)),
        Term::Clock(_, time, _) => format!("the clock at {}", term(*time, program, schema)),
        Term::Unknown | Term::Element | Term::Choice(..) | Term::Truth(_) => {
            "what is computed".to_owned()
        }
    }
}
