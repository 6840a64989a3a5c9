//! What must hold of any input: a function for each fuzz target.
//!
//! The fuzzers and `tests/fuzz_regressions.rs` share these functions. Each
//! takes any bytes and panics where the library is wrong.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use tactful::adapters::{
    Mapping, cloudevents, intercom, openfeature, salesforce, segment, servicenow, snowplow, xdm,
    zendesk,
};
use tactful::condition::{Condition, Expression, Truth};
use tactful::context::{Applied, Event};
use tactful::decision::{Detail, Recommendation};
use tactful::diagnostic::Target;
use tactful::prove::{Answer, Question};
use tactful::schema::{FactTable, Facts, RequestFacts, Schema};
use tactful::{Channel, Context, Engine, Error, ErrorKind, Request, Timestamp};

use crate::generate::{self, Dice, Grower, KINDS, Kind, NOW};
use crate::language::{self, Tree, World};

/// A customer of whom everything is known, in part oddly.
static CUSTOMER: LazyLock<Context> =
    LazyLock::new(|| Context::from_json(include_str!("customer.json")).unwrap());

/// The schemas that conditions are read against: ours, and one of every type.
static OURS: LazyLock<Schema> = LazyLock::new(Schema::customer);
static TABLE: LazyLock<Schema> = LazyLock::new(generate::schema);

/// Facts for the schema of every type.
static TABLES: LazyLock<Vec<FactTable>> = LazyLock::new(|| {
    let world = |seed| generate::world(&mut Dice::new(seed, &[]));
    let tables = (1..=4).map(|seed| generate::table(&world(seed), &TABLE));
    tables.chain([FactTable::new(&TABLE)]).collect()
});

static SHOP: LazyLock<Engine> = LazyLock::new(|| {
    Engine::from_toml(include_str!("../../examples/policies/customer_care.toml")).unwrap()
});

/// Moments at which a decision may be asked for, and the ends of time.
const MOMENTS: [i64; 7] = [
    NOW,
    NOW + 1,
    NOW - 400 * language::DAY,
    Timestamp::EARLIEST.as_millis(),
    Timestamp::LATEST.as_millis(),
    i64::MIN,
    i64::MAX,
];

/// Facts at any moment.
type At<'f> = &'f dyn Fn(Timestamp) -> Facts<'f>;

/// Reads a text as a condition and as an expression, and evaluates both.
pub(crate) fn condition(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let request = RequestFacts::new(Channel::Web).intent("cancel");
    let empty = Context::new();
    evaluate(
        text,
        &OURS,
        &[
            &|now| {
                Facts::of_context(&OURS, &CUSTOMER, request, now).in_currency("USD".parse().ok())
            },
            &|now| Facts::of_context(&OURS, &empty, request, now),
        ],
    );
    let at = |table| move |now| Facts::of_table(&TABLE, table, now);
    let tables: Vec<_> = TABLES.iter().map(at).collect();
    let tables: Vec<At<'_>> = tables.iter().map(|at| at as At<'_>).collect();
    evaluate(text, &TABLE, &tables);
}

fn evaluate(text: &str, schema: &Schema, sources: &[At<'_>]) {
    match (Condition::new(text, schema), Condition::new(text, schema)) {
        (Ok(condition), Ok(again)) => {
            assert!(text.len() <= 4_096);
            reads_what_there_is(text, &condition, schema);
            for &facts in sources {
                for now in MOMENTS.map(Timestamp::from_millis) {
                    let outcome = condition.evaluate(&facts(now));
                    assert_eq!(outcome, again.evaluate(&facts(now)), "{text}");
                    if now.is_plausible() {
                        holds_until_it_changes(text, &condition, now, facts);
                    }
                }
            }
        }
        (Err(error), Err(again)) => {
            assert_eq!(error.kind(), ErrorKind::Condition);
            assert_eq!(error.to_string(), again.to_string());
            refused(text, &error);
        }
        _ => panic!("refused once: {text}"),
    }
    match Expression::new(text, schema) {
        Ok(expression) => {
            for &facts in sources {
                for now in MOMENTS.map(Timestamp::from_millis) {
                    let value = expression.evaluate(&facts(now));
                    assert_eq!(value, expression.evaluate(&facts(now)), "{text}");
                }
            }
        }
        Err(error) => refused(text, &error),
    }
}

/// What a condition reads is in the schema, as a fact or as a part.
fn reads_what_there_is(text: &str, condition: &Condition, schema: &Schema) {
    assert!(condition.reads().is_sorted());
    for read in condition.reads() {
        let is_part = || {
            let below = format!("{read}.");
            schema.paths().any(|path| path.starts_with(&below))
        };
        assert!(schema.fact(read).is_some() || is_part(), "{text}: {read}");
    }
}

/// Nothing changes before the instant at which something may.
fn holds_until_it_changes(text: &str, condition: &Condition, now: Timestamp, facts: At<'_>) {
    let outcome = condition.evaluate(&facts(now));
    let last = Timestamp::LATEST.as_millis();
    let until = outcome.changes_at().map_or(i64::MAX, Timestamp::as_millis);
    assert!(until > now.as_millis(), "{text} changes at once");
    let (now, before) = (now.as_millis(), (until - 1).min(last));
    for then in [now + (before - now) / 2, before].map(Timestamp::from_millis) {
        let truth = condition.evaluate(&facts(then)).truth();
        assert_eq!(truth, outcome.truth(), "{text} at {now} changes by {then}, not at {until}");
    }
}

/// An error says something, and points into the text between characters.
fn refused(text: &str, error: &Error) {
    assert!(!error.to_string().is_empty());
    assert!(!error.diagnostics().is_empty(), "{error}");
    for diagnostic in error.diagnostics() {
        assert!(!diagnostic.message().is_empty());
        assert!(!diagnostic.to_string().is_empty());
        assert!(serde_json::to_string(diagnostic).is_ok());
        let place = diagnostic.place().expect("the text is there");
        assert!(text.get(place.range()).is_some(), "{:?}", place.range());
        assert!(place.line() <= place.end_line());
        // Places are narrowed to what is there; what is found has no need of it.
        if error.kind() == ErrorKind::Condition
            && let Target::Within(range) = diagnostic.target()
        {
            let range = range.start as usize..range.end as usize;
            assert_eq!(place.range(), range, "{diagnostic}");
        }
    }
}

/// Grows a well-typed tree from the bytes and asks the interpreter about it.
pub(crate) fn condition_tree(data: &[u8]) {
    let (seed, tape) = data.split_at(data.len().min(8));
    let seed = seed.iter().fold(0, |seed, byte| seed << 8 | u64::from(*byte));
    let mut dice = Dice::new(seed, tape);
    let moving = dice.one_in(3);
    let is_condition = !dice.one_in(4);
    let kind = match is_condition {
        true => Kind::Bool,
        false => dice.pick(&KINDS),
    };
    let depth = dice.below(5) + 1;
    let mut grower = Grower { dice: &mut dice, moving };
    let tree = grower.grow(kind, depth);
    let text = tree.text();
    if text.len() > 4_096 {
        return condition(text.as_bytes());
    }
    let mut dice = Dice::new(seed, &[]);
    match is_condition {
        true => truth_is_the_interpreters(&tree, &text, &mut dice),
        false => value_is_the_interpreters(&tree, &text, &mut dice),
    }
}

/// Grows a well-typed condition from the bytes, and asks what it can be.
pub(crate) fn prove(data: &[u8]) {
    let (seed, tape) = data.split_at(data.len().min(8));
    let seed = seed.iter().fold(0, |seed, byte| seed << 8 | u64::from(*byte));
    let mut dice = Dice::new(seed, tape);
    let moving = dice.one_in(3);
    let depth = dice.below(4) + 1;
    let tree = Grower { dice: &mut dice, moving }.grow(Kind::Bool, depth);
    let text = tree.text();
    let Ok(condition) = Condition::new(&text, &TABLE) else {
        return;
    };
    let mut dice = Dice::new(seed, &[]);
    for truth in [Truth::True, Truth::False, Truth::Unknown] {
        let question = Question::new(&TABLE).within(2_000).is(&text, truth).unwrap();
        match question.answer() {
            Answer::Possible(example) => {
                let facts = example.facts(&TABLE);
                assert_eq!(condition.evaluate(&facts).truth(), truth, "{text}");
            }
            Answer::Impossible => {
                for _ in 0..16 {
                    let world = generate::world(&mut dice);
                    let found = world.truth(&tree).map_or(Truth::Unknown, Truth::from);
                    assert_ne!(found, truth, "{text}\n{world:?}");
                }
            }
            _ => {}
        }
    }
}

fn truth_is_the_interpreters(tree: &Tree, text: &str, dice: &mut Dice<'_>) {
    let [condition, again] = [(); 2].map(|()| read(text, Condition::new(text, &TABLE)));
    for _ in 0..4 {
        let world = generate::world(dice);
        let table = generate::table(&world, &TABLE);
        let facts = |now| Facts::of_table(&TABLE, &table, now);
        let now = Timestamp::from_millis(world.now);
        let found = condition.evaluate(&facts(now));
        let want = world.truth(tree).map_or(Truth::Unknown, Truth::from);
        assert_eq!(found.truth(), want, "{text}\n{world:?}");
        assert_eq!(found.last_known(), want, "{text}\n{world:?}");
        assert_eq!(found, again.evaluate(&facts(now)), "{text}");
        holds_until_it_changes(text, &condition, now, &facts);
        hiding_decides_nothing(text, &condition, found.truth(), &world, dice);
    }
}

fn value_is_the_interpreters(tree: &Tree, text: &str, dice: &mut Dice<'_>) {
    let expression = read(text, Expression::new(text, &TABLE));
    for _ in 0..4 {
        let world = generate::world(dice);
        let table = generate::table(&world, &TABLE);
        let facts = Facts::of_table(&TABLE, &table, Timestamp::from_millis(world.now));
        let (found, want) = (expression.evaluate(&facts), world.value(tree, None));
        assert!(
            language::is_same(found.as_ref(), want.as_ref()),
            "{text}: {found:?}, not {want:?}\n{world:?}"
        );
    }
}

fn hiding_decides_nothing(
    text: &str,
    condition: &Condition,
    truth: Truth,
    world: &World,
    dice: &mut Dice<'_>,
) {
    // To ask what is known is to ask for more than what is so.
    if text.contains("known(") {
        return;
    }
    // A count is unknown where one element is: without it, it may be known.
    let counts = text.contains("filter(") || text.contains("exists_one(");
    let hidden = generate::hide(dice, world, !counts);
    let table = generate::table(&hidden, &TABLE);
    let facts = Facts::of_table(&TABLE, &table, Timestamp::from_millis(world.now));
    let less = condition.evaluate(&facts).truth();
    assert!(
        less == truth || less == Truth::Unknown,
        "{text}: {truth}, {less}\n{world:?}\n{hidden:?}"
    );
}

fn read<T>(text: &str, result: Result<T, Error>) -> T {
    result.unwrap_or_else(|error| panic!("refused: {text}\n{error}"))
}

/// Builds an engine from the text, and decides and explains with it.
pub(crate) fn policy(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for built in [Engine::from_toml(text), Engine::from_json(text)] {
        match built {
            Ok(engine) => {
                for warning in engine.warnings() {
                    assert!(text.get(warning.place().unwrap().range()).is_some());
                    assert!(!warning.to_string().is_empty());
                }
                let json = engine.policy().to_json();
                let twin = Engine::from_json(&json).expect(&json);
                assert_eq!(twin.policy(), engine.policy(), "{json}");
                for request in requests() {
                    for context in [&*CUSTOMER, &Context::new()] {
                        let decision = decide(&engine, context, &request);
                        assert_eq!(decision, decide(&twin, context, &request));
                    }
                }
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Policy);
                refused(text, &error);
            }
        }
    }
}

fn requests() -> [Request; 3] {
    let now = Timestamp::from_millis(NOW);
    [
        Request::new(now, Channel::Web).intent("cancel"),
        Request::new(now, Channel::Email).limit(2),
        Request::new(now, Channel::InApp).slots(["hero", "tile", "tile"]),
    ]
}

/// Decides and explains; every action has its place, and JSON can be read.
fn decide(engine: &Engine, context: &Context, request: &Request) -> serde_json::Value {
    let decision = engine.decide(context, request);
    let json = decision.to_json();
    assert_eq!(json, engine.decide(context, request).to_json());
    let withheld = decision.withheld().map(|account| account.action());
    let recommended = decision.recommendations().map(|placed| placed.action());
    let actions: Vec<&str> = recommended.chain(withheld).collect();
    for account in decision.withheld() {
        let until = account.until();
        assert!(until.is_none_or(|until| until > request.now), "{json}");
    }
    // An explanation is slow beside a decision: a few of them tell as much.
    for action in actions.iter().step_by(5).take(4) {
        let explanation = engine.explain(context, request, action).unwrap();
        assert!(!explanation.to_string().is_empty());
        assert!(serde_json::to_string(&explanation).is_ok());
    }
    let ranked = request.clone().ranked_only();
    let short = engine.decide(context, &ranked);
    let placed =
        |place: Recommendation<'_>| (place.action().to_owned(), place.slot().map(str::to_owned));
    assert!(
        short.recommendations().map(placed).eq(decision.recommendations().map(placed)),
        "{json}"
    );
    let unique: BTreeSet<&str> = actions.iter().copied().collect();
    assert_eq!(unique.len(), actions.len(), "{json}");
    assert_eq!(unique.len(), engine.policy().actions.len(), "{json}");
    serde_json::from_str(&json).unwrap()
}

/// How many events of one input are looked at.
const MOST_EVENTS: usize = 48;

/// Reads an event from each line, and applies them in several orders.
pub(crate) fn event(data: &[u8]) {
    let lines = data.split(|byte| *byte == b'\n').take(MOST_EVENTS);
    let mut events: Vec<Event> = lines.filter_map(read_event).collect();
    // All of them are about one customer, so that none is refused for that.
    let user_id = events.iter().find_map(|event| event.user_id.clone());
    for event in &mut events {
        event.user_id.clone_from(&user_id);
    }
    events.retain(is_taken);
    let context = applied(&events);
    let json = context.to_json();
    let again = Context::from_json(&json).expect(&json);
    assert_eq!(again, context, "{json}");
    for event in &events {
        let mut twice = again.clone();
        let came_of_it = twice.apply(event).unwrap();
        assert!(!matches!(came_of_it, Applied::Applied { .. }), "{event:?} in {json}");
        assert_eq!(twice.to_json(), json, "{event:?}");
    }
    assert_eq!(applied(events.iter().rev()).to_json(), json);
    merges(&events, &json);
    let [request, ..] = requests();
    assert!(!SHOP.decide(&context, &request).to_json().is_empty());
}

fn read_event(line: &[u8]) -> Option<Event> {
    match Event::from_json(line) {
        Ok(event) => {
            let json = event.to_json();
            let again = Event::from_json(&json).expect(&json);
            assert_eq!(again.to_json(), json);
            assert_eq!(applied([&again]).to_json(), applied([&event]).to_json(), "{json}");
            Some(event)
        }
        Err(error) => {
            let is_named = error.to_string().starts_with("event: ");
            assert_eq!(error.kind(), if is_named { ErrorKind::Event } else { ErrorKind::TooLarge });
            None
        }
    }
}

/// Tells whether a context takes an event; one that does not changes nothing.
fn is_taken(event: &Event) -> bool {
    let mut context = CUSTOMER.clone();
    context.user_id.clone_from(&event.user_id);
    let before = context.clone();
    let is_taken = context.apply(event).is_ok();
    assert!(is_taken || context == before, "{event:?}");
    is_taken
}

/// Applies events to a new context, but for those that it does not take.
fn applied<'e>(events: impl IntoIterator<Item = &'e Event>) -> Context {
    let mut context = Context::new();
    for event in events {
        drop(context.apply(event));
    }
    context
}

/// Every other event at either of two copies, merged both ways, gives the same.
fn merges(events: &[Event], json: &str) {
    let one = applied(events.iter().step_by(2));
    let other = applied(events.iter().skip(1).step_by(2));
    for (into, from) in [(&one, &other), (&other, &one)] {
        let mut both = into.clone();
        both.merge(from).unwrap();
        assert_eq!(both.to_json(), json);
        both.merge(from).unwrap();
        assert_eq!(both.to_json(), json);
    }
}

/// Reads a context and a request, writes the context, and decides.
pub(crate) fn context(data: &[u8]) {
    let mut over = CUSTOMER.clone();
    let read_over = over.replace_from_json(data).is_ok();
    let read = Context::from_json(data);
    assert_eq!((read_over, &over), (read.is_ok(), read.as_ref().unwrap_or(&Context::new())));
    match read {
        Ok(context) => {
            let json = context.to_json();
            let again = Context::from_json(&json).expect(&json);
            assert_eq!(again, context, "{json}");
            assert_eq!(again.to_json(), json);
            assert_eq!(again.fingerprint(), context.fingerprint());
            assert_eq!(Context::from_bytes(context.to_bytes()).expect(&json), context);
            merges_with_itself(&context);
            for request in requests() {
                decide(&SHOP, &context, &request);
            }
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Context);
            assert!(error.to_string().starts_with("context: "), "{error}");
        }
    }
    match Request::from_json(data) {
        Ok(mut request) => {
            request.detail = Detail::Complete;
            decide(&SHOP, &CUSTOMER, &request);
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Request);
            assert!(error.to_string().starts_with("request: "), "{error}");
        }
    }
}

/// Reads a snapshot, and writes it again.
pub(crate) fn snapshot(data: &[u8]) {
    match Context::from_bytes(data) {
        Ok(context) => {
            let bytes = context.to_bytes();
            let again = Context::from_bytes(&bytes).expect("it was written");
            assert_eq!(again, context);
            assert_eq!(again.to_bytes(), bytes);
            assert_eq!(Context::from_json(context.to_json()).expect("it was written"), context);
            merges_with_itself(&context);
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Context);
            assert!(error.to_string().starts_with("context: "), "{error}");
        }
    }
}

/// Merging what is known is no news, whoever takes it in.
fn merges_with_itself(context: &Context) {
    let mut same = context.clone();
    same.merge(context).unwrap();
    assert_eq!(same, *context);
    let mut customer = CUSTOMER.clone();
    customer.user_id.clone_from(&context.user_id);
    let mut both = context.clone();
    both.merge(&customer).unwrap();
    customer.merge(context).unwrap();
    assert_eq!(both.to_json(), customer.to_json());
    both.merge(context).unwrap();
    assert_eq!(both, customer);
}

/// Reads an event by the adapter that the first byte names, and applies it.
pub(crate) fn adapters(data: &[u8]) {
    let Some((system, json)) = data.split_first() else {
        return;
    };
    let mapping = Mapping::new().stamped_consent(true);
    let now = Timestamp::from_millis(NOW);
    let read = match system {
        b'0' => segment::event(json, &mapping),
        b'1' => xdm::event(json, &mapping),
        b'2' => snowplow::event(json, &mapping),
        b'3' => cloudevents::event(json, &mapping),
        b'4' => zendesk::event(json, &mapping),
        b'5' => intercom::event(json, &mapping),
        b'6' => salesforce::event(json, &mapping),
        b'7' => servicenow::event(json, &mapping),
        b'8' => openfeature::event(json, now, &mapping),
        _ => return,
    };
    match read {
        Ok(event) => told_once(&event),
        Err(error) => {
            let is_known = matches!(error.kind(), ErrorKind::Event | ErrorKind::TooLarge);
            assert!(is_known && !error.to_string().is_empty(), "{error}");
        }
    }
}

/// What an event says, it says once, and what is refused changes nothing.
fn told_once(event: &Event) {
    assert!(event.at.is_plausible(), "{event:?}");
    let mut context = Context::new();
    if context.apply(event).is_err() {
        assert_eq!(context, Context::new(), "{event:?}");
        return;
    }
    let before = context.clone();
    let again = context.apply(event).expect("it was taken in before");
    assert_eq!(context, before, "{event:?}");
    let is_known = matches!(again, Applied::Duplicate) || event.changes.is_empty();
    assert!(is_known, "{again:?}: {event:?}");
    assert_eq!(Context::from_json(context.to_json()).expect("it was written"), context);
}
