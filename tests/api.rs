//! The public face: what is shared between threads, presets, and documents that survive.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use tactful::context::{Consent, Feedback, Profile, Purchases, Recency, Support, Ticket};
use tactful::decision::{Decision, ReasonCode, Verdict};
use tactful::{
    Channel, Context, Duration, Engine, Error, Explanation, Policy, Request, TicketState,
    Timestamp, Topic,
};

fn now() -> Timestamp {
    "2026-03-10T15:00:30Z".parse().unwrap()
}

#[test]
fn everything_goes_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Engine>();
    shared::<Error>();
    shared::<Policy>();
    shared::<Context>();
    shared::<Request>();
    shared::<Decision<'static>>();
    shared::<Explanation>();
    shared::<tactful::decision::Record>();
    shared::<tactful::explain::Replay>();
    shared::<tactful::explain::Timeline>();
    shared::<tactful::schema::Facts<'static>>();
}

/// Five lines of policy on a preset already stop the seed failure.
const FEW_LINES: &str = r#"
policy  = "few-lines"
preset  = "customer-care@1"
actions = [{ id = "premium", kind = "upsell", propensity = 0.06, value = "240", channels = ["web"] }]
"#;

fn calm() -> Context {
    Context::new()
        .support(Support::new(now()).tickets([]))
        .purchases(Purchases::new(now()).orders([]))
        .consent(Consent::new(now()).grants([]))
}

#[test]
fn a_preset_stops_the_seed_failure() {
    let engine = Engine::from_toml(FEW_LINES).unwrap();
    assert!(engine.warnings().is_empty());
    let request = Request::new(now(), Channel::Web);
    assert_eq!(engine.decide(&calm(), &request).recommendations().len(), 1);

    let dispute = Ticket::new("C-1", now(), now()).topic(Topic::BillingDispute);
    let open =
        calm().support(Support::new(now()).tickets([dispute.clone().state(TicketState::Open)]));
    let decision = engine.decide(&open, &request);
    let account = decision.account("premium").unwrap();
    assert_eq!(account.verdict(), Verdict::Suppressed);
    assert_eq!(account.because(), "nobody wants an offer while arguing about a bill");

    let closed = calm().support(Support::new(now()).tickets([dispute.state(TicketState::Closed)]));
    let decision = engine.decide(&closed, &request);
    let account = decision.account("premium").unwrap();
    assert_eq!(account.code(), Some(ReasonCode::CoolOff));
    assert_eq!(account.until().unwrap().to_string(), "2026-03-24T15:00:30Z");

    let decision_of_unknown =
        engine.decide(&Context::new().consent(Consent::new(now()).grants([])), &request);
    assert_eq!(decision_of_unknown.account("premium").unwrap().verdict(), Verdict::Suppressed);
}

/// Every rule of the preset holds back in its situation, and names itself.
#[test]
fn every_rule_of_the_preset_holds() {
    let engine = Engine::from_toml(FEW_LINES).unwrap();
    let request = Request::new(now(), Channel::Web);
    let ticket = |topic| Ticket::new("C-1", now(), now()).topic(topic).state(TicketState::Open);
    let about = |topic| calm().support(Support::new(now()).tickets([ticket(topic)]));
    let answer = tactful::context::Answer::new(tactful::Metric::Csat, 2_i64, now());
    let order = tactful::context::Order::new("o", now()).status(tactful::OrderStatus::Delayed);
    let contact = tactful::context::Contact::new(Channel::Phone, now());
    let cases = [
        ("care-billing-dispute", about(Topic::BillingDispute)),
        ("care-payment-failed", about(Topic::FraudSecurity)),
        ("care-hardship", about(Topic::FinancialHardship)),
        ("care-order-delay", calm().purchases(Purchases::new(now()).orders([order]))),
        ("care-delivery-complaint", about(Topic::ProductDefect)),
        ("care-return", about(Topic::ReturnExchange)),
        ("care-outage", about(Topic::Outage)),
        ("care-complaint", about(Topic::Privacy)),
        ("care-cancellation", about(Topic::Cancellation)),
        (
            "care-conversation",
            calm().support(Support::new(now()).tickets([]).active_contact(contact)),
        ),
        ("care-negative-feedback", calm().feedback(Feedback::new(now()).answers([answer]))),
        ("care-vulnerable", calm().profile(Profile::new(now()).vulnerable(true))),
        ("care-onboarding", calm().profile(Profile::new(now()).joined_at(now()))),
        (
            "care-inactive",
            calm().recency(Recency::new(now()).last_seen_at(now() - Duration::days(60))),
        ),
    ];
    for (rule, context) in cases {
        let decision = engine.decide(&context, &request);
        let rules: Vec<&str> = decision.suppressions().map(|rule| rule.rule()).collect();
        assert_eq!(rules, [rule]);
        assert_eq!(decision.suppressed().count(), 1, "{rule}");
    }
}

#[test]
fn a_policy_survives_json_and_keeps_its_fingerprint() {
    let text = include_str!("../examples/policies/customer_care.toml");
    let policy = Policy::from_toml(text).unwrap();
    let twin = Policy::from_json(&policy.to_json()).unwrap();
    assert_eq!(policy, twin);
    assert_eq!(policy.fingerprint(), twin.fingerprint());
    let other = Policy::from_toml(&text.replace("240.00", "240.01")).unwrap();
    assert_ne!(policy.fingerprint(), other.fingerprint());
}

#[test]
fn a_context_survives_json() {
    let customers = include_str!("../examples/data/customers.jsonl");
    for line in customers.lines().take(100) {
        let context = Context::from_json(line).unwrap();
        assert_eq!(Context::from_json(context.to_json()).unwrap(), context);
    }
}

#[test]
fn an_engine_lists_what_it_reads() {
    let engine = Engine::from_toml(
        r#"
        policy = "reads"
        [[actions]]
        id       = "a"
        kind     = "service"
        channels = ["web"]
        eligible = 'profile.role == "admin" && known(device)'
        suitable = 'support.tickets.exists(t, "vip" in profile.segments)'
        "#,
    )
    .unwrap();
    let reads =
        ["consent.hard_blocks", "device", "profile.role", "profile.segments", "support.tickets"];
    assert_eq!(engine.reads(), reads);
}

#[test]
fn an_explanation_reads_aloud() {
    let engine =
        Engine::from_toml(include_str!("../examples/policies/customer_care.toml")).unwrap();
    let dispute =
        Ticket::new("C-1", now(), now()).topic(Topic::BillingDispute).state(TicketState::Open);
    let context = calm()
        .support(Support::new(now()).tickets([dispute]))
        .profile(Profile::new(now()).plan("basic"));
    let request = Request::new(now(), Channel::Web).slots(["hero"]);
    let explanation = engine.explain(&context, &request, "premium-upgrade").unwrap();
    assert_eq!(explanation.verdict, Verdict::Ineligible);
    let expected = "\
premium-upgrade is not recommended: it does not fit the customer now, or nobody can tell whether it does.
  - The customer is not known to qualify: profile.age_years is at least 18 (profile.age_years was not delivered).
  - It is not known to be in the customer's interest: subscription.arrears_minor is 0 (subscription was never delivered).
  - Nobody wants an offer while arguing about a bill: a billing dispute is open (C-1 in support.tickets).
Time alone does not clear it.
What would change it:
  - `subscription.arrears_minor` was never delivered; it would have to be 0.
  - `profile.age_years` is absent; it would have to be at least 18.
  - `state` of C-1 in `support.tickets` is \"open\"; it would have to be \"solved\" or \"closed\".
  - `closed_at` of C-1 in `support.tickets` is absent; it would have to be at least 14d ago.
It would be no. 2, with priority 14.4.
In detail:
  availability  passes
  consent       passes
  eligibility   HOLDS BACK
      profile.plan == \"basic\"  is true
        profile.plan (known, 0 s old) = \"basic\"
      profile.age_years >= 18  is unknown
        profile.age_years (not delivered)
  applicability passes
  suitability   HOLDS BACK
      subscription.arrears_minor == 0  is unknown
        subscription (never delivered)
  suppression   HOLDS BACK
      complaints-first: a complaint is open  is false
        support.tickets (known, 0 s old) = 1 entry
      find-your-feet-first: the customer joined in the last 14 days  is false
        profile.joined_at (known, 0 s old) = absent
      no-selling-during-a-dispute (situation_active): nobody wants an offer while arguing about a bill  is true
        billing_dispute_open  is true
          support.tickets (known, 0 s old) = 1 entry
          decided by C-1 in support.tickets
        after: billing_dispute_just_closed  is false
          support.tickets (known, 0 s old) = 1 entry
      no-selling-during-a-fraud-case: a case of fraud is open  is false
        support.tickets (known, 0 s old) = 1 entry
      no-selling-into-hardship: the customer has reported financial hardship  is false
        support.tickets (known, 0 s old) = 1 entry
      win-back-before-selling: the customer has been away for 60 days (lets the unknown pass)  is unknown
        recency (never delivered)
  score         passes
      propensity 0.06 × context weight 1 × value 240 × lever 1
";
    assert_eq!(explanation.to_string(), expected);
}

/// A situation may be called as a fact it reads; only a name by itself means it.
#[test]
fn a_situation_may_bear_the_name_of_a_fact() {
    let policy = r#"
        policy = "names"
        [situations.vulnerable]
        when = "has(profile.vulnerable) && profile.vulnerable"
        [[actions]]
        id       = "a"
        kind     = "service"
        channels = ["web"]
        eligible = "vulnerable"
    "#;
    let engine = Engine::from_toml(policy).unwrap();
    let context = Context::new().profile(Profile::new(now()).vulnerable(true));
    let decision = engine.decide(&context, &Request::new(now(), Channel::Web));
    assert_eq!(decision.recommendations().len(), 1);
}

/// `unless` turns a rule off where it is known true, and only there.
#[test]
fn unless_is_the_other_side_of_when() {
    let policy = r#"
        policy = "unless"
        [situations.in_care]
        when   = "true"
        unless = ["profile.plan == 'gold'", "profile.role == 'admin'"]
        [[actions]]
        id       = "a"
        kind     = "upsell"
        purpose  = "service"
        channels = ["web"]
        value    = 2
        [[actions]]
        id       = "b"
        kind     = "service"
        channels = ["web"]
        value    = 1
        [[boosts]]
        id      = "b-first"
        when    = "in_care"
        unless  = "profile.age_years < 18"
        percent = 900
        ids     = ["b"]
        [[suppress]]
        id      = "s"
        when    = "in_care"
        unless  = "profile.age_years >= 65"
        kinds   = ["upsell"]
        because = "b"
    "#;
    let engine = Engine::from_toml(policy).unwrap();
    let ranked = |profile: Profile| {
        let context = Context::new().profile(profile);
        let decision = engine.decide(&context, &Request::new(now(), Channel::Web));
        decision.recommendations().map(|r| r.action().to_owned()).collect::<Vec<_>>()
    };
    let known = || Profile::new(now()).plan("basic").role("member");
    assert_eq!(ranked(known().age_years(40)), ["b"]);
    assert_eq!(ranked(known().age_years(65)), ["b", "a"]);
    assert_eq!(ranked(known().age_years(40).plan("gold")), ["a", "b"]);
    // Not knowing the age, the rule holds back and the boost does nothing.
    assert_eq!(ranked(known()), ["b"]);
    let said = engine.describe();
    assert!(
        said.contains("unless profile.plan is \"gold\" or profile.role is \"admin\""),
        "{said}"
    );
}

/// What is explained is what was decided, for every action of many customers.
#[test]
fn explanations_agree_with_decisions() {
    let text = include_str!("../examples/policies/customer_care.toml");
    let engine = Engine::from_toml(text).unwrap();
    let request = Request::new(now(), Channel::Web).slots(["hero", "tile", "tile"]);
    for line in include_str!("../examples/data/customers.jsonl").lines().step_by(17) {
        let context = Context::from_json(line).unwrap();
        let decision = engine.decide(&context, &request);
        for action in &engine.policy().actions {
            let explanation = engine.explain(&context, &request, &action.id).unwrap();
            let account = decision.account(&action.id);
            let placed = decision.recommendations().position(|placed| placed.action() == action.id);
            let verdict = account.map_or(Verdict::Recommended, |account| account.verdict());
            assert_eq!(explanation.verdict, verdict);
            assert_eq!(explanation.until, account.and_then(|account| account.until()));
            assert_eq!(placed.is_some(), explanation.stages.iter().all(|report| report.passes));
            let first = explanation.stages.iter().find(|report| !report.passes);
            let code = account.and_then(|account| account.code());
            assert_eq!(first.map(|report| report.stage), code.map(|code| code.stage()));
            if let Some(place) = placed {
                assert!(explanation.rank.unwrap() > place);
            }
        }
    }
}

/// The second version of the preset says how often is too often.
#[test]
fn a_preset_brings_a_contact_policy() {
    let engine = Engine::from_toml(
        r#"
        policy  = "shop"
        preset  = "customer-care@2"

        [[actions]]
        id       = "sale"
        kind     = "promotion"
        channels = ["email"]

        [[limits]]
        id       = "one-sale-a-month"
        ids      = ["sale"]
        gap      = "30d"
        "#,
    )
    .unwrap();
    let limits: Vec<String> =
        engine.describe().lines().filter(|line| line.contains(": ")).map(str::to_owned).collect();
    for id in ["ignored", "two-mails-a-week", "one-sale-a-month", "night"] {
        assert!(limits.iter().any(|line| line.trim().starts_with(id)), "{id}: {limits:#?}");
    }
    assert_eq!(engine.retention(), tactful::context::Retention::For(Duration::days(45)));
    let twice = "
        policy  = 'shop'
        preset  = 'customer-care@2'
        [[actions]]
        id = 'sale'
        kind = 'promotion'
        channels = ['email']
        [[limits]]
        id = 'ignored'
        ids = ['sale']
        gap = '30d'
        [quiet_hours.night]
        from = '20:00'
        to = '09:00'
    ";
    let error = Engine::from_toml(twice).unwrap_err();
    assert_eq!(error.diagnostics().len(), 2, "{error}");
}

const SOURCES: &str = r#"
    policy = "two-desks"

    [fresh]
    support = { desk = "15m", crm = "1h" }

    [[actions]]
    id       = "offer"
    kind     = "service"
    channels = ["web"]
    eligible = "!support.tickets.exists(t, t.is_open)"
    suitable = "profile.plan == 'basic' && history.interactions.size() < 5"
"#;

/// A part is as good as the source that is worst off.
#[test]
fn a_part_needs_every_source_that_the_policy_names() {
    use tactful::context::AsOf;

    let engine = Engine::from_toml(SOURCES).unwrap();
    let ago = |minutes| now() - Duration::minutes(minutes);
    let sources = [
        (vec![("desk", ago(15)), ("crm", ago(60))], true),
        (vec![("desk", ago(15)), ("crm", ago(61))], false),
        (vec![("desk", ago(16)), ("crm", ago(1))], false),
        (vec![("desk", ago(1))], false),
        (vec![("desk", ago(1)), ("crm", ago(1)), ("phone", ago(10_000))], true),
    ];
    for (sources, is_known) in sources {
        let as_of = AsOf::sources(sources.clone()).unwrap();
        let context = Context::new().support(Support::new(as_of).tickets([]));
        let missing = engine.missing(&context, now());
        let support = missing.iter().find(|missing| missing.what.path() == "support");
        assert_eq!(support.is_none(), is_known, "{sources:?}: {missing:?}");
    }
    // Nobody can tell which source a single watermark is from.
    let context = Context::new().support(Support::new(now()).tickets([]));
    let missing = engine.missing(&context, now());
    let said: Vec<String> = missing.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "consent (never delivered): consent.hard_blocks",
            "history (never delivered): history.interactions",
            "profile (never delivered): profile.plan",
            "support (never delivered): support.tickets",
        ]
    );
}

/// What is delivered in part is told with the list.
#[test]
fn what_is_missing_is_told_by_list() {
    use tactful::context::{History, List};

    let engine = Engine::from_toml(SOURCES).unwrap();
    let history = History::new(now()).interactions(List::partial(Vec::new()));
    let missing = engine.missing(&Context::new().history(history), now());
    let said = missing.iter().find(|missing| missing.what.path().starts_with("history")).unwrap();
    assert_eq!(said.to_string(), "history.interactions (delivered in part): history.interactions");
}

/// What is told twice happened once.
#[test]
fn the_same_outcome_is_recorded_once() {
    use tactful::Outcome;

    let engine = Engine::from_toml(SOURCES).unwrap();
    let mut context = Context::new();
    let request = Request::new(now(), Channel::Web);
    let seen = engine.decide(&context, &request).outcome("offer", Outcome::Impression, now());
    let seen = seen.unwrap();
    let later = engine.decide(&context, &request).outcome("offer", Outcome::Click, now()).unwrap();
    for interaction in [&seen, &seen, &later, &seen] {
        context.record(interaction.clone());
    }
    assert_eq!(context.history.known().unwrap().interactions.items(), [later, seen]);
}

/// A slip of the pen in a kill switch can be found.
#[test]
fn names_in_a_request_can_be_checked() {
    let engine = Engine::from_toml(SOURCES).unwrap();
    let request = Request::new(now(), Channel::Web)
        .exclude("ofer")
        .exclude("offer")
        .out_of_stock("sale")
        .already_shown("offer")
        .force("nothing");
    assert_eq!(engine.unknown_actions(&request), ["ofer", "sale", "nothing"]);
}

#[test]
fn the_policy_is_given_back_as_it_was_written() {
    for name in ["call_desk", "promises"] {
        let path = format!("{}/examples/policies/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let mut policy = Policy::from_toml(&std::fs::read_to_string(path).unwrap()).unwrap();
        let first = policy.actions.first_mut().unwrap();
        (first.rank, first.obeys_limits) = (7, Some(true));
        let engine = Engine::new(policy.clone()).unwrap();
        assert_eq!(*engine.policy(), policy, "{name}");
        assert_eq!(engine.fingerprint(), policy.fingerprint(), "{name}");
    }
}
