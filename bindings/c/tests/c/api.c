/*
 * The interface as a caller meets it, with all that a caller can get wrong. It
 * compiles as C11 and as C++17, and runs under sanitizers and valgrind.
 */
#include <stdint.h>
#include <stdlib.h>
#include <tactful.h>
#include "check.h" /* Includes it once more, as other headers will. */

static const int64_t NOW = INT64_C(1773154830000); /* 2026-03-10T15:00:30Z */
static const int64_t DAY = INT64_C(86400000);

static const char POLICY[] =
    "policy = 'test'\n"
    "preset = 'customer-care@1'\n"
    "currency = 'EUR'\n"
    "[attributes]\n"
    "loyalty = ['gold', 'silver']\n"
    "points = 'int'\n"
    "ratio = 'double'\n"
    "vip = 'bool'\n"
    "since = 'timestamp'\n"
    "[[actions]]\n"
    "id = 'premium'\n"
    "kind = 'upsell'\n"
    "channels = ['web', 'email']\n"
    "propensity = 0.06\n"
    "value = '240'\n"
    "treatments = [{ id = 'banner' }]\n"
    "[[actions]]\n"
    "id = 'status'\n"
    "kind = 'service'\n"
    "channels = ['web']\n"
    "tier = 1\n"
    "[[actions]]\n"
    "id = 'gold'\n"
    "kind = 'information'\n"
    "channels = ['web']\n"
    "eligible = \"attributes.loyalty == 'gold' && scores.churn < 0.5\"\n";

static tactful_error *error;

static const tactful_engine *engine_of(const char *policy)
{
    const tactful_engine *engine = NULL;

    GIVES(OK, tactful_engine_from_toml(TACTFUL_TEXT(policy), &engine, &error));
    CHECK(engine != NULL && error == NULL);
    if (error != NULL)
        printf("%.*s\n", TACTFUL_STR_ARG(tactful_error_message(error)));
    tactful_error_free(error);
    error = NULL;
    return engine;
}

static tactful_request *request_on(int32_t channel)
{
    tactful_request *request = NULL;

    GIVES(OK, tactful_request_new(NOW, channel, &request, &error));
    return request;
}

/* Everything a shop knows, and nothing that holds back. */
static tactful_context *calm(void)
{
    tactful_context *context = tactful_context_new();

    GIVES(OK, tactful_context_set_tickets(context, NOW, NULL, 0, &error));
    GIVES(OK, tactful_context_set_orders(context, NOW, NULL, 0, &error));
    GIVES(OK, tactful_context_set_grants(context, NOW, NULL, 0, &error));
    return context;
}

static void versions(void)
{
    char text[32];

    snprintf(text, sizeof text, "%d.%d.%d", TACTFUL_VERSION_MAJOR, TACTFUL_VERSION_MINOR,
             TACTFUL_VERSION_PATCH);
    CHECK(is(tactful_version(), text));
    CHECK(tactful_abi_version() == TACTFUL_ABI_VERSION);
    CHECK(is(tactful_status_name(TACTFUL_STATUS_PANIC), "panic"));
    CHECK(is(tactful_status_name(12345), ""));
    CHECK(is(tactful_channel_name(TACTFUL_CHANNEL_IN_APP), "in_app"));
    CHECK(is(tactful_channel_name(0), "") && is(tactful_channel_name(-1), ""));
    CHECK(is(tactful_verdict_name(TACTFUL_VERDICT_HELD_OUT), "held_out"));
    /* What programs were compiled with must not change. */
    CHECK(sizeof(tactful_str) == 2 * sizeof(void *));
    CHECK(sizeof(tactful_buffer) == 3 * sizeof(void *));
    if (sizeof(void *) == 8) {
        CHECK(sizeof(tactful_diagnostic) == 128 && sizeof(tactful_ticket) == 88);
        CHECK(sizeof(tactful_order) == 112 && sizeof(tactful_grant) == 48);
        CHECK(sizeof(tactful_interaction) == 120);
        CHECK(sizeof(tactful_recommendation) == 136 && sizeof(tactful_withheld) == 144);
        CHECK(sizeof(tactful_reason) == 160 && sizeof(tactful_fact) == 56);
        CHECK(sizeof(tactful_suppression) == 96);
    }
}

static void refused_policies(void)
{
    static const char MISTAKES[] = "policy = 'x'\ncurency = 'EUR'\n[[actions]]\nid = 'a'\n"
                                   "kind = 'upsale'\nchannels = ['web']\n";
    const tactful_engine *engine = NULL;
    tactful_diagnostic found;
    uint32_t line = 9, column = 9;

    GIVES(POLICY, tactful_engine_from_toml(TACTFUL_TEXT(MISTAKES), &engine, &error));
    CHECK(engine == NULL && error != NULL);
    CHECK(tactful_error_status(error) == TACTFUL_STATUS_POLICY);
    CHECK(holds(tactful_error_message(error), "did you mean `currency`?"));
    CHECK(is(tactful_error_path(error), ""));
    CHECK(tactful_error_position(error, &line, &column) && line == 2 && column == 1);
    CHECK(!tactful_error_position(error, NULL, &column) && !tactful_error_position(error, &line, NULL));
    CHECK(!tactful_error_position(NULL, &line, &column) && line == 0 && column == 0);
    CHECK(tactful_error_diagnostic_count(error) >= 2);
    GIVES(OK, tactful_error_diagnostic(error, 0, &found));
    CHECK(found.severity == TACTFUL_SEVERITY_ERROR);
    CHECK(found.line == 2 && found.column == 1);
    CHECK(found.code.len > 1 && found.code.data[0] == 'E');
    CHECK(holds(found.path, "curency") && holds(found.help, "currency"));
    CHECK(holds(found.message, "curency") && holds(found.rendered, "error["));
    GIVES(OUT_OF_RANGE, tactful_error_diagnostic(error, 99, &found));
    GIVES(NULL_POINTER, tactful_error_diagnostic(error, 0, NULL));
    tactful_error_free(error);
    error = NULL;

    FAILS(POLICY, tactful_engine_from_json(TACTFUL_TEXT("{"), &engine, &error), "");
    GIVES(POLICY, tactful_engine_from_toml(TACTFUL_TEXT(MISTAKES), &engine, NULL));
    FAILS(POLICY, tactful_engine_from_toml(NULL, 0, &engine, &error), "");
    /* The length counts the NUL at the end. */
    FAILS(POLICY, tactful_engine_from_toml(POLICY, sizeof POLICY, &engine, &error), "");
    FAILS(INVALID_UTF8, tactful_engine_from_toml("policy = '\xff'", 12, &engine, &error), "byte 10");
    CHECK(engine == NULL);
}

static void engines(void)
{
    const tactful_engine *engine = engine_of(POLICY), *twin;
    tactful_context *context = tactful_context_new();
    tactful_request *request = request_on(TACTFUL_CHANNEL_WEB);
    tactful_buffer out = TACTFUL_BUFFER_INIT;
    tactful_diagnostic found;

    CHECK(is(tactful_engine_policy(engine), "test"));
    CHECK(tactful_engine_fingerprint(engine).len > 8);
    CHECK(tactful_engine_warning_count(engine) == 0);
    GIVES(OUT_OF_RANGE, tactful_engine_warning(engine, 0, &found));
    GIVES(OK, tactful_engine_describe(engine, &out, &error));
    CHECK(strstr(out.data, "premium") != NULL && out.len == strlen(out.data));
    GIVES(OK, tactful_engine_reads(engine, &out, &error));
    CHECK(strstr(out.data, "\"attributes.loyalty\"") != NULL && out.data[0] == '[');
    GIVES(OK, tactful_engine_missing(engine, context, NOW, &out, &error));
    CHECK(strstr(out.data, "support") != NULL);
    FAILS(INVALID_ARGUMENT, tactful_engine_missing(engine, context, NOW / 1000, &out, &error),
          "seconds");
    CHECK(out.len == 0 && out.data[0] == '\0');
    GIVES(OK, tactful_request_exclude(request, TACTFUL_TEXT("premum"), &error));
    GIVES(OK, tactful_engine_unknown_actions(engine, request, &out, &error));
    CHECK(strcmp(out.data, "[\"premum\"]") == 0);

    twin = tactful_engine_retain(engine);
    CHECK(twin == engine);
    tactful_engine_release(engine);
    CHECK(is(tactful_engine_policy(twin), "test"));
    tactful_engine_release(twin);
    tactful_buffer_free(&out);
    CHECK(out.data == NULL && out.len == 0 && out.cap == 0);
    tactful_buffer_free(&out);
    tactful_context_free(context);
    tactful_request_free(request);
}

static void deciding(void)
{
    const tactful_engine *engine = engine_of(POLICY);
    tactful_context *context = calm();
    tactful_request *request = request_on(TACTFUL_CHANNEL_WEB);
    tactful_decision *decision = tactful_decision_new();
    tactful_recommendation best;
    tactful_withheld held;
    tactful_reason reason;
    tactful_fact fact;
    tactful_suppression in_force;
    tactful_ticket ticket;
    int64_t until = -1;

    GIVES(OK, tactful_engine_decide(engine, context, request, decision, &error));
    CHECK(tactful_decision_now(decision) == NOW);
    CHECK(tactful_decision_recommendation_count(decision) == 2);
    GIVES(OK, tactful_decision_recommendation(decision, 0, &best, &error));
    CHECK(is(best.action, "status") && best.tier == 1 && is(best.kind, "service"));
    GIVES(OK, tactful_decision_recommendation(decision, 1, &best, &error));
    CHECK(is(best.action, "premium") && is(best.priority, "14.4") && is(best.treatment, "banner"));
    CHECK(best.channel == TACTFUL_CHANNEL_WEB && !best.has_slot && !best.is_forced);
    CHECK(best.passed_over_count == 0 && is(best.slot, ""));
    FAILS(OUT_OF_RANGE, tactful_decision_recommendation(decision, 2, &best, &error), "there are 2");
    FAILS(OUT_OF_RANGE, tactful_decision_passed_over(decision, 1, 0, &reason, &error), "there are 0");
    CHECK(tactful_decision_valid_until(decision, &until) && until > NOW);

    /* Of somebody about whom nobody said anything, nobody can tell. */
    CHECK(tactful_decision_withheld_count(decision) == 1);
    GIVES(OK, tactful_decision_withheld(decision, 0, &held, &error));
    CHECK(is(held.action, "gold") && held.verdict == TACTFUL_VERDICT_INELIGIBLE);
    CHECK(held.code == 301 && held.reason_count == 1 && held.index == 0 && !held.has_until);
    GIVES(OK, tactful_decision_reason(decision, 0, 0, &reason, &error));
    CHECK(is(reason.name, "not_eligible") && is(reason.stage, "eligibility"));
    CHECK(is(reason.severity, "data_problem") && holds(reason.condition, "loyalty"));
    CHECK(reason.fact_count >= 1);
    GIVES(OK, tactful_decision_fact(decision, 0, 0, 0, &fact, &error));
    CHECK(fact.code == 901 && fact.age_ms == -1 && fact.max_age_ms == -1 && fact.path.len > 0);
    FAILS(OUT_OF_RANGE, tactful_decision_fact(decision, 0, 0, 9, &fact, &error), "fact");
    FAILS(OUT_OF_RANGE, tactful_decision_fact(decision, 0, 9, 0, &fact, &error), "reason");
    FAILS(OUT_OF_RANGE, tactful_decision_reason(decision, 9, 0, &reason, &error), "withheld");
    FAILS(UNKNOWN_ACTION,
          tactful_decision_find_withheld(decision, TACTFUL_TEXT("status"), &held, &error), "status");

    /* A dispute, closed a day ago: the cool-off has an end. */
    memset(&ticket, 0, sizeof ticket);
    ticket.id = tactful_text("C-1");
    ticket.opened_at = NOW - 2 * DAY;
    ticket.updated_at = ticket.closed_at = NOW - DAY;
    ticket.state = TACTFUL_TICKET_STATE_CLOSED;
    ticket.topic = TACTFUL_TOPIC_BILLING_DISPUTE;
    GIVES(OK, tactful_context_set_tickets(context, NOW, &ticket, 1, &error));
    GIVES(OK, tactful_engine_decide(engine, context, request, decision, &error));
    GIVES(OK, tactful_decision_find_withheld(decision, TACTFUL_TEXT("premium"), &held, &error));
    CHECK(held.verdict == TACTFUL_VERDICT_SUPPRESSED && held.code == 402);
    CHECK(held.has_until && held.until == NOW + 13 * DAY);
    CHECK(is(held.priority, "14.4") && holds(held.because, "arguing about a bill"));
    GIVES(OK, tactful_decision_reason(decision, held.index, 0, &reason, &error));
    CHECK(reason.code == 402 && reason.rule.len > 0 && reason.has_until);
    CHECK(tactful_decision_suppression_count(decision) == 1);
    GIVES(OK, tactful_decision_suppression(decision, 0, &in_force, &error));
    CHECK(in_force.code == 402 && in_force.is_known && in_force.until == NOW + 13 * DAY);
    CHECK(in_force.situation.len > 0 && in_force.because.len > 0);
    FAILS(OUT_OF_RANGE, tactful_decision_suppression(decision, 1, &in_force, &error), "there are 1");

    /* The engine goes first; what it named stays readable. */
    tactful_engine_release(engine);
    GIVES(OK, tactful_decision_find_withheld(decision, TACTFUL_TEXT("premium"), &held, &error));
    CHECK(is(held.kind, "upsell"));
    GIVES(OK, tactful_decision_clear(decision, &error));
    CHECK(tactful_decision_withheld_count(decision) == 0);
    FAILS(INVALID_STATE, tactful_decision_withheld(decision, 0, &held, &error), "empty");
    CHECK(!tactful_decision_valid_until(decision, &until) && until == 0);
    CHECK(!tactful_decision_valid_until(decision, NULL));

    tactful_context_free(context);
    tactful_request_free(request);
    tactful_decision_free(decision);
}

#define EMPTY(text) CHECK(is(text, ""))

/* Rule 1: what a call that fails was to write is empty, whatever was there. */
static void failures_leave_nothing(void)
{
    const tactful_engine *engine = engine_of(POLICY);
    tactful_decision *decision = tactful_decision_new();
    tactful_recommendation best;
    tactful_withheld held;
    tactful_reason reason;
    tactful_fact fact;
    tactful_suppression in_force;
    tactful_diagnostic found;

    memset(&best, 0x5a, sizeof best);
    GIVES(INVALID_STATE, tactful_decision_recommendation(decision, 0, &best, NULL));
    EMPTY(best.action);
    EMPTY(best.treatment);
    CHECK(best.passed_over_count == 0 && best.channel == 0 && best.reserved[3] == 0);
    memset(&reason, 0x5a, sizeof reason);
    GIVES(INVALID_STATE, tactful_decision_passed_over(decision, 0, 0, &reason, NULL));
    EMPTY(reason.name);
    EMPTY(reason.severity);
    CHECK(reason.fact_count == 0 && reason.code == 0 && !reason.has_until);
    memset(&reason, 0x5a, sizeof reason);
    GIVES(NULL_POINTER, tactful_decision_reason(NULL, 0, 0, &reason, NULL));
    EMPTY(reason.because);
    CHECK(reason.fact_count == 0 && reason.until == 0);
    memset(&held, 0x5a, sizeof held);
    GIVES(INVALID_STATE, tactful_decision_withheld(decision, 0, &held, NULL));
    EMPTY(held.action);
    EMPTY(held.because);
    CHECK(held.reason_count == 0 && held.verdict == 0 && held.index == 0);
    memset(&held, 0x5a, sizeof held);
    GIVES(INVALID_STATE, tactful_decision_find_withheld(decision, TACTFUL_TEXT("x"), &held, NULL));
    EMPTY(held.action);
    CHECK(held.reason_count == 0 && !held.has_until);
    memset(&fact, 0x5a, sizeof fact);
    GIVES(INVALID_STATE, tactful_decision_fact(decision, 0, 0, 0, &fact, NULL));
    EMPTY(fact.path);
    CHECK(fact.age_ms == -1 && fact.max_age_ms == -1 && fact.code == 0);
    memset(&in_force, 0x5a, sizeof in_force);
    GIVES(INVALID_STATE, tactful_decision_suppression(decision, 0, &in_force, NULL));
    EMPTY(in_force.rule);
    EMPTY(in_force.situation);
    CHECK(in_force.code == 0 && !in_force.is_known && !in_force.has_until);
    memset(&found, 0x5a, sizeof found);
    GIVES(OUT_OF_RANGE, tactful_engine_warning(engine, 99, &found));
    EMPTY(found.code);
    EMPTY(found.rendered);
    CHECK(found.severity == 0 && found.line == 0);
    memset(&found, 0x5a, sizeof found);
    GIVES(NULL_POINTER, tactful_error_diagnostic(NULL, 0, &found));
    EMPTY(found.message);
    CHECK(found.severity == 0 && found.column == 0);
    tactful_decision_free(decision);
    tactful_engine_release(engine);
}

static void two_engines_one_decision(void)
{
    const tactful_engine *one = engine_of(POLICY);
    const tactful_engine *other =
        engine_of("policy = 'other'\nactions = [{ id = 'x', kind = 'service', channels = ['web'] }]");
    tactful_context *context = calm();
    tactful_request *request = request_on(TACTFUL_CHANNEL_WEB);
    tactful_decision *decision = tactful_decision_new();
    tactful_recommendation best;
    int i;

    for (i = 0; i < 6; i++) {
        GIVES(OK, tactful_engine_decide(i % 3 ? other : one, context, request, decision, &error));
        GIVES(OK, tactful_decision_recommendation(decision, 0, &best, &error));
        CHECK(is(best.action, i % 3 ? "x" : "status"));
    }
    tactful_engine_release(one);
    tactful_engine_release(other);
    /* The last decision is of the other, and keeps it. */
    GIVES(OK, tactful_decision_recommendation(decision, 0, &best, &error));
    CHECK(is(best.action, "x"));
    tactful_decision_free(decision);
    tactful_context_free(context);
    tactful_request_free(request);
}

static void fields(void)
{
    const tactful_engine *engine = engine_of(POLICY);
    tactful_context *context = calm();
    tactful_request *request = request_on(TACTFUL_CHANNEL_WEB);
    tactful_decision *decision = tactful_decision_new();
    tactful_buffer out = TACTFUL_BUFFER_INIT;
    uint32_t line = 9, column = 9;

    FAILS(INVALID_STATE,
          tactful_context_set_double(context, TACTFUL_TEXT("scores.churn"), 0.25, &error),
          "tactful_context_deliver");
    GIVES(OK, tactful_context_deliver(context, TACTFUL_PART_SCORES, NOW, &error));
    GIVES(OK, tactful_context_deliver(context, TACTFUL_PART_ATTRIBUTES, NOW, &error));
    GIVES(OK, tactful_context_deliver(context, TACTFUL_PART_PROFILE, NOW, &error));
    GIVES(OK, tactful_context_deliver(context, TACTFUL_PART_DEVICE, NOW, &error));
    GIVES(OK, tactful_context_deliver(context, TACTFUL_PART_RECENCY, NOW, &error));
    GIVES(OK, tactful_context_deliver(context, TACTFUL_PART_SUBSCRIPTION, NOW, &error));
    GIVES(OK, tactful_context_set_double(context, TACTFUL_TEXT("scores.churn"), 0.25, &error));
    GIVES(OK, tactful_context_set_text(context, TACTFUL_TEXT("attributes.loyalty"),
                                       TACTFUL_TEXT("gold"), &error));
    GIVES(OK, tactful_context_set_int(context, TACTFUL_TEXT("attributes.points"), 7, &error));
    GIVES(OK, tactful_context_set_bool(context, TACTFUL_TEXT("attributes.vip"), true, &error));
    GIVES(OK, tactful_context_set_time(context, TACTFUL_TEXT("attributes.since"), NOW, &error));
    GIVES(OK, tactful_context_set_int(context, TACTFUL_TEXT("profile.age_years"), 42, &error));
    GIVES(OK, tactful_context_set_text(context, TACTFUL_TEXT("profile.plan"),
                                       TACTFUL_TEXT("basic"), &error));
    GIVES(OK, tactful_context_set_text(context, TACTFUL_TEXT("device.form_factor"),
                                       TACTFUL_TEXT("mobile"), &error));
    GIVES(OK, tactful_context_set_time(context, TACTFUL_TEXT("recency.last_seen_at"), NOW, &error));
    GIVES(OK, tactful_context_set_text(context, TACTFUL_TEXT("subscription.status"),
                                       TACTFUL_TEXT("past_due"), &error));
    GIVES(OK, tactful_context_set_user_id(context, TACTFUL_TEXT("u-1"), &error));
    GIVES(OK, tactful_context_to_json(context, &out, &error));
    CHECK(strstr(out.data, "\"churn\":0.25") != NULL && strstr(out.data, "\"vip\":true") != NULL);
    CHECK(strstr(out.data, "\"form_factor\":\"mobile\"") != NULL);
    CHECK(strstr(out.data, "\"last_seen_at\":\"2026-03-10T15:00:30Z\"") != NULL);
    CHECK(strstr(out.data, "\"user_id\":\"u-1\"") != NULL);
    CHECK(strstr(out.data, "\"status\":\"past_due\"") != NULL);
    GIVES(OK, tactful_engine_decide(engine, context, request, decision, &error));
    CHECK(tactful_decision_recommendation_count(decision) == 3);

    FAILS(INVALID_ARGUMENT,
          tactful_context_set_text(context, TACTFUL_TEXT("profile.plann"), TACTFUL_TEXT("x"), &error),
          "did you mean `plan`?");
    FAILS(INVALID_ARGUMENT,
          tactful_context_set_text(context, TACTFUL_TEXT("profil.plan"), TACTFUL_TEXT("x"), &error),
          "did you mean `profile`?");
    FAILS(INVALID_ARGUMENT,
          tactful_context_set_text(context, TACTFUL_TEXT("device.form_factor"),
                                   TACTFUL_TEXT("moble"), &error),
          "did you mean `mobile`?");
    FAILS(INVALID_ARGUMENT,
          tactful_context_set_int(context, TACTFUL_TEXT("profile.plan"), 1, &error),
          "tactful_context_set_text");
    FAILS(INVALID_ARGUMENT,
          tactful_context_set_bool(context, TACTFUL_TEXT("support.tickets"), true, &error), "lists");
    FAILS(INVALID_ARGUMENT, tactful_context_set_double(context, TACTFUL_TEXT("scores"), 1, &error),
          "name");
    FAILS(INVALID_ARGUMENT,
          tactful_context_set_double(context, TACTFUL_TEXT("scores.churn"), 1e308 * 10, &error),
          "finite");
    FAILS(INVALID_ARGUMENT, tactful_context_set_double(context, NULL, 0, 1, &error), "unknown part");
    FAILS(INVALID_ARGUMENT, tactful_context_deliver(context, 99, NOW, &error), "99 is no part");
    FAILS(INVALID_ARGUMENT, tactful_context_deliver(context, TACTFUL_PART_PROFILE, 1, &error), "2000");

    GIVES(OK, tactful_context_forget(context, TACTFUL_PART_SCORES, &error));
    GIVES(OK, tactful_engine_decide(engine, context, request, decision, &error));
    CHECK(tactful_decision_recommendation_count(decision) == 2);
    GIVES(OK, tactful_context_set_part_json(
                  context, TACTFUL_PART_SCORES,
                  TACTFUL_TEXT("{\"as_of\": \"2026-03-10T15:00:30Z\", \"values\": {\"churn\": 0.1}}"),
                  &error));
    GIVES(OK, tactful_engine_decide(engine, context, request, decision, &error));
    CHECK(tactful_decision_recommendation_count(decision) == 3);
    GIVES(CONTEXT, tactful_context_set_part_json(
                       context, TACTFUL_PART_PROFILE,
                       TACTFUL_TEXT("{\"as_of\": 1773154830000, \"plann\": 1}"), &error));
    CHECK(holds(tactful_error_message(error), "did you mean `plan`?"));
    CHECK(holds(tactful_error_message(error), "line 1 column 32"));
    CHECK(holds(tactful_error_path(error), "profile"));
    CHECK(tactful_error_position(error, &line, &column) && line == 1 && column == 32);
    tactful_error_free(error);
    FAILS(CONTEXT,
          tactful_context_set_part_json(context, TACTFUL_PART_PROFILE,
                                        TACTFUL_TEXT("null, \"user_id\": \"u-2\""), &error),
          "more than the part");
    FAILS(CONTEXT,
          tactful_context_set_part_json(context, TACTFUL_PART_PROFILE, TACTFUL_TEXT("null}"), &error),
          "");
    GIVES(OK, tactful_context_set_part_json(context, TACTFUL_PART_PROFILE, TACTFUL_TEXT("null"),
                                            &error));
    GIVES(OK, tactful_context_to_json(context, &out, &error));
    CHECK(strstr(out.data, "profile") == NULL && strstr(out.data, "\"user_id\":\"u-1\"") != NULL);

    tactful_buffer_free(&out);
    tactful_decision_free(decision);
    tactful_request_free(request);
    tactful_context_free(context);
    tactful_engine_release(engine);
}

static void records(void)
{
    tactful_context *context = tactful_context_new();
    tactful_buffer out = TACTFUL_BUFFER_INIT;
    tactful_ticket tickets[2];
    tactful_order order;
    tactful_grant grant;
    tactful_interaction interaction;

    memset(tickets, 0, sizeof tickets);
    tickets[0].id = tickets[1].id = tactful_text("C-1");
    tickets[0].opened_at = tickets[0].updated_at = NOW;
    tickets[1] = tickets[0];
    tickets[1].state = 77;
    GIVES(INVALID_ARGUMENT, tactful_context_set_tickets(context, NOW, tickets, 2, &error));
    CHECK(holds(tactful_error_message(error), "tickets[1]: state: 77 is no ticket state"));
    CHECK(is(tactful_error_path(error), "tickets[1]"));
    tactful_error_free(error);
    tickets[1].state = 0;
    tickets[1].id = tactful_text(NULL);
    FAILS(INVALID_ARGUMENT, tactful_context_set_tickets(context, NOW, tickets, 2, &error), "id is empty");
    tickets[1].id = tactful_text("C-2");
    tickets[1].updated_at = NOW / 1000;
    FAILS(INVALID_ARGUMENT, tactful_context_set_tickets(context, NOW, tickets, 2, &error), "seconds");
    FAILS(NULL_POINTER, tactful_context_set_tickets(context, NOW, NULL, 2, &error), "tickets is NULL");
    FAILS(TOO_LARGE, tactful_context_set_tickets(context, NOW, tickets, SIZE_MAX, &error), "limit");
    FAILS(INVALID_ARGUMENT, tactful_context_set_tickets(context, 0, tickets, 1, &error), "as_of");
    tickets[0].reserved[3] = 1;
    FAILS(INVALID_ARGUMENT, tactful_context_set_tickets(context, NOW, tickets, 1, &error),
          "tickets[0]: reserved is not zero");
    tickets[0].reserved[3] = 0;
    GIVES(OK, tactful_context_to_json(context, &out, &error));
    CHECK(strcmp(out.data, "{}") == 0);

    memset(&order, 0, sizeof order);
    order.id = tactful_text("o-1");
    order.placed_at = NOW - DAY;
    order.promised_at = NOW;
    order.status = TACTFUL_ORDER_STATUS_DELAYED;
    order.total_minor = 1299;
    FAILS(INVALID_ARGUMENT, tactful_context_set_orders(context, NOW, &order, 1, &error), "currency");
    order.currency = tactful_text("EURO");
    FAILS(INVALID_ARGUMENT, tactful_context_set_orders(context, NOW, &order, 1, &error), "ISO 4217");
    order.currency = tactful_text("EUR");
    GIVES(OK, tactful_context_set_orders(context, NOW, &order, 1, &error));
    GIVES(OK, tactful_context_to_json(context, &out, &error));
    CHECK(strstr(out.data, "\"total\":{\"minor\":1299,\"currency\":\"EUR\"}") != NULL);

    memset(&grant, 0, sizeof grant);
    FAILS(INVALID_ARGUMENT, tactful_context_set_grants(context, NOW, &grant, 1, &error), "changed_at");
    grant.changed_at = NOW - DAY;
    grant.status = TACTFUL_CONSENT_STATUS_GRANTED;
    FAILS(INVALID_ARGUMENT, tactful_context_set_grants(context, NOW, &grant, 1, &error), "purpose");
    grant.purpose = TACTFUL_PURPOSE_MARKETING;
    grant.channel = TACTFUL_CHANNEL_EMAIL;
    GIVES(OK, tactful_context_set_grants(context, NOW, &grant, 1, &error));

    memset(&interaction, 0, sizeof interaction);
    interaction.action = tactful_text("premium");
    interaction.at = NOW - DAY;
    interaction.outcome = TACTFUL_OUTCOME_CLICK;
    interaction.kind = tactful_text("upsell");
    GIVES(OK, tactful_context_set_interactions(context, NOW, &interaction, 1, &error));
    GIVES(OK, tactful_context_to_json(context, &out, &error));
    CHECK(strstr(out.data, "\"outcome\":\"click\"") != NULL);
    CHECK(strstr(out.data, "\"status\":\"granted\"") != NULL);
    CHECK(tactful_context_memory_bytes(context) > out.len / 2);

    tactful_buffer_free(&out);
    tactful_context_free(context);
}

static void contexts(void)
{
    static const char EVENT[] = "{\"at\": \"2026-03-10T15:00:00Z\", \"user_id\": \"u-1\", "
                                "\"profile\": {\"as_of\": \"2026-03-10T15:00:00Z\", "
                                "\"plan\": \"basic\"}}";
    tactful_context *context = tactful_context_new(), *copy, *other = tactful_context_new();
    tactful_buffer out = TACTFUL_BUFFER_INIT, again = TACTFUL_BUFFER_INIT;
    int32_t applied = -1;

    GIVES(OK, tactful_context_apply_json(context, TACTFUL_TEXT(EVENT), &applied, &error));
    CHECK(applied == TACTFUL_APPLIED_APPLIED);
    GIVES(OK, tactful_context_apply_json(context, TACTFUL_TEXT(EVENT), &applied, &error));
    CHECK(applied == TACTFUL_APPLIED_DUPLICATE);
    GIVES(OK, tactful_context_apply_json(context, TACTFUL_TEXT("{\"at\": 1773154830000}"), &applied,
                                         &error));
    CHECK(applied == TACTFUL_APPLIED_IGNORED_NOTHING);
    GIVES(OK, tactful_context_apply_json(context, TACTFUL_TEXT(EVENT), NULL, NULL));
    FAILS(EVENT, tactful_context_apply_json(context, TACTFUL_TEXT("{\"att\": 1}"), &applied, &error),
          "did you mean `at`?");
    CHECK(applied == 0);
    FAILS(IDENTITY,
          tactful_context_apply_json(
              context, TACTFUL_TEXT("{\"at\": 1773154830000, \"user_id\": \"u-2\", \"seen\": true}"),
              &applied, &error),
          "another customer");

    GIVES(OK, tactful_context_to_bytes(context, &out, &error));
    GIVES(OK, tactful_context_from_bytes(other, out.data, out.len, &error));
    GIVES(OK, tactful_context_to_bytes(other, &again, &error));
    CHECK(again.len == out.len && memcmp(out.data, again.data, out.len) == 0);
    FAILS(CONTEXT, tactful_context_from_bytes(other, out.data, out.len - 1, &error), "");
    FAILS(CONTEXT, tactful_context_from_bytes(other, NULL, 0, &error), "no snapshot");
    FAILS(NULL_POINTER, tactful_context_from_bytes(other, NULL, 5, &error), "data is NULL");

    copy = tactful_context_clone(context);
    GIVES(OK, tactful_context_merge(copy, context, &error));
    GIVES(OK, tactful_context_merge(copy, copy, &error));
    GIVES(OK, tactful_context_join_anonymous(copy, copy, &error));
    GIVES(OK, tactful_context_fingerprint(copy, &out, &error));
    GIVES(OK, tactful_context_fingerprint(context, &again, &error));
    CHECK(out.len > 8 && strcmp(out.data, again.data) == 0);
    GIVES(OK, tactful_context_clear(other, &error));
    GIVES(OK, tactful_context_set_user_id(other, TACTFUL_TEXT("u-9"), &error));
    FAILS(IDENTITY, tactful_context_merge(context, other, &error), "another customer");
    FAILS(IDENTITY, tactful_context_join_anonymous(context, other, &error), "another customer");

    GIVES(OK, tactful_context_from_json(other, TACTFUL_TEXT("{\"user_id\": \"u-3\"}"), &error));
    FAILS(CONTEXT, tactful_context_from_json(other, TACTFUL_TEXT("{\"user\": 1}"), &error),
          "did you mean");
    FAILS(CONTEXT, tactful_context_from_json(other, "{\"user_id\": \"\xff\"}", 16, &error), "");
    FAILS(CONTEXT, tactful_context_from_json(other, "{}\0", 3, &error), "");
    GIVES(OK, tactful_context_to_json(other, &out, &error));
    CHECK(strcmp(out.data, "{\"user_id\":\"u-3\"}") == 0);

    tactful_buffer_free(&out);
    tactful_buffer_free(&again);
    tactful_context_free(copy);
    tactful_context_free(other);
    tactful_context_free(context);
}

static void requests(void)
{
    tactful_request *request = NULL;
    tactful_buffer out = TACTFUL_BUFFER_INIT;

    FAILS(INVALID_ARGUMENT, tactful_request_new(NOW, 0, &request, &error), "0 is no channel");
    FAILS(INVALID_ARGUMENT, tactful_request_new(NOW, INT32_MAX, &request, &error), "is no channel");
    FAILS(INVALID_ARGUMENT, tactful_request_new(NOW / 1000, 1, &request, &error), "seconds");
    FAILS(INVALID_ARGUMENT, tactful_request_new(INT64_MIN, 1, &request, &error), "2000 to 2100");
    FAILS(NULL_POINTER, tactful_request_new(NOW, 1, NULL, &error), "request is NULL");
    FAILS(REQUEST, tactful_request_from_json(TACTFUL_TEXT("{\"now\": 1773154830000}"), &request, &error),
          "channel");
    CHECK(request == NULL);
    request = request_on(TACTFUL_CHANNEL_EMAIL);
    GIVES(OK, tactful_request_set_now(request, NOW + 1000, &error));
    GIVES(OK, tactful_request_or_channel(request, TACTFUL_CHANNEL_WEB, &error));
    GIVES(OK, tactful_request_set_preferred_order(request, true, &error));
    GIVES(OK, tactful_request_add_slot(request, TACTFUL_TEXT("hero"), &error));
    GIVES(OK, tactful_request_set_limit(request, 3, &error));
    GIVES(OK, tactful_request_set_intent(request, TACTFUL_TEXT("cancel"), &error));
    GIVES(OK, tactful_request_set_decision_id(request, TACTFUL_TEXT("d-1"), &error));
    GIVES(OK, tactful_request_set_time_zone(request, TACTFUL_TEXT("Europe/Vienna"), &error));
    GIVES(OK, tactful_request_set_locale(request, TACTFUL_TEXT("de-AT"), &error));
    GIVES(OK, tactful_request_exclude(request, TACTFUL_TEXT("a"), &error));
    GIVES(OK, tactful_request_out_of_stock(request, TACTFUL_TEXT("b"), &error));
    GIVES(OK, tactful_request_already_shown(request, TACTFUL_TEXT("c"), &error));
    GIVES(OK, tactful_request_set_quota(request, TACTFUL_TEXT("calls"), 5, &error));
    GIVES(OK, tactful_request_force(request, TACTFUL_TEXT("d"), TACTFUL_TEXT("t"), &error));
    GIVES(OK, tactful_request_set_ranked_only(request, true, &error));
    GIVES(OK, tactful_request_to_json(request, &out, &error));
    CHECK(strcmp(out.data,
                 "{\"now\":\"2026-03-10T15:00:31Z\",\"channel\":\"email\",\"or_channels\":[\"web\"],"
                 "\"channel_order\":\"preferred\",\"slots\":[\"hero\"],\"limit\":3,"
                 "\"intent\":\"cancel\",\"decision_id\":\"d-1\",\"excluded\":[\"a\"],"
                 "\"out_of_stock\":[\"b\"],\"already_shown\":[\"c\"],\"quotas\":{\"calls\":5},"
                 "\"time_zone\":\"Europe/Vienna\",\"locale\":\"de-AT\","
                 "\"force\":{\"action\":\"d\",\"treatment\":\"t\"},\"detail\":\"ranked_only\"}") == 0);
    GIVES(OK, tactful_request_set_preferred_order(request, false, &error));
    GIVES(OK, tactful_request_force(request, TACTFUL_TEXT("d"), NULL, 0, &error));
    GIVES(OK, tactful_request_set_ranked_only(request, false, &error));
    GIVES(OK, tactful_request_to_json(request, &out, &error));
    CHECK(strstr(out.data, "preferred") == NULL && strstr(out.data, "treatment") == NULL);
    CHECK(strstr(out.data, "ranked_only") == NULL);
    FAILS(INVALID_TEXT, tactful_request_add_slot(request, "hero", 5, &error), "must not count");
    FAILS(INVALID_UTF8, tactful_request_set_intent(request, "\xc3", 1, &error), "UTF-8");
    FAILS(INVALID_ARGUMENT, tactful_request_or_channel(request, 99, &error), "channel");
    tactful_request_free(request);
    tactful_buffer_free(&out);
}

static void json_doors(void)
{
    static const char REQUEST[] = "{\"now\": \"2026-03-10T15:00:30Z\", \"channel\": \"web\"}";
    const tactful_engine *engine = engine_of(POLICY);
    tactful_context *context = calm();
    tactful_request *request = NULL;
    tactful_decision *decision = tactful_decision_new();
    tactful_buffer json = TACTFUL_BUFFER_INIT, out = TACTFUL_BUFFER_INIT, own = TACTFUL_BUFFER_INIT;
    bool same = false;

    GIVES(OK, tactful_request_from_json(TACTFUL_TEXT(REQUEST), &request, &error));
    GIVES(OK, tactful_context_to_json(context, &json, &error));
    GIVES(OK, tactful_engine_decide_json(engine, json.data, json.len, TACTFUL_TEXT(REQUEST), &out,
                                         &error));
    GIVES(OK, tactful_engine_decide(engine, context, request, decision, &error));
    GIVES(OK, tactful_decision_to_json(decision, &own, &error));
    CHECK(own.len == out.len && memcmp(own.data, out.data, own.len) == 0);
    FAILS(CONTEXT, tactful_engine_decide_json(engine, TACTFUL_TEXT("{\"supportt\": null}"),
                                              TACTFUL_TEXT(REQUEST), &out, &error),
          "did you mean `support`?");
    CHECK(out.len == 0);
    FAILS(REQUEST,
          tactful_engine_decide_json(engine, TACTFUL_TEXT("{}"), TACTFUL_TEXT("{}"), &out, &error), "now");
    FAILS(NULL_POINTER, tactful_engine_decide_json(engine, TACTFUL_TEXT("{}"), TACTFUL_TEXT(REQUEST),
                                                   NULL, &error),
          "buffer is NULL");

    GIVES(OK, tactful_decision_record(decision, context, request, false, &json, &error));
    GIVES(OK, tactful_engine_replay(engine, json.data, json.len, context, &same, &out, &error));
    CHECK(same && strstr(out.data, "\"same\":true") != NULL);
    GIVES(OK, tactful_decision_record(decision, context, request, true, &json, &error));
    GIVES(OK, tactful_request_set_now(request, NOW + DAY, &error));
    FAILS(INVALID_ARGUMENT, tactful_decision_record(decision, context, request, true, &out, &error),
          "its time is not what was decided about");
    GIVES(OK, tactful_request_set_now(request, NOW, &error));
    GIVES(OK, tactful_context_clear(context, &error));
    GIVES(OK, tactful_engine_replay(engine, json.data, json.len, context, &same, NULL, &error));
    CHECK(!same);
    FAILS(RECORD, tactful_engine_replay(engine, TACTFUL_TEXT("{}"), context, NULL, &out, &error), "");

    GIVES(OK, tactful_engine_explain(engine, context, request, TACTFUL_TEXT("gold"), &out, &error));
    CHECK(strstr(out.data, "gold") != NULL);
    GIVES(OK, tactful_engine_explain_json(engine, context, request, TACTFUL_TEXT("gold"), &out, &error));
    CHECK(strstr(out.data, "\"action\":\"gold\"") != NULL);
    GIVES(OK, tactful_engine_timeline_json(engine, context, request, TACTFUL_TEXT("gold"), &out, &error));
    CHECK(strstr(out.data, "\"steps\"") != NULL);
    FAILS(UNKNOWN_ACTION,
          tactful_engine_explain(engine, context, request, TACTFUL_TEXT("golt"), &out, &error), "golt");

    GIVES(OK, tactful_decision_outcome_json(decision, TACTFUL_TEXT("premium"), TACTFUL_OUTCOME_CLICK,
                                            NOW, &out, &error));
    CHECK(strstr(out.data, "\"outcome\":\"click\"") != NULL && strstr(out.data, "upsell") != NULL);
    FAILS(INVALID_ARGUMENT, tactful_decision_outcome_json(decision, TACTFUL_TEXT("premium"), 0, NOW,
                                                          &out, &error),
          "outcome");
    GIVES(OK, tactful_context_record(context, decision, TACTFUL_TEXT("premium"),
                                     TACTFUL_OUTCOME_IMPRESSION, NOW, &error));
    GIVES(OK, tactful_context_to_json(context, &out, &error));
    CHECK(strstr(out.data, "impression") != NULL);
    FAILS(UNKNOWN_ACTION, tactful_context_record(context, decision, TACTFUL_TEXT("nothing"),
                                                 TACTFUL_OUTCOME_CLICK, NOW, &error),
          "nothing");
    GIVES(OK, tactful_decision_clear(decision, &error));
    FAILS(INVALID_STATE, tactful_decision_to_json(decision, &out, &error), "empty");
    FAILS(INVALID_STATE, tactful_context_record(context, decision, TACTFUL_TEXT("premium"),
                                                TACTFUL_OUTCOME_CLICK, NOW, &error),
          "empty");

    tactful_buffer_free(&json);
    tactful_buffer_free(&out);
    tactful_buffer_free(&own);
    tactful_decision_free(decision);
    tactful_request_free(request);
    tactful_context_free(context);
    tactful_engine_release(engine);
}

static void quotas(void)
{
    const tactful_engine *engine =
        engine_of("policy = 'q'\n[[actions]]\nid = 'call'\nkind = 'service'\n"
                  "channels = ['web']\nquota = 'calls'\n");
    tactful_context *context = calm();
    tactful_request *request = request_on(TACTFUL_CHANNEL_WEB);
    tactful_decision *decision = tactful_decision_new();
    tactful_str name;
    uint64_t count;

    GIVES(OK, tactful_request_set_quota(request, TACTFUL_TEXT("calls"), 5, &error));
    GIVES(OK, tactful_engine_decide(engine, context, request, decision, &error));
    CHECK(tactful_decision_reservation_count(decision) == 1);
    GIVES(OK, tactful_decision_reservation(decision, 0, &name, &count, &error));
    CHECK(is(name, "calls") && count == 1);
    FAILS(OUT_OF_RANGE, tactful_decision_reservation(decision, 1, &name, &count, &error), "there are 1");
    CHECK(is(name, "") && count == 0);
    tactful_decision_free(decision);
    tactful_request_free(request);
    tactful_context_free(context);
    tactful_engine_release(engine);
}

static void nothing_but_null(void)
{
    const tactful_engine *engine = NULL;
    tactful_context *context = tactful_context_new();
    tactful_request *request = request_on(TACTFUL_CHANNEL_WEB);
    tactful_decision *decision = tactful_decision_new();
    tactful_buffer out = TACTFUL_BUFFER_INIT;
    tactful_recommendation best;

    FAILS(NULL_POINTER, tactful_engine_from_toml(TACTFUL_TEXT(POLICY), NULL, &error), "engine is NULL");
    FAILS(NULL_POINTER, tactful_engine_from_toml(NULL, 3, &engine, &error), "policy is NULL");
    FAILS(NULL_POINTER, tactful_engine_decide(NULL, context, request, decision, &error), "engine");
    engine = engine_of(POLICY);
    FAILS(NULL_POINTER, tactful_engine_decide(engine, NULL, request, decision, &error), "context");
    FAILS(NULL_POINTER, tactful_engine_decide(engine, context, NULL, decision, &error), "request");
    FAILS(NULL_POINTER, tactful_engine_decide(engine, context, request, NULL, &error), "decision");
    GIVES(NULL_POINTER, tactful_engine_decide(NULL, NULL, NULL, NULL, NULL));
    FAILS(NULL_POINTER, tactful_context_clear(NULL, &error), "context is NULL");
    FAILS(NULL_POINTER, tactful_context_merge(context, NULL, &error), "context is NULL");
    FAILS(NULL_POINTER, tactful_context_merge(NULL, NULL, &error), "context is NULL");
    FAILS(NULL_POINTER, tactful_context_to_json(context, NULL, &error), "buffer is NULL");
    FAILS(NULL_POINTER, tactful_decision_to_json(NULL, &out, &error), "decision is NULL");
    FAILS(INVALID_STATE, tactful_decision_recommendation(decision, 0, &best, &error), "empty");
    GIVES(OK, tactful_engine_decide(engine, context, request, decision, &error));
    FAILS(NULL_POINTER, tactful_decision_recommendation(decision, 0, NULL, &error), "out is NULL");
    CHECK(tactful_engine_retain(NULL) == NULL && tactful_context_clone(NULL) == NULL);
    CHECK(is(tactful_engine_policy(NULL), "") && is(tactful_engine_fingerprint(NULL), ""));
    CHECK(is(tactful_error_message(NULL), "") && is(tactful_error_path(NULL), ""));
    CHECK(tactful_error_status(NULL) == TACTFUL_STATUS_OK);
    CHECK(tactful_error_diagnostic_count(NULL) == 0 && tactful_engine_warning_count(NULL) == 0);
    CHECK(tactful_decision_recommendation_count(NULL) == 0 && tactful_decision_now(NULL) == 0);
    CHECK(tactful_context_memory_bytes(NULL) == 0);
    tactful_error_free(NULL);
    tactful_context_free(NULL);
    tactful_request_free(NULL);
    tactful_decision_free(NULL);
    tactful_engine_release(NULL);
    tactful_buffer_free(NULL);

    /* Freed in an order nobody would choose. */
    tactful_engine_release(engine);
    tactful_context_free(context);
    tactful_decision_free(decision);
    tactful_request_free(request);
    tactful_buffer_free(&out);
}

/* Handles that were mixed up, as happens where pointers have no type. */
static void handles_of_another_kind(void)
{
    const tactful_engine *engine = engine_of(POLICY);
    tactful_context *context = tactful_context_new();
    tactful_request *request = request_on(TACTFUL_CHANNEL_WEB);
    tactful_decision *decision = tactful_decision_new();
    tactful_recommendation best;
    union {
        uint64_t words[4];
        char bytes[32];
    } nothing;

    memset(&nothing, 0, sizeof nothing);
    FAILS(INVALID_HANDLE,
          tactful_engine_decide((const tactful_engine *)(const void *)context, context, request,
                                decision, &error),
          "no tactful_engine");
    FAILS(INVALID_HANDLE,
          tactful_engine_decide(engine, (const tactful_context *)(const void *)request, request,
                                decision, &error),
          "no tactful_context");
    FAILS(INVALID_HANDLE,
          tactful_engine_decide(engine, context, (const tactful_request *)(const void *)context,
                                decision, &error),
          "no tactful_request");
    FAILS(INVALID_HANDLE,
          tactful_engine_decide(engine, context, request, (tactful_decision *)(void *)request, &error),
          "no tactful_decision");
    FAILS(INVALID_HANDLE,
          tactful_context_clear((tactful_context *)(void *)&nothing, &error), "no tactful_context");
    FAILS(INVALID_HANDLE,
          tactful_context_clear((tactful_context *)(void *)(nothing.bytes + 1), &error),
          "no tactful_context");
    /* What is not of its kind is left alone. */
    tactful_context_free((tactful_context *)(void *)request);
    tactful_request_free((tactful_request *)(void *)decision);
    tactful_engine_release((const tactful_engine *)(const void *)context);
    GIVES(OK, tactful_engine_decide(engine, context, request, decision, &error));
    GIVES(OK, tactful_decision_recommendation(decision, 0, &best, &error));
    /* A decision that could not be made holds nothing. */
    GIVES(NULL_POINTER, tactful_engine_decide(engine, NULL, request, decision, NULL));
    CHECK(tactful_decision_recommendation_count(decision) == 0);
    tactful_engine_release(engine);
    tactful_context_free(context);
    tactful_request_free(request);
    tactful_decision_free(decision);
}

/* A hundred megabytes, wherever a text goes. */
static void huge_texts(void)
{
    const size_t size = (size_t)100 << 20;
    char *text = (char *)malloc(size);
    const tactful_engine *engine = NULL, *small = engine_of(POLICY);
    tactful_context *context = calm();
    tactful_request *request = request_on(TACTFUL_CHANNEL_WEB);
    tactful_decision *decision = tactful_decision_new();
    tactful_buffer out = TACTFUL_BUFFER_INIT;
    tactful_ticket ticket;

    CHECK(text != NULL);
    if (text == NULL)
        return;
    memset(text, 'a', size);
    FAILS(TOO_LARGE, tactful_engine_from_json(text, size, &engine, &error), "limit");
    FAILS(TOO_LARGE, tactful_engine_from_toml(text, size, &engine, &error), "limit");
    FAILS(TOO_LARGE, tactful_context_from_json(context, text, size, &error), "limit");
    FAILS(TOO_LARGE, tactful_context_from_bytes(context, text, size, &error), "limit");
    FAILS(TOO_LARGE,
          tactful_context_set_part_json(context, TACTFUL_PART_PROFILE, text, size, &error), "limit");
    FAILS(TOO_LARGE, tactful_context_apply_json(context, text, size, NULL, &error), "limit");
    FAILS(TOO_LARGE, tactful_context_set_user_id(context, text, size, &error), "limit");
    FAILS(TOO_LARGE,
          tactful_context_set_text(context, TACTFUL_TEXT("profile.plan"), text, size, &error), "limit");
    FAILS(TOO_LARGE, tactful_context_set_text(context, text, size, "", 0, &error), "limit");
    FAILS(TOO_LARGE, tactful_request_add_slot(request, text, size, &error), "limit");
    tactful_request_free(request);
    FAILS(TOO_LARGE, tactful_request_from_json(text, size, &request, &error), "limit");
    request = request_on(TACTFUL_CHANNEL_WEB);
    FAILS(TOO_LARGE, tactful_engine_decide_json(small, text, size, text, size, &out, &error), "limit");
    FAILS(TOO_LARGE,
          tactful_engine_explain(small, context, request, text, size, &out, &error), "limit");
    FAILS(TOO_LARGE, tactful_engine_replay(small, text, size, context, NULL, NULL, &error), "limit");
    memset(&ticket, 0, sizeof ticket);
    ticket.id.data = text;
    ticket.id.len = size;
    ticket.opened_at = ticket.updated_at = NOW;
    FAILS(TOO_LARGE, tactful_context_set_tickets(context, NOW, &ticket, 1, &error), "limit");
    /* Lengths that no text has. */
    FAILS(TOO_LARGE, tactful_context_from_json(context, text, SIZE_MAX, &error), "negative");
    FAILS(TOO_LARGE, tactful_context_set_user_id(context, text, SIZE_MAX, &error), "limit");
    GIVES(OK, tactful_engine_decide(small, context, request, decision, &error));
    CHECK(tactful_decision_recommendation_count(decision) == 2);
    free(text);
    tactful_buffer_free(&out);
    tactful_decision_free(decision);
    tactful_request_free(request);
    tactful_context_free(context);
    tactful_engine_release(small);
}

int main(void)
{
    versions();
    refused_policies();
    engines();
    deciding();
    failures_leave_nothing();
    two_engines_one_decision();
    fields();
    records();
    contexts();
    requests();
    json_doors();
    quotas();
    nothing_but_null();
    handles_of_another_kind();
    huge_texts();
    return summary();
}
