/*
 * The scenarios that every language runs: what C answers is held, byte by byte,
 * against what Rust answered. `cargo run -p tactful-c --example corpus` writes
 * the folder that is given.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include "check.h"

static const char *folder;

/* A text that grows. */
struct text {
    char *data;
    size_t len, cap;
};

static void append(struct text *text, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        abort();
    if (text->cap - text->len <= (size_t)length) {
        text->cap = 2 * (text->cap + (size_t)length + 1);
        text->data = (char *)realloc(text->data, text->cap);
        if (text->data == NULL)
            abort();
    }
    va_start(arguments, format);
    vsnprintf(text->data + text->len, text->cap - text->len, format, arguments);
    va_end(arguments);
    text->len += (size_t)length;
}

/* Reads FOLDER/NAME.EXTENSION; the text is the caller's to free. */
static struct text read_file(const char *name, const char *extension)
{
    struct text text = { NULL, 0, 0 };
    char path[4096];
    FILE *file;
    size_t got;

    snprintf(path, sizeof path, "%s/%s%s", folder, name, extension);
    file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    do {
        text.cap = 2 * text.cap + 4096;
        text.data = (char *)realloc(text.data, text.cap);
        if (text.data == NULL)
            abort();
        got = fread(text.data + text.len, 1, text.cap - text.len - 1, file);
        text.len += got;
    } while (got > 0);
    text.data[text.len] = '\0';
    fclose(file);
    return text;
}

/* Compares an answer with a file. */
static void same(const char *name, const char *extension, const char *data, size_t len)
{
    struct text expected = read_file(name, extension);
    int good = expected.len == len && (len == 0 || memcmp(expected.data, data, len) == 0);

    checked(good, name, extension, 0);
    if (!good)
        printf("expected %s\n   found %.*s\n", expected.data, (int)len, len > 0 ? data : "");
    free(expected.data);
}

static void ok(tactful_status status, const char *name)
{
    checked(status == TACTFUL_STATUS_OK, name, __FILE__, (int)status);
}

static void append_until(struct text *text, bool has, int64_t until)
{
    if (has)
        append(text, "%lld", (long long)until);
    else
        append(text, "never");
}

static void append_reason(struct text *text, const char *what, const tactful_reason *reason)
{
    append(text, "%s %d|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|", what, (int)reason->code,
           TACTFUL_STR_ARG(reason->name), TACTFUL_STR_ARG(reason->stage),
           TACTFUL_STR_ARG(reason->severity), TACTFUL_STR_ARG(reason->rule),
           TACTFUL_STR_ARG(reason->condition),
           TACTFUL_STR_ARG(tactful_channel_name(reason->channel)));
    append_until(text, reason->has_until, reason->until);
    append(text, "|%.*s\n", TACTFUL_STR_ARG(reason->because));
}

static void read_recommendations(struct text *text, const tactful_decision *decision)
{
    tactful_recommendation r;
    tactful_reason reason;
    size_t i, j;

    for (i = 0; i < tactful_decision_recommendation_count(decision); i++) {
        ok(tactful_decision_recommendation(decision, i, &r, NULL), "recommendation");
        append(text, "recommended %.*s|%.*s|%.*s|%.*s|%.*s|%lld|%.*s|%d\n", TACTFUL_STR_ARG(r.action),
               TACTFUL_STR_ARG(r.kind), TACTFUL_STR_ARG(r.has_slot ? r.slot : tactful_text("-")),
               TACTFUL_STR_ARG(r.treatment), TACTFUL_STR_ARG(r.priority), (long long)r.tier,
               TACTFUL_STR_ARG(tactful_channel_name(r.channel)), r.is_forced ? 1 : 0);
        for (j = 0; j < r.passed_over_count; j++) {
            ok(tactful_decision_passed_over(decision, i, j, &reason, NULL), "passed over");
            append_reason(text, "passed over", &reason);
        }
    }
}

static void read_withheld(struct text *text, const tactful_decision *decision)
{
    tactful_withheld w;
    tactful_reason reason;
    tactful_fact fact;
    size_t i, j, k;

    for (i = 0; i < tactful_decision_withheld_count(decision); i++) {
        ok(tactful_decision_withheld(decision, i, &w, NULL), "withheld");
        append(text, "withheld %.*s|%.*s|%.*s|%lld|%.*s|%d|", TACTFUL_STR_ARG(w.action),
               TACTFUL_STR_ARG(w.kind), TACTFUL_STR_ARG(w.priority), (long long)w.tier,
               TACTFUL_STR_ARG(tactful_verdict_name(w.verdict)), (int)w.code);
        append_until(text, w.has_until, w.until);
        append(text, "|%.*s\n", TACTFUL_STR_ARG(w.because));
        for (j = 0; j < w.reason_count; j++) {
            ok(tactful_decision_reason(decision, i, j, &reason, NULL), "reason");
            append_reason(text, "reason", &reason);
            for (k = 0; k < reason.fact_count; k++) {
                ok(tactful_decision_fact(decision, i, j, k, &fact, NULL), "fact");
                append(text, "fact %.*s|%d|%lld|%lld\n", TACTFUL_STR_ARG(fact.path), (int)fact.code,
                       (long long)fact.age_ms, (long long)fact.max_age_ms);
            }
        }
    }
}

/* Reads everything there is to read of a decision. */
static void read_decision(struct text *text, const tactful_decision *decision)
{
    tactful_suppression s;
    tactful_str quota;
    uint64_t count;
    int64_t until = 0;
    bool has = tactful_decision_valid_until(decision, &until);
    size_t i;

    append(text, "now %lld\nvalid ", (long long)tactful_decision_now(decision));
    append_until(text, has, until);
    append(text, "\n");
    read_recommendations(text, decision);
    read_withheld(text, decision);
    for (i = 0; i < tactful_decision_suppression_count(decision); i++) {
        ok(tactful_decision_suppression(decision, i, &s, NULL), "suppression");
        append(text, "suppression %.*s|%d|%d|", TACTFUL_STR_ARG(s.rule), (int)s.code,
               s.is_known ? 1 : 0);
        append_until(text, s.has_until, s.until);
        append(text, "|%.*s|%.*s\n", TACTFUL_STR_ARG(s.because), TACTFUL_STR_ARG(s.situation));
    }
    for (i = 0; i < tactful_decision_reservation_count(decision); i++) {
        ok(tactful_decision_reservation(decision, i, &quota, &count, NULL), "reservation");
        append(text, "reservation %.*s %llu\n", TACTFUL_STR_ARG(quota), (unsigned long long)count);
    }
}

/* What a thread makes once, and uses for all cases. */
static tactful_context *context;
static tactful_decision *decision;
static tactful_buffer out = TACTFUL_BUFFER_INIT;

static void explain(const char *name, const tactful_engine *engine, const tactful_request *request)
{
    struct text explained = { NULL, 0, 0 };
    tactful_withheld w;
    size_t i;

    for (i = 0; i < tactful_decision_withheld_count(decision); i++) {
        ok(tactful_decision_withheld(decision, i, &w, NULL), name);
        ok(tactful_engine_explain(engine, context, request, w.action.data, w.action.len, &out, NULL),
           name);
        append(&explained, "%s\n", out.data);
    }
    same(name, ".explained", explained.data, explained.len);
    free(explained.data);
}

static void run_case(const tactful_engine *engine, const char *name)
{
    struct text given = read_file(name, ".context"), asked = read_file(name, ".request");
    struct text readout = { NULL, 0, 0 };
    tactful_request *request = NULL;
    bool is_same = false;

    ok(tactful_engine_decide_json(engine, given.data, given.len, asked.data, asked.len, &out, NULL),
       name);
    same(name, ".decision", out.data, out.len);

    ok(tactful_context_from_json(context, given.data, given.len, NULL), name);
    ok(tactful_request_from_json(asked.data, asked.len, &request, NULL), name);
    ok(tactful_engine_decide(engine, context, request, decision, NULL), name);
    ok(tactful_decision_to_json(decision, &out, NULL), name);
    same(name, ".decision", out.data, out.len);
    read_decision(&readout, decision);
    same(name, ".read", readout.data, readout.len);
    explain(name, engine, request);

    ok(tactful_decision_record(decision, context, request, true, &out, NULL), name);
    same(name, ".facts", out.data, out.len);
    ok(tactful_decision_record(decision, context, request, false, &out, NULL), name);
    same(name, ".record", out.data, out.len);
    ok(tactful_engine_replay(engine, out.data, out.len, context, &is_same, NULL, NULL), name);
    checked(is_same, name, "replay", 0);

    /* Through a key-value store and back. */
    ok(tactful_context_to_bytes(context, &out, NULL), name);
    ok(tactful_context_from_bytes(context, out.data, out.len, NULL), name);
    ok(tactful_engine_decide(engine, context, request, decision, NULL), name);
    ok(tactful_decision_to_json(decision, &out, NULL), name);
    same(name, ".decision", out.data, out.len);

    free(readout.data);
    free(given.data);
    free(asked.data);
    tactful_request_free(request);
}

static void run_cases(void)
{
    struct text list = read_file("cases", ".txt");
    const tactful_engine *engine = NULL;
    char policy[512] = "", *line, *name;

    for (line = strtok(list.data, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        name = strchr(line, ' ');
        if (name == NULL)
            abort();
        *name++ = '\0';
        if (strcmp(policy, line) != 0) {
            struct text text = read_file(line, "");
            snprintf(policy, sizeof policy, "%s", line);
            tactful_engine_release(engine);
            ok(tactful_engine_from_toml(text.data, text.len, &engine, NULL), line);
            free(text.data);
        }
        run_case(engine, name);
    }
    tactful_engine_release(engine);
    free(list.data);
}

/* Contexts that earlier versions wrote. */
static void run_compat(void)
{
    struct text list = read_file("compat", ".txt"), bytes;
    char *name;

    for (name = strtok(list.data, "\n"); name != NULL; name = strtok(NULL, "\n")) {
        bytes = read_file(name, ".bin");
        ok(tactful_context_from_bytes(context, bytes.data, bytes.len, NULL), name);
        ok(tactful_context_to_json(context, &out, NULL), name);
        same(name, ".json", out.data, out.len);
        ok(tactful_context_to_bytes(context, &out, NULL), name);
        same(name, ".again", out.data, out.len);
        free(bytes.data);
    }
    free(list.data);
}

/* Policies with mistakes, or with something questionable. */
static void run_policies(void)
{
    struct text list = read_file("policies", ".txt"), policy, said;
    const tactful_engine *engine;
    tactful_diagnostic found;
    tactful_error *error;
    char *name;
    size_t i;

    for (name = strtok(list.data, "\n"); name != NULL; name = strtok(NULL, "\n")) {
        said.data = NULL;
        said.len = said.cap = 0;
        policy = read_file(name, ".toml");
        if (tactful_engine_from_toml(policy.data, policy.len, &engine, &error)) {
            append(&said, "%.*s\n", TACTFUL_STR_ARG(tactful_error_message(error)));
            CHECK(tactful_error_diagnostic_count(error) > 0);
        } else {
            for (i = 0; i < tactful_engine_warning_count(engine); i++) {
                ok(tactful_engine_warning(engine, i, &found), name);
                append(&said, "%.*s\n", TACTFUL_STR_ARG(found.rendered));
            }
        }
        same(name, ".said", said.data, said.len);
        tactful_error_free(error);
        tactful_engine_release(engine);
        free(said.data);
        free(policy.data);
    }
    free(list.data);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: corpus FOLDER\n");
        return 2;
    }
    folder = argv[1];
    context = tactful_context_new();
    decision = tactful_decision_new();
    run_cases();
    run_compat();
    run_policies();
    tactful_buffer_free(&out);
    tactful_decision_free(decision);
    tactful_context_free(context);
    return summary();
}
