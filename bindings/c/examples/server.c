/*
 * A server in small: one engine for all threads, and for each thread a context,
 * a request and a decision that it uses again and again.
 *
 * Requests come as JSON, one customer a line of the file that is given, and each
 * answer is the best action and how many were held back. Whatever the number of
 * threads, the answers are the same.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tactful.h>

enum { THREADS = 4, MOST_CUSTOMERS = 10000 };

static const int64_t NOW = INT64_C(1773154830000); /* 2026-03-10T15:00:30Z */

struct customer {
    const char *json;
    size_t json_len;
    char answer[128];
};

struct worker {
    const tactful_engine *engine; /* of all */
    struct customer *customers;   /* of all; a worker takes every fourth */
    size_t count;
    size_t first;
    pthread_t thread;
};

/* Ends the program with what an error says; a server would log it and go on. */
static void check(tactful_status status, tactful_error **error)
{
    if (status == TACTFUL_STATUS_OK)
        return;
    fprintf(stderr, "%.*s: %.*s\n", TACTFUL_STR_ARG(tactful_status_name((int32_t)status)),
            TACTFUL_STR_ARG(tactful_error_message(*error)));
    tactful_error_free(*error);
    exit(1);
}

static void answer(const tactful_decision *decision, char *text, size_t size)
{
    tactful_recommendation best;
    size_t withheld = tactful_decision_withheld_count(decision);

    /* Whoever asks for more than there is gets OUT_OF_RANGE. */
    if (tactful_decision_recommendation(decision, 0, &best, NULL) == TACTFUL_STATUS_OK)
        snprintf(text, size, "%.*s (%.*s), %zu withheld", TACTFUL_STR_ARG(best.action),
                 TACTFUL_STR_ARG(best.priority), withheld);
    else
        snprintf(text, size, "nothing, %zu withheld", withheld);
}

static void *work(void *argument)
{
    struct worker *me = argument;
    tactful_context *context = tactful_context_new();
    tactful_decision *decision = tactful_decision_new();
    tactful_request *request = NULL;
    tactful_error *error = NULL;
    size_t i;

    check(tactful_request_new(NOW, TACTFUL_CHANNEL_WEB, &request, &error), &error);
    for (i = me->first; i < me->count; i += THREADS) {
        struct customer *customer = &me->customers[i];
        check(tactful_context_from_json(context, customer->json, customer->json_len, &error),
              &error);
        check(tactful_engine_decide(me->engine, context, request, decision, &error), &error);
        answer(decision, customer->answer, sizeof customer->answer);
    }
    tactful_request_free(request);
    tactful_decision_free(decision);
    tactful_context_free(context);
    return NULL;
}

/* Reads a whole file, or ends the program. */
static char *read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long size = -1;

    if (file != NULL && fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    if (size >= 0 && fseek(file, 0, SEEK_SET) == 0)
        text = malloc((size_t)size + 1);
    if (text == NULL || fread(text, 1, (size_t)size, file) != (size_t)size) {
        perror(path);
        exit(1);
    }
    fclose(file);
    text[size] = '\0';
    *len = (size_t)size;
    return text;
}

int main(int argc, char **argv)
{
    static struct customer customers[MOST_CUSTOMERS];
    struct worker workers[THREADS];
    const tactful_engine *engine = NULL;
    tactful_error *error = NULL;
    char *policy, *lines, *line;
    size_t policy_len, lines_len, count = 0, i;

    if (argc != 3) {
        fprintf(stderr, "usage: server POLICY.toml CUSTOMERS.jsonl\n");
        return 2;
    }
    policy = read_file(argv[1], &policy_len);
    check(tactful_engine_from_toml(policy, policy_len, &engine, &error), &error);
    free(policy);

    lines = read_file(argv[2], &lines_len);
    for (line = strtok(lines, "\n"); line != NULL && count < MOST_CUSTOMERS;
         line = strtok(NULL, "\n")) {
        customers[count].json = line;
        customers[count].json_len = strlen(line);
        count++;
    }

    for (i = 0; i < THREADS; i++) {
        workers[i].engine = engine;
        workers[i].customers = customers;
        workers[i].count = count;
        workers[i].first = i;
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
            perror("pthread_create");
            return 1;
        }
    }
    for (i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);

    for (i = 0; i < count && i < 5; i++)
        printf("customer %zu: %s\n", i, customers[i].answer);
    printf("%zu customers, %d threads\n", count, THREADS);
    tactful_engine_release(engine);
    free(lines);
    return 0;
}
