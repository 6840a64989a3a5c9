/*
 * A context that is built from events, as a stream processor does: in whatever
 * order they come, and once or twice. What is shown is recorded, and counts for
 * limits from then on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <tactful.h>

static const char POLICY[] =
    "policy = 'events'\n"
    "preset = 'customer-care@1'\n"
    "actions = [{ id = 'premium', kind = 'upsell', channels = ['web'] }]\n"
    "[[limits]]\n"
    "id = 'one_a_week'\n"
    "kinds = ['upsell']\n"
    "at_most = 1\n"
    "within = '7d'\n";

static const char *const EVENTS[] = {
    "{\"at\": \"2026-03-10T15:00:10Z\", \"source\": \"desk\", \"watermark\": \"support\"}",
    "{\"at\": \"2026-03-10T15:00:00Z\", \"source\": \"desk\", \"user_id\": \"u-1001\","
    " \"ticket\": {\"id\": \"C-1\", \"state\": \"open\", \"topic\": \"billing_dispute\","
    " \"opened_at\": \"2026-03-10T15:00:00Z\", \"updated_at\": \"2026-03-10T15:00:00Z\"}}",
    /* It arrives twice. */
    "{\"at\": \"2026-03-10T15:00:00Z\", \"source\": \"desk\", \"user_id\": \"u-1001\","
    " \"ticket\": {\"id\": \"C-1\", \"state\": \"open\", \"topic\": \"billing_dispute\","
    " \"opened_at\": \"2026-03-10T15:00:00Z\", \"updated_at\": \"2026-03-10T15:00:00Z\"}}",
    /* Somebody else's. */
    "{\"at\": \"2026-03-10T15:00:00Z\", \"user_id\": \"u-2002\", \"seen\": true}",
};

static void check(tactful_status status, tactful_error **error)
{
    if (status == TACTFUL_STATUS_OK)
        return;
    fprintf(stderr, "%.*s\n", TACTFUL_STR_ARG(tactful_error_message(*error)));
    tactful_error_free(*error);
    exit(1);
}

/* Prints what becomes of the offer. */
static void tell(const char *when, const tactful_decision *decision)
{
    tactful_withheld held;

    printf("%s: ", when);
    if (tactful_decision_find_withheld(decision, TACTFUL_TEXT("premium"), &held, NULL) ==
        TACTFUL_STATUS_OK)
        printf("%.*s, %.*s\n", TACTFUL_STR_ARG(tactful_verdict_name(held.verdict)),
               TACTFUL_STR_ARG(held.because));
    else
        printf("recommended\n");
}

int main(void)
{
    const int64_t now = INT64_C(1773154830000); /* 2026-03-10T15:00:30Z */
    const tactful_engine *engine = NULL;
    tactful_context *context = tactful_context_new();
    tactful_decision *decision = tactful_decision_new();
    tactful_request *request = NULL;
    tactful_buffer stored = TACTFUL_BUFFER_INIT;
    tactful_error *error = NULL;
    size_t i;

    check(tactful_engine_from_toml(TACTFUL_TEXT(POLICY), &engine, &error), &error);
    check(tactful_request_new(now, TACTFUL_CHANNEL_WEB, &request, &error), &error);

    for (i = 0; i < sizeof EVENTS / sizeof EVENTS[0]; i++) {
        int32_t applied = 0;
        tactful_status status =
            tactful_context_apply_json(context, TACTFUL_TEXT(EVENTS[i]), &applied, &error);
        if (status == TACTFUL_STATUS_OK) {
            printf("event %zu: %s\n", i,
                   applied == TACTFUL_APPLIED_APPLIED ? "applied" : "said before");
        } else {
            printf("event %zu: %.*s\n", i, TACTFUL_STR_ARG(tactful_error_message(error)));
            tactful_error_free(error);
        }
    }
    check(tactful_context_set_grants(context, now, NULL, 0, &error), &error);
    check(tactful_context_set_orders(context, now, NULL, 0, &error), &error);
    check(tactful_context_set_interactions(context, now, NULL, 0, &error), &error);
    check(tactful_engine_decide(engine, context, request, decision, &error), &error);
    tell("in the dispute", decision);

    /* Between two events a context waits in a key-value store. */
    check(tactful_context_to_bytes(context, &stored, &error), &error);
    check(tactful_context_from_bytes(context, stored.data, stored.len, &error), &error);

    check(tactful_context_set_tickets(context, now, NULL, 0, &error), &error);
    check(tactful_engine_decide(engine, context, request, decision, &error), &error);
    tell("without it", decision);

    check(tactful_context_record(context, decision, TACTFUL_TEXT("premium"),
                                 TACTFUL_OUTCOME_IMPRESSION, now, &error), &error);
    check(tactful_engine_decide(engine, context, request, decision, &error), &error);
    tell("once it was shown", decision);

    tactful_buffer_free(&stored);
    tactful_request_free(request);
    tactful_decision_free(decision);
    tactful_context_free(context);
    tactful_engine_release(engine);
    return 0;
}
