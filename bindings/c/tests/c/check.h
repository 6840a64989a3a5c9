/* What the C tests share: checks that go on, and are counted. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <string.h>
#include <tactful.h>

static int passed;
static int failed;

static inline void checked(int good, const char *what, const char *file, int line)
{
    if (good) {
        passed++;
        return;
    }
    failed++;
    printf("%s:%d: %s\n", file, line, what);
}

#define CHECK(what) checked((what) ? 1 : 0, #what, __FILE__, __LINE__)

/* That a call gives a status. */
#define GIVES(status, call) checked((call) == TACTFUL_STATUS_##status, #call, __FILE__, __LINE__)

/* That a call fails, and that its error says so; the error is freed. */
#define FAILS(status, call, said)                                                                  \
    do {                                                                                           \
        GIVES(status, call);                                                                       \
        checked(tactful_error_status(error) == TACTFUL_STATUS_##status, #call ": the error",       \
                __FILE__, __LINE__);                                                               \
        checked(holds(tactful_error_message(error), said), #call ": says " #said, __FILE__,        \
                __LINE__);                                                                         \
        tactful_error_free(error);                                                                 \
        error = NULL;                                                                              \
    } while (0)

/* Whether a text is a C string. */
static inline int is(tactful_str text, const char *string)
{
    return text.data != NULL && text.len == strlen(string) &&
           memcmp(text.data, string, text.len) == 0;
}

/* Whether a text holds a C string; if not, it is printed. */
static inline int holds(tactful_str text, const char *string)
{
    size_t len = strlen(string), i;

    for (i = 0; text.data != NULL && i + len <= text.len; i++)
        if (memcmp(text.data + i, string, len) == 0)
            return 1;
    printf("    `%.*s`\n", TACTFUL_STR_ARG(text));
    return 0;
}

static int summary(void)
{
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}

#endif
