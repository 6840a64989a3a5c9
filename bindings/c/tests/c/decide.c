/*
 * How long a decision takes through C, on a context that is prepared: prints
 * nanoseconds, the mean of a run. `benches/crossing.rs` runs it by turns with
 * the same in Rust.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <tactful.h>

static char *read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    char *text = malloc(1 << 20);

    if (file == NULL || text == NULL)
        exit(1);
    *len = fread(text, 1, 1 << 20, file);
    fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    const tactful_engine *engine = NULL;
    tactful_context *context = tactful_context_new();
    tactful_decision *decision = tactful_decision_new();
    tactful_request *request = NULL;
    struct timespec begin, end;
    char *policy, *customer;
    size_t policy_len, customer_len;
    long i, count;

    if (argc != 4)
        return 2;
    policy = read_file(argv[1], &policy_len);
    customer = read_file(argv[2], &customer_len);
    count = atol(argv[3]);
    if (tactful_engine_from_toml(policy, policy_len, &engine, NULL) ||
        tactful_context_from_json(context, customer, customer_len, NULL) ||
        tactful_request_new(INT64_C(1773154830000), TACTFUL_CHANNEL_WEB, &request, NULL))
        return 1;
    for (i = -count / 10; i < count; i++) {
        if (i == 0)
            clock_gettime(CLOCK_MONOTONIC, &begin);
        if (tactful_engine_decide(engine, context, request, decision, NULL))
            return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.1f\n", ((double)(end.tv_sec - begin.tv_sec) * 1e9 +
                      (double)(end.tv_nsec - begin.tv_nsec)) / (double)count);
    tactful_decision_free(decision);
    tactful_request_free(request);
    tactful_context_free(context);
    tactful_engine_release(engine);
    free(policy);
    free(customer);
    return 0;
}
