/*
 * Tables of Arrow made by hand: what comes out, who releases what, and what is
 * refused.
 */
#include <stdlib.h>
#include "check.h"

static const char POLICY[] =
    "policy = 'care'\n"
    "currency = 'EUR'\n"
    "[[actions]]\n"
    "id = 'explain-the-basics'\n"
    "kind = 'service'\n"
    "channels = ['web']\n"
    "propensity = 0.06\n"
    "value = '240.00'\n"
    "eligible = 'profile.plan == \"basic\"'\n";

static int released;

static void release_array(struct ArrowArray *array)
{
    released++;
    array->release = NULL;
}

static void release_schema(struct ArrowSchema *schema)
{
    released++;
    schema->release = NULL;
}

/* Three customers on the plans basic, none that is known, and premium. */
static const uint8_t PRESENT[1] = { 0x5 };
static const int32_t OFFSETS[4] = { 0, 5, 5, 12 };
static const char TEXTS[] = "basicpremium";

static const void *text_buffers[3] = { PRESENT, OFFSETS, TEXTS };
static const void *row_buffers[1] = { NULL };

struct table {
    struct ArrowSchema schema, text_schema;
    struct ArrowSchema *schemas[1];
    struct ArrowArray array, text_array;
    struct ArrowArray *arrays[1];
};

static void make(struct table *table, const char *column)
{
    memset(table, 0, sizeof *table);
    table->text_schema.format = "u";
    table->text_schema.name = column;
    table->text_schema.flags = ARROW_FLAG_NULLABLE;
    table->text_schema.release = release_schema;
    table->schemas[0] = &table->text_schema;
    table->schema.format = "+s";
    table->schema.name = "";
    table->schema.n_children = 1;
    table->schema.children = table->schemas;
    table->schema.release = release_schema;
    table->text_array.length = 3;
    table->text_array.null_count = 1;
    table->text_array.n_buffers = 3;
    table->text_array.buffers = text_buffers;
    table->text_array.release = release_array;
    table->arrays[0] = &table->text_array;
    table->array.length = 3;
    table->array.n_buffers = 1;
    table->array.buffers = row_buffers;
    table->array.n_children = 1;
    table->array.children = table->arrays;
    table->array.release = release_array;
    released = 0;
}

static const struct ArrowArray *column(const struct ArrowSchema *schema,
                                       const struct ArrowArray *array, const char *name)
{
    int64_t i;

    for (i = 0; i < schema->n_children; i++)
        if (strcmp(schema->children[i]->name, name) == 0)
            return array->children[i];
    printf("there is no column %s\n", name);
    exit(1);
}

static const tactful_engine *engine;
static tactful_request *request;
static tactful_batch *batch;
static tactful_error *error;
static struct ArrowSchema out_schema;
static struct ArrowArray out_array;

static tactful_status decide(struct table *table)
{
    return tactful_engine_decide_arrow(engine, request, batch, &table->schema, &table->array,
                                       &out_schema, &out_array, &error);
}

static void decides_for_every_row(void)
{
    const struct ArrowArray *lists, *actions;
    const int32_t *ends, *letters;
    struct table table;

    make(&table, "profile.plan");
    GIVES(OK, decide(&table));
    CHECK(error == NULL);
    CHECK(table.array.release == NULL);
    CHECK(table.schema.release != NULL);
    CHECK(out_array.length == 3);
    lists = column(&out_schema, &out_array, "recommendations");
    ends = (const int32_t *)lists->buffers[1];
    /* Unknown is not basic. */
    CHECK(ends[0] == 0 && ends[1] == 1 && ends[2] == 1 && ends[3] == 1);
    actions = lists->children[0]->children[0];
    letters = (const int32_t *)actions->buffers[1];
    CHECK(letters[1] == (int32_t)strlen("explain-the-basics"));
    CHECK(memcmp(actions->buffers[2], "explain-the-basics", (size_t)letters[1]) == 0);
    out_array.release(&out_array);
    out_schema.release(&out_schema);
    table.schema.release(&table.schema);
}

static void repeats_what_is_carried(void)
{
    struct table table;

    make(&table, "campaign");
    FAILS(CONTEXT, decide(&table), "unknown name `campaign`");
    CHECK(table.array.release == NULL && released > 0);
    CHECK(out_array.release == NULL && out_schema.release == NULL);
    make(&table, "profile.plan");
    GIVES(OK, tactful_batch_carry(batch, TACTFUL_TEXT("profile.plan"), &error));
    GIVES(OK, decide(&table));
    CHECK(column(&out_schema, &out_array, "profile.plan")->length == 3);
    out_array.release(&out_array);
    out_schema.release(&out_schema);
}

static void refuses_what_does_not_hold_together(void)
{
    static const int32_t far[4] = { 0, 5, 5, 4 };
    static const char wrong[] = "\xff\xfe\xfd\xfc\xfbpremium";
    struct table table;

    make(&table, "profile.plan");
    text_buffers[1] = far;
    GIVES(OTHER, decide(&table));
    tactful_error_free(error);
    text_buffers[1] = OFFSETS;
    make(&table, "profile.plan");
    text_buffers[2] = wrong;
    FAILS(OTHER, decide(&table), "array:");
    text_buffers[2] = TEXTS;
    make(&table, "profile.plan");
    FAILS(INVALID_ARGUMENT,
          tactful_engine_decide_arrow(engine, request, batch, &table.text_schema, &table.text_array,
                                      &out_schema, &out_array, &error),
          "expected a struct");
    make(&table, "profile.plan");
    table.array.release = NULL;
    FAILS(INVALID_STATE, decide(&table), "given away, before");
}

/* Says that a table made anew, after one thing in it was changed, is refused. */
#define REFUSED(change, said)                                                                      \
    do {                                                                                           \
        make(&table, "profile.plan");                                                              \
        change;                                                                                    \
        memset(&out_schema, 0x5a, sizeof out_schema);                                              \
        memset(&out_array, 0x5a, sizeof out_array);                                                \
        FAILS(OTHER, decide(&table), said);                                                        \
        CHECK(table.array.release == NULL && released > 0);                                        \
        CHECK(out_array.release == NULL && out_schema.release == NULL);                            \
        CHECK(table.schema.release != NULL);                                                       \
    } while (0)

static void refuses_numbers_that_nobody_set(void)
{
    static const int64_t lengths[] = { -1, -1000, INT64_MIN, INT64_MAX, (int64_t)1 << 31 };
    struct table table;
    size_t i;

    for (i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        REFUSED(table.array.length = lengths[i], "array: its length");
        REFUSED(table.text_array.length = lengths[i], "`profile.plan`: its length");
        REFUSED(table.array.offset = lengths[i], "array: its length");
        REFUSED(table.text_array.offset = lengths[i], "`profile.plan`: its length");
        REFUSED(table.array.n_children = lengths[i], "its schema has 1 children");
        REFUSED(table.array.n_children = table.schema.n_children = lengths[i],
                "there cannot be");
    }
    REFUSED(table.array.null_count = -2, "its null_count is -2");
    REFUSED(table.text_array.null_count = 4, "`profile.plan`: its null_count is 4");
    REFUSED(table.text_array.n_buffers = 2, "`u` does not have 2 buffers");
    REFUSED(table.text_array.n_buffers = -1, "there cannot be -1 buffers");
    REFUSED(table.text_array.n_buffers = INT64_MAX, "buffers");
    REFUSED(table.text_schema.format = "vu"; table.text_array.n_buffers = 2,
            "`vu` does not have 2 buffers");
    REFUSED(table.text_schema.format = "w:-1"; table.text_array.n_buffers = 2, "a width of -1");
    REFUSED(table.text_schema.format = "w:2147483647"; table.text_array.n_buffers = 2;
            table.text_array.length = INT32_MAX, "a width of 2147483647");
}

static void refuses_pointers_that_lead_nowhere(void)
{
    static const int32_t back[4] = { 0, 5, 5, -1 };
    static const int64_t sizes[1] = { -7 };
    static const void *views[4] = { NULL, TEXTS, TEXTS, sizes };
    struct ArrowSchema words;
    struct ArrowArray texts;
    struct table table;

    REFUSED(table.schema.children = NULL, "the list of children of the schema is NULL");
    REFUSED(table.array.children = NULL, "the list of children of the array is NULL");
    REFUSED(table.schemas[0] = NULL, "the schema of a child is NULL");
    REFUSED(table.arrays[0] = NULL, "`profile.plan`: the array is NULL");
    REFUSED(table.array.buffers = NULL, "the list of buffers is NULL");
    REFUSED(table.text_array.buffers = NULL, "`profile.plan`: the list of buffers is NULL");
    REFUSED(table.schema.format = NULL, "its format is NULL");
    REFUSED(table.text_schema.format = NULL, "`profile.plan`: its format is NULL");
    REFUSED(table.schema.format = "\xff", "its format is not UTF-8");
    REFUSED(table.text_schema.name = "\xff", "the name of a child is not UTF-8");
    REFUSED(table.text_schema.format = "+l"; table.text_array.n_buffers = 2,
            "`+l` does not have 0 children");
    make(&table, "profile.plan");
    words = table.text_schema;
    texts = table.text_array;
    REFUSED(table.text_schema.dictionary = &words, "its schema has a dictionary, and its array");
    REFUSED(table.text_array.dictionary = &texts, "its array has a dictionary, and its schema");
    REFUSED(table.text_schema.dictionary = &words; table.text_array.dictionary = &texts,
            "no format for it: `u`");
    text_buffers[1] = NULL;
    REFUSED((void)0, "`profile.plan`: the list of offsets is NULL");
    text_buffers[1] = back;
    REFUSED((void)0, "`profile.plan`: its last offset is -1");
    text_buffers[1] = OFFSETS;
    text_buffers[0] = NULL;
    REFUSED((void)0, "`profile.plan`: its null_count is 1, and no buffer says which");
    text_buffers[0] = PRESENT;
    REFUSED(table.text_schema.format = "vu"; table.text_array.n_buffers = 4;
            table.text_array.buffers = views, "a buffer of it has -7 bytes");
}

static void refuses_what_belongs_to_nobody(void)
{
    static const void *letters[2] = { PRESENT, OFFSETS };
    struct ArrowSchema words;
    struct ArrowArray texts;
    struct table table;

    REFUSED(table.text_schema.release = NULL, "the schema of a child was released, or given away");
    REFUSED(table.text_array.release = NULL, "`profile.plan`: the array was released, or given");
    make(&table, "profile.plan");
    words = table.text_schema;
    texts = table.text_array;
    words.release = NULL;
    REFUSED(table.text_schema.dictionary = &words; table.text_array.dictionary = &texts;
            table.text_schema.format = "i"; table.text_array.n_buffers = 2;
            table.text_array.buffers = letters,
            "`profile.plan.dictionary`: the schema was released, or given away");
    words.release = release_schema;
    texts.release = NULL;
    REFUSED(table.text_schema.dictionary = &words; table.text_array.dictionary = &texts;
            table.text_schema.format = "i"; table.text_array.n_buffers = 2;
            table.text_array.buffers = letters,
            "`profile.plan.dictionary`: the array was released, or given away");
}

/* Or what is null would be taken for an empty text: unknown would be known. */
static void refuses_nulls_that_nobody_counted(void)
{
    static const uint8_t rows[1] = { 0x5 };
    struct table table;

    REFUSED(table.text_array.null_count = 0,
            "`profile.plan`: its null_count is 0, and its buffer says 1");
    row_buffers[0] = rows;
    REFUSED((void)0, "array: its null_count is 0, and its buffer says 1");
    row_buffers[0] = NULL;
}

/* A column that holds itself, once and twice over. */
static void refuses_what_has_no_end(void)
{
    struct ArrowSchema *schemas[2];
    struct ArrowArray *arrays[2];
    struct table table;
    int64_t count;

    for (count = 1; count <= 2; count++) {
        make(&table, "support");
        schemas[0] = schemas[1] = &table.text_schema;
        arrays[0] = arrays[1] = &table.text_array;
        table.text_schema.format = "+s";
        table.text_schema.n_children = table.text_array.n_children = count;
        table.text_schema.children = schemas;
        table.text_array.children = arrays;
        table.text_array.n_buffers = 1;
        FAILS(OTHER, decide(&table), "more than 64 levels");
        CHECK(table.array.release == NULL && released > 0);
    }
}

static void leaves_the_schema_to_its_owner(void)
{
    struct table table;

    make(&table, "profile.plan");
    memset(&out_array, 0x5a, sizeof out_array);
    FAILS(INVALID_ARGUMENT,
          tactful_engine_decide_arrow(engine, request, batch, &table.schema, &table.array,
                                      &table.schema, &out_array, &error),
          "out_schema is schema");
    CHECK(table.schema.release != NULL && table.schema.n_children == 1);
    CHECK(table.array.release == NULL && out_array.release == NULL);
    make(&table, "profile.plan");
    table.schema.release(&table.schema);
    FAILS(INVALID_STATE, decide(&table), "schema was released");
    make(&table, "profile.plan");
    memset(&out_array, 0x5a, sizeof out_array);
    FAILS(NULL_POINTER,
          tactful_engine_decide_arrow(engine, request, batch, &table.schema, &table.array, NULL,
                                      &out_array, &error),
          "out_schema is NULL");
    CHECK(out_array.release == NULL);
    /* The array is taken, so the answer may come in its place. */
    make(&table, "profile.plan");
    GIVES(OK, tactful_engine_decide_arrow(engine, request, batch, &table.schema, &table.array,
                                          &out_schema, &table.array, &error));
    CHECK(error == NULL && table.array.length == 3);
    CHECK(out_schema.release != NULL && table.array.release != release_array);
    table.array.release(&table.array);
    CHECK(released > 0);
    out_schema.release(&out_schema);
}

static void recommends_and_nothing_else(void)
{
    tactful_batch *alone = tactful_batch_new();
    struct table table;

    make(&table, "profile.plan");
    GIVES(OK, tactful_batch_set_as_of(alone, INT64_C(1773154830000), &error));
    GIVES(OK, tactful_batch_set_accounts(alone, TACTFUL_ACCOUNTS_RANKING, &error));
    GIVES(OK, tactful_engine_decide_arrow(engine, request, alone, &table.schema, &table.array,
                                          &out_schema, &out_array, &error));
    CHECK(out_schema.n_children == 2);
    CHECK(strcmp(out_schema.children[0]->name, "recommendations") == 0);
    CHECK(strcmp(out_schema.children[1]->name, "error") == 0);
    out_array.release(&out_array);
    out_schema.release(&out_schema);
    tactful_batch_free(alone);
}

static void takes_an_empty_table(void)
{
    struct table table;

    make(&table, "profile.plan");
    table.array.length = table.text_array.length = 0;
    table.text_array.null_count = -1;
    GIVES(OK, decide(&table));
    CHECK(error == NULL && out_array.length == 0);
    tactful_error_free(error);
    error = NULL;
    out_array.release(&out_array);
    out_schema.release(&out_schema);
}

static void refuses_null(void)
{
    struct table table;

    FAILS(NULL_POINTER,
          tactful_engine_decide_arrow(engine, request, batch, NULL, NULL, &out_schema, &out_array,
                                      &error),
          "array is NULL");
    make(&table, "profile.plan");
    FAILS(NULL_POINTER,
          tactful_engine_decide_arrow(engine, request, batch, NULL, &table.array, &out_schema,
                                      &out_array, &error),
          "schema is NULL");
    CHECK(released > 0);
    make(&table, "profile.plan");
    FAILS(NULL_POINTER,
          tactful_engine_decide_arrow(NULL, request, batch, &table.schema, &table.array,
                                      &out_schema, &out_array, &error),
          "engine is NULL");
    CHECK(out_array.release == NULL && out_schema.release == NULL);
    GIVES(INVALID_ARGUMENT, tactful_batch_set_accounts(batch, 7, NULL));
    GIVES(INVALID_ARGUMENT, tactful_batch_set_as_of(batch, 5, NULL));
    GIVES(NULL_POINTER, tactful_batch_ignore(NULL, TACTFUL_TEXT("x"), NULL));
    tactful_batch_free(NULL);
}

int main(void)
{
    const int64_t now = INT64_C(1773154830000);

    batch = tactful_batch_new();
    GIVES(OK, tactful_engine_from_toml(TACTFUL_TEXT(POLICY), &engine, &error));
    GIVES(OK, tactful_request_new(now, TACTFUL_CHANNEL_WEB, &request, &error));
    GIVES(OK, tactful_batch_set_as_of(batch, now, &error));
    GIVES(OK, tactful_batch_set_accounts(batch, TACTFUL_ACCOUNTS_WITHHELD, &error));
    GIVES(OK, tactful_batch_set_strict(batch, true, &error));
    GIVES(OK, tactful_batch_ignore(batch, TACTFUL_TEXT("nothing"), &error));
    {
        struct table table;

        make(&table, "profile.plan");
        FAILS(CONTEXT, decide(&table), "`ignore`: unknown column `nothing`");
    }
    tactful_batch_free(batch);
    batch = tactful_batch_new();
    GIVES(OK, tactful_batch_set_as_of(batch, now, &error));
    decides_for_every_row();
    repeats_what_is_carried();
    refuses_what_does_not_hold_together();
    refuses_numbers_that_nobody_set();
    refuses_pointers_that_lead_nowhere();
    refuses_what_belongs_to_nobody();
    refuses_nulls_that_nobody_counted();
    refuses_what_has_no_end();
    leaves_the_schema_to_its_owner();
    recommends_and_nothing_else();
    takes_an_empty_table();
    refuses_null();
    tactful_batch_free(batch);
    tactful_request_free(request);
    tactful_engine_release(engine);
    return summary();
}
