/*
 * What a caller sees of a defect: a status, an error that says where, handles
 * that can be freed, and a library that goes on. Needs a library that was built
 * with the feature `panic-test`, which panics where the intent says so.
 */
#include "check.h"

static const char POLICY[] =
    "policy = 'x'\nactions = [{ id = 'x', kind = 'service', channels = ['web'] }]";

int main(void)
{
    const tactful_engine *engine = NULL;
    tactful_context *context = tactful_context_new();
    tactful_decision *decision = tactful_decision_new();
    tactful_request *request = NULL;
    tactful_error *error = NULL;
    int i;

    GIVES(OK, tactful_engine_from_toml(TACTFUL_TEXT(POLICY), &engine, &error));
    GIVES(OK, tactful_request_new(INT64_C(1773154830000), TACTFUL_CHANNEL_WEB, &request, &error));
    GIVES(OK, tactful_engine_decide(engine, context, request, decision, &error));
    GIVES(OK, tactful_request_set_intent(request, TACTFUL_TEXT("panic"), &error));
    for (i = 0; i < 3; i++) {
        GIVES(PANIC, tactful_engine_decide(engine, context, request, decision, &error));
        CHECK(tactful_error_status(error) == TACTFUL_STATUS_PANIC);
        CHECK(holds(tactful_error_message(error), "this panic was asked for"));
        CHECK(holds(tactful_error_message(error), "decision.rs:"));
        tactful_error_free(error);
    }
    GIVES(PANIC, tactful_engine_decide(engine, context, request, decision, NULL));
    tactful_request_free(request);
    tactful_decision_free(decision);
    tactful_context_free(context);

    /* The engine does not change, so nothing is the matter with it. */
    context = tactful_context_new();
    decision = tactful_decision_new();
    GIVES(OK, tactful_request_new(INT64_C(1773154830000), TACTFUL_CHANNEL_WEB, &request, &error));
    GIVES(OK, tactful_engine_decide(engine, context, request, decision, &error));
    CHECK(tactful_decision_recommendation_count(decision) == 1);
    tactful_request_free(request);
    tactful_decision_free(decision);
    tactful_context_free(context);
    tactful_engine_release(engine);
    return summary();
}
