#include <stdio.h>
#include <tactful.h>

static const char POLICY[] = "policy = 'care'\n"
                             "preset = 'customer-care@1'\n"
                             "actions = [{ id = 'premium', kind = 'upsell', channels = ['web'] }]";

int main(void)
{
    const int64_t now = INT64_C(1773154830000); /* 2026-03-10T15:00:30Z */
    tactful_ticket ticket = { .id = tactful_text("C-1"), .opened_at = now - 30000,
                              .updated_at = now - 30000, .state = TACTFUL_TICKET_STATE_OPEN,
                              .topic = TACTFUL_TOPIC_BILLING_DISPUTE };
    const tactful_engine *engine = NULL;
    tactful_context *context = tactful_context_new();
    tactful_request *request = NULL;
    tactful_decision *decision = tactful_decision_new();
    tactful_withheld held;
    tactful_error *error = NULL;

    if (tactful_engine_from_toml(TACTFUL_TEXT(POLICY), &engine, &error) ||
        tactful_context_set_tickets(context, now, &ticket, 1, &error) ||
        tactful_context_set_grants(context, now, NULL, 0, &error) ||
        tactful_request_new(now, TACTFUL_CHANNEL_WEB, &request, &error) ||
        tactful_engine_decide(engine, context, request, decision, &error) ||
        tactful_decision_find_withheld(decision, TACTFUL_TEXT("premium"), &held, &error))
        printf("%.*s\n", TACTFUL_STR_ARG(tactful_error_message(error)));
    else
        printf("not %.*s: %.*s\n", TACTFUL_STR_ARG(held.action), TACTFUL_STR_ARG(held.because));

    tactful_error_free(error);
    tactful_decision_free(decision);
    tactful_request_free(request);
    tactful_context_free(context);
    tactful_engine_release(engine);
    return 0;
}
