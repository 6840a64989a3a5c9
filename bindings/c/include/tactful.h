/*
 * tactful.h: the next best action, and the good sense to hold back.
 *
 * A policy is compiled into an engine. A context says what is known about one
 * customer, a request when and on which channel somebody asks. The engine
 * decides, and the decision says what to recommend, what was held back, why, and
 * until when. The library reads no clock and no file and starts no thread, and the
 * same inputs give the same bytes in every language.
 *
 * THE RULES, which hold for every function unless its comment says otherwise
 *
 *  1. Failure. A function that can fail returns a tactful_status; everything but
 *     TACTFUL_STATUS_OK is a failure. Every such function may return
 *     NULL_POINTER, INVALID_HANDLE and PANIC; one that takes a text also
 *     INVALID_UTF8, INVALID_TEXT and TOO_LARGE; one that takes a number of a
 *     closed set or a time also INVALID_ARGUMENT. Its comment names the others.
 *     What it was to change is then as it was, and its outputs are empty.
 *  2. Errors. Its last argument is a tactful_error **: NULL if the status is
 *     enough. It is set to NULL first, and to an error if the call fails, which
 *     you free with tactful_error_free(). Nothing is kept in the thread.
 *  3. Handles. tactful_engine, tactful_context, tactful_request, tactful_batch,
 *     tactful_decision and tactful_error are known by pointer only. What you
 *     make you free, once, by the function of its name; NULL may be freed. The
 *     order does not matter. A handle of another kind is told apart
 *     (INVALID_HANDLE); one that was freed is not.
 *  4. Threads. const T * is for looking: several threads may do so at once. T *
 *     is for changing: nobody else may use the handle meanwhile. An engine never
 *     changes, so all threads share one; contexts, requests and decisions are
 *     best made once for each thread and used again.
 *  5. Texts in. A pointer and a length in bytes, UTF-8, no NUL needed and none
 *     counted. NULL with length 0 is an empty text. They are copied. Ids, names
 *     and words have at most 64 KiB.
 *  6. Texts out. A tactful_str belongs to what gave it, until that is changed or
 *     freed; it is never NULL and not ended by a NUL. Long answers go into a
 *     tactful_buffer, which is yours. Never call free() on either.
 *  7. Times are Unix milliseconds, in UTC, in the years 2000 to 2100. Where one
 *     may be left out, 0 says so.
 *  8. Numbers for words, such as TACTFUL_CHANNEL_WEB, never change their
 *     meaning; the functions take them as int32_t and check them. Structs that
 *     you fill begin as zero: what is reserved stays so.
 *  9. Paths of facts that can be set one by one, after
 *     tactful_context_deliver():
 *       device        form_factor platform environment app_version locale
 *                     push_enabled
 *       recency       first_seen_at last_seen_at previous_seen_at
 *                     session_started_at last_login_at sessions_30d
 *       profile       age_years plan role country language time_zone joined_at
 *                     vulnerable group_id
 *       subscription  plan status started_at renews_at trial_ends_at
 *       scores        whatever name models give, such as scores.churn
 *       attributes    those the policy declares, such as attributes.loyalty
 * 10. A defect of the library never unwinds into your program and never ends it:
 *     the call returns TACTFUL_STATUS_PANIC. Nothing is printed unless the
 *     environment variable TACTFUL_LOG is set.
 *
 * AN EXAMPLE: may we offer the upgrade to somebody who disputes a bill?
 *
 *     #include <stdio.h>
 *     #include <tactful.h>
 *
 *     static const char POLICY[] = "policy = 'care'\n"
 *                                  "preset = 'customer-care@1'\n"
 *                                  "actions = [{ id = 'premium', kind = 'upsell', channels = ['web'] }]";
 *
 *     int main(void)
 *     {
 *         const int64_t now = INT64_C(1773154830000); // 2026-03-10T15:00:30Z
 *         tactful_ticket ticket = { .id = tactful_text("C-1"), .opened_at = now - 30000,
 *                                   .updated_at = now - 30000, .state = TACTFUL_TICKET_STATE_OPEN,
 *                                   .topic = TACTFUL_TOPIC_BILLING_DISPUTE };
 *         const tactful_engine *engine = NULL;
 *         tactful_context *context = tactful_context_new();
 *         tactful_request *request = NULL;
 *         tactful_decision *decision = tactful_decision_new();
 *         tactful_withheld held;
 *         tactful_error *error = NULL;
 *
 *         if (tactful_engine_from_toml(TACTFUL_TEXT(POLICY), &engine, &error) ||
 *             tactful_context_set_tickets(context, now, &ticket, 1, &error) ||
 *             tactful_context_set_grants(context, now, NULL, 0, &error) ||
 *             tactful_request_new(now, TACTFUL_CHANNEL_WEB, &request, &error) ||
 *             tactful_engine_decide(engine, context, request, decision, &error) ||
 *             tactful_decision_find_withheld(decision, TACTFUL_TEXT("premium"), &held, &error))
 *             printf("%.*s\n", TACTFUL_STR_ARG(tactful_error_message(error)));
 *         else
 *             printf("not %.*s: %.*s\n", TACTFUL_STR_ARG(held.action), TACTFUL_STR_ARG(held.because));
 *
 *         tactful_error_free(error);
 *         tactful_decision_free(decision);
 *         tactful_request_free(request);
 *         tactful_context_free(context);
 *         tactful_engine_release(engine);
 *         return 0;
 *     }
 *
 *     cc dispute.c $(pkg-config --cflags --libs tactful)
 *
 * It prints
 *
 *     not premium: nobody wants an offer while arguing about a bill
 */


#ifndef TACTFUL_H
#define TACTFUL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The C data interface of Apache Arrow, word for word: tables go by pointers to
 * these. Other headers may have declared it before. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif

/* Warns where a status is not looked at. */
#if defined(__GNUC__) || defined(__clang__)
#define TACTFUL_MUST_USE __attribute__((warn_unused_result))
#else
#define TACTFUL_MUST_USE
#endif

/* A buffer before its first use. */
#define TACTFUL_BUFFER_INIT { NULL, 0, 0 }

/* The arguments of "%.*s" that print a tactful_str. */
#define TACTFUL_STR_ARG(text) (int)(text).len, (text).data

/* A C string as the two arguments of a function that takes a text. */
#define TACTFUL_TEXT(string) (string), strlen(string)


/**
 * The version this header is of, first number. While it is 0, a new minor
 * version may change the interface, and has a library name of its own.
 */
#define TACTFUL_VERSION_MAJOR 0

/**
 * The version this header is of, second number.
 */
#define TACTFUL_VERSION_MINOR 1

/**
 * The version this header is of, third number.
 */
#define TACTFUL_VERSION_PATCH 0

/**
 * Counts the changes after which programs must be compiled again.
 */
#define TACTFUL_ABI_VERSION 1

/**
 * What became of a call. Everything but OK is a failure, and a failure
 * changes nothing but the error and the outputs, which are then empty.
 *
 * Numbers are never used again for something else. Later versions may add
 * some: treat a number you do not know as a failure.
 */
enum tactful_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * It was done.
     */
    TACTFUL_STATUS_OK = 0,
    /**
     * A pointer that must not be NULL is NULL.
     */
    TACTFUL_STATUS_NULL_POINTER = 10,
    /**
     * A pointer is no handle of the kind that is asked for.
     */
    TACTFUL_STATUS_INVALID_HANDLE = 11,
    /**
     * A text is not UTF-8.
     */
    TACTFUL_STATUS_INVALID_UTF8 = 12,
    /**
     * A text holds a NUL; mostly its length counts the one at its end.
     */
    TACTFUL_STATUS_INVALID_TEXT = 13,
    /**
     * A number stands for nothing here, or a time is not in the years 2000 to
     * 2100: mostly seconds, where milliseconds are asked for.
     */
    TACTFUL_STATUS_INVALID_ARGUMENT = 14,
    /**
     * What the call needs has not been done before, such as deciding.
     */
    TACTFUL_STATUS_INVALID_STATE = 15,
    /**
     * There is nothing at this index.
     */
    TACTFUL_STATUS_OUT_OF_RANGE = 16,
    /**
     * A text or a list is longer than the documented limit.
     */
    TACTFUL_STATUS_TOO_LARGE = 17,
    /**
     * A policy has mistakes; the diagnostics of the error list them all.
     */
    TACTFUL_STATUS_POLICY = 20,
    /**
     * A context is malformed; the path of the error says where.
     */
    TACTFUL_STATUS_CONTEXT = 22,
    /**
     * An event is malformed; the path of the error says where.
     */
    TACTFUL_STATUS_EVENT = 23,
    /**
     * Two things belong to different customers.
     */
    TACTFUL_STATUS_IDENTITY = 24,
    /**
     * A request is malformed; the path of the error says where.
     */
    TACTFUL_STATUS_REQUEST = 25,
    /**
     * A record of a decision is malformed, or of a format that is not known.
     */
    TACTFUL_STATUS_RECORD = 26,
    /**
     * The policy has no action of this id, or the decision says nothing of it.
     */
    TACTFUL_STATUS_UNKNOWN_ACTION = 30,
    /**
     * Something else was wrong; the message says what.
     */
    TACTFUL_STATUS_OTHER = 90,
    /**
     * A defect of this library. The handles of the call may be freed and not
     * be used otherwise; all others are sound.
     */
    TACTFUL_STATUS_PANIC = 99,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tactful_status tactful_status;
#else
typedef int32_t tactful_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Which actions that are not recommended a table of decisions accounts for.
 */
enum tactful_accounts
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * None; suppressions in force and how long a row is valid are there.
     */
    TACTFUL_ACCOUNTS_NONE = 0,
    /**
     * Those that a suppression holds back, in the column "suppressed".
     */
    TACTFUL_ACCOUNTS_SUPPRESSED = 1,
    /**
     * Every one of them, in the column "withheld".
     */
    TACTFUL_ACCOUNTS_WITHHELD = 2,
    /**
     * None, and neither suppressions in force nor how long a row is valid: the
     * recommendations alone. This is the fastest.
     */
    TACTFUL_ACCOUNTS_RANKING = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tactful_accounts tactful_accounts;
#else
typedef int32_t tactful_accounts;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What became of an event.
 */
enum tactful_applied
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The context says something else now.
     */
    TACTFUL_APPLIED_APPLIED = 1,
    /**
     * The context said all of it already.
     */
    TACTFUL_APPLIED_DUPLICATE = 2,
    /**
     * The context knows newer versions of all it tells.
     */
    TACTFUL_APPLIED_SUPERSEDED = 3,
    /**
     * It says nothing that a context holds.
     */
    TACTFUL_APPLIED_IGNORED_NOTHING = 10,
    /**
     * It is older than everything that a full list keeps.
     */
    TACTFUL_APPLIED_IGNORED_TOO_OLD = 11,
    /**
     * A device is as old as its newest event, and needs no watermark.
     */
    TACTFUL_APPLIED_IGNORED_DEVICE_WATERMARK = 12,
    /**
     * It does not count, for a reason that this header does not know.
     */
    TACTFUL_APPLIED_IGNORED_OTHER = 19,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tactful_applied tactful_applied;
#else
typedef int32_t tactful_applied;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Where a customer is met, offered something, or asked for consent.
 * 0 stands for none of them, where a field may be left out.
 */
enum tactful_channel
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * "web".
     */
    TACTFUL_CHANNEL_WEB = 1,
    /**
     * "in_app".
     */
    TACTFUL_CHANNEL_IN_APP = 2,
    /**
     * "email".
     */
    TACTFUL_CHANNEL_EMAIL = 3,
    /**
     * "sms".
     */
    TACTFUL_CHANNEL_SMS = 4,
    /**
     * "push".
     */
    TACTFUL_CHANNEL_PUSH = 5,
    /**
     * "phone".
     */
    TACTFUL_CHANNEL_PHONE = 6,
    /**
     * "whatsapp".
     */
    TACTFUL_CHANNEL_WHATSAPP = 7,
    /**
     * "chat".
     */
    TACTFUL_CHANNEL_CHAT = 8,
    /**
     * "social".
     */
    TACTFUL_CHANNEL_SOCIAL = 9,
    /**
     * "store".
     */
    TACTFUL_CHANNEL_STORE = 10,
    /**
     * "postal".
     */
    TACTFUL_CHANNEL_POSTAL = 11,
    /**
     * Staff reads the offer out.
     */
    TACTFUL_CHANNEL_AGENT = 12,
    /**
     * "in_vehicle".
     */
    TACTFUL_CHANNEL_IN_VEHICLE = 13,
    /**
     * "other".
     */
    TACTFUL_CHANNEL_OTHER = 14,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tactful_channel tactful_channel;
#else
typedef int32_t tactful_channel;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a customer answered when asked for consent.
 */
enum tactful_consent_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * "unknown".
     */
    TACTFUL_CONSENT_STATUS_UNKNOWN = 1,
    /**
     * "granted".
     */
    TACTFUL_CONSENT_STATUS_GRANTED = 2,
    /**
     * "denied".
     */
    TACTFUL_CONSENT_STATUS_DENIED = 3,
    /**
     * Asked, not yet confirmed.
     */
    TACTFUL_CONSENT_STATUS_PENDING = 4,
    /**
     * Assumed yes; not a grant.
     */
    TACTFUL_CONSENT_STATUS_DEFAULT_GRANTED = 5,
    /**
     * Assumed no.
     */
    TACTFUL_CONSENT_STATUS_DEFAULT_DENIED = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tactful_consent_status tactful_consent_status;
#else
typedef int32_t tactful_consent_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How far an order has come.
 */
enum tactful_order_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * "placed".
     */
    TACTFUL_ORDER_STATUS_PLACED = 1,
    /**
     * "shipped".
     */
    TACTFUL_ORDER_STATUS_SHIPPED = 2,
    /**
     * "delayed".
     */
    TACTFUL_ORDER_STATUS_DELAYED = 3,
    /**
     * "delivered".
     */
    TACTFUL_ORDER_STATUS_DELIVERED = 4,
    /**
     * "cancelled".
     */
    TACTFUL_ORDER_STATUS_CANCELLED = 5,
    /**
     * "refunded".
     */
    TACTFUL_ORDER_STATUS_REFUNDED = 6,
    /**
     * "returned".
     */
    TACTFUL_ORDER_STATUS_RETURNED = 7,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tactful_order_status tactful_order_status;
#else
typedef int32_t tactful_order_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a customer did with something that was shown or sent.
 */
enum tactful_outcome
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Chosen, whether or not it was seen.
     */
    TACTFUL_OUTCOME_DECISION = 1,
    /**
     * "sent".
     */
    TACTFUL_OUTCOME_SENT = 2,
    /**
     * "delivered".
     */
    TACTFUL_OUTCOME_DELIVERED = 3,
    /**
     * "impression".
     */
    TACTFUL_OUTCOME_IMPRESSION = 4,
    /**
     * "click".
     */
    TACTFUL_OUTCOME_CLICK = 5,
    /**
     * "accept".
     */
    TACTFUL_OUTCOME_ACCEPT = 6,
    /**
     * "reject".
     */
    TACTFUL_OUTCOME_REJECT = 7,
    /**
     * "convert".
     */
    TACTFUL_OUTCOME_CONVERT = 8,
    /**
     * "dismiss".
     */
    TACTFUL_OUTCOME_DISMISS = 9,
    /**
     * "no_response".
     */
    TACTFUL_OUTCOME_NO_RESPONSE = 10,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tactful_outcome tactful_outcome;
#else
typedef int32_t tactful_outcome;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The parts of a context.
 */
enum tactful_part
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * "support".
     */
    TACTFUL_PART_SUPPORT = 1,
    /**
     * "purchases".
     */
    TACTFUL_PART_PURCHASES = 2,
    /**
     * "device".
     */
    TACTFUL_PART_DEVICE = 3,
    /**
     * "recency".
     */
    TACTFUL_PART_RECENCY = 4,
    /**
     * "consent".
     */
    TACTFUL_PART_CONSENT = 5,
    /**
     * "history".
     */
    TACTFUL_PART_HISTORY = 6,
    /**
     * "subscription".
     */
    TACTFUL_PART_SUBSCRIPTION = 7,
    /**
     * "feedback".
     */
    TACTFUL_PART_FEEDBACK = 8,
    /**
     * "scores".
     */
    TACTFUL_PART_SCORES = 9,
    /**
     * "profile".
     */
    TACTFUL_PART_PROFILE = 10,
    /**
     * "appointments".
     */
    TACTFUL_PART_APPOINTMENTS = 11,
    /**
     * "attributes".
     */
    TACTFUL_PART_ATTRIBUTES = 12,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tactful_part tactful_part;
#else
typedef int32_t tactful_part;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a contact is for, in the sense of consent.
 */
enum tactful_purpose
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Needs no consent and obeys no limits unless it says so.
     */
    TACTFUL_PURPOSE_TRANSACTIONAL = 1,
    /**
     * Needs no consent.
     */
    TACTFUL_PURPOSE_SERVICE = 2,
    /**
     * "marketing".
     */
    TACTFUL_PURPOSE_MARKETING = 3,
    /**
     * "personalization".
     */
    TACTFUL_PURPOSE_PERSONALIZATION = 4,
    /**
     * "analytics".
     */
    TACTFUL_PURPOSE_ANALYTICS = 5,
    /**
     * "sharing".
     */
    TACTFUL_PURPOSE_SHARING = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tactful_purpose tactful_purpose;
#else
typedef int32_t tactful_purpose;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How bad a finding is.
 */
enum tactful_severity
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The document cannot be used.
     */
    TACTFUL_SEVERITY_ERROR = 1,
    /**
     * The document can be used, but likely does not say what was meant.
     */
    TACTFUL_SEVERITY_WARNING = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tactful_severity tactful_severity;
#else
typedef int32_t tactful_severity;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How far a support case has come.
 */
enum tactful_ticket_state
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * "new".
     */
    TACTFUL_TICKET_STATE_NEW = 1,
    /**
     * "open".
     */
    TACTFUL_TICKET_STATE_OPEN = 2,
    /**
     * Waits for the customer; still open.
     */
    TACTFUL_TICKET_STATE_PENDING = 3,
    /**
     * Waits for a third party; still open.
     */
    TACTFUL_TICKET_STATE_ON_HOLD = 4,
    /**
     * Answered; may be reopened.
     */
    TACTFUL_TICKET_STATE_SOLVED = 5,
    /**
     * Final.
     */
    TACTFUL_TICKET_STATE_CLOSED = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tactful_ticket_state tactful_ticket_state;
#else
typedef int32_t tactful_ticket_state;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a support case is about.
 */
enum tactful_topic
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * "billing_dispute".
     */
    TACTFUL_TOPIC_BILLING_DISPUTE = 1,
    /**
     * "payment_issue".
     */
    TACTFUL_TOPIC_PAYMENT_ISSUE = 2,
    /**
     * "refund".
     */
    TACTFUL_TOPIC_REFUND = 3,
    /**
     * "order_delay".
     */
    TACTFUL_TOPIC_ORDER_DELAY = 4,
    /**
     * "return_exchange".
     */
    TACTFUL_TOPIC_RETURN_EXCHANGE = 5,
    /**
     * "product_defect".
     */
    TACTFUL_TOPIC_PRODUCT_DEFECT = 6,
    /**
     * "warranty".
     */
    TACTFUL_TOPIC_WARRANTY = 7,
    /**
     * "technical_issue".
     */
    TACTFUL_TOPIC_TECHNICAL_ISSUE = 8,
    /**
     * "outage".
     */
    TACTFUL_TOPIC_OUTAGE = 9,
    /**
     * "account_access".
     */
    TACTFUL_TOPIC_ACCOUNT_ACCESS = 10,
    /**
     * "account_change".
     */
    TACTFUL_TOPIC_ACCOUNT_CHANGE = 11,
    /**
     * "cancellation".
     */
    TACTFUL_TOPIC_CANCELLATION = 12,
    /**
     * "fraud_security".
     */
    TACTFUL_TOPIC_FRAUD_SECURITY = 13,
    /**
     * "privacy".
     */
    TACTFUL_TOPIC_PRIVACY = 14,
    /**
     * "financial_hardship".
     */
    TACTFUL_TOPIC_FINANCIAL_HARDSHIP = 15,
    /**
     * "service_complaint".
     */
    TACTFUL_TOPIC_SERVICE_COMPLAINT = 16,
    /**
     * "data_accuracy".
     */
    TACTFUL_TOPIC_DATA_ACCURACY = 17,
    /**
     * "how_to".
     */
    TACTFUL_TOPIC_HOW_TO = 18,
    /**
     * "sales_inquiry".
     */
    TACTFUL_TOPIC_SALES_INQUIRY = 19,
    /**
     * "feedback".
     */
    TACTFUL_TOPIC_FEEDBACK = 20,
    /**
     * "other".
     */
    TACTFUL_TOPIC_OTHER = 21,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tactful_topic tactful_topic;
#else
typedef int32_t tactful_topic;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What became of one action.
 */
enum tactful_verdict
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * It is in the slate.
     */
    TACTFUL_VERDICT_RECOMMENDED = 1,
    /**
     * Admissible, and others took its place.
     */
    TACTFUL_VERDICT_OUTRANKED = 2,
    /**
     * A suppression holds it back.
     */
    TACTFUL_VERDICT_SUPPRESSED = 3,
    /**
     * The customer does not qualify, or it is not known whether they do.
     */
    TACTFUL_VERDICT_INELIGIBLE = 4,
    /**
     * The customer does not agree to be addressed.
     */
    TACTFUL_VERDICT_UNCONSENTED = 5,
    /**
     * It is not on offer.
     */
    TACTFUL_VERDICT_UNAVAILABLE = 6,
    /**
     * Nothing holds it back but quiet hours: it can be sent later.
     */
    TACTFUL_VERDICT_DEFERRED = 7,
    /**
     * The contact policy holds it back: a limit, or hours that are quiet
     * for too long or cannot be told.
     */
    TACTFUL_VERDICT_LIMITED = 8,
    /**
     * The customer is left out, to measure by.
     */
    TACTFUL_VERDICT_HELD_OUT = 9,
    /**
     * It does not come to what the policy asks for.
     */
    TACTFUL_VERDICT_BELOW_THRESHOLD = 10,
    /**
     * A score it needs is missing.
     */
    TACTFUL_VERDICT_UNSCORED = 11,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tactful_verdict tactful_verdict;
#else
typedef int32_t tactful_verdict;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How a table is read, and what comes out: for tactful_engine_decide_arrow().
 *
 * One thread at a time changes it; while nobody does, several may decide with
 * it. Free it with tactful_batch_free().
 */
typedef struct tactful_batch tactful_batch;

/**
 * What is known about one customer: parts, each of which is unknown until
 * somebody delivers it.
 *
 * One thread at a time changes it; while nobody does, several may decide with
 * it. Make one for each thread and use it again: tactful_context_clear() and
 * tactful_context_from_json() begin anew. Free it with tactful_context_free();
 * decisions do not need it any more.
 *
 * Unknown is not false: of a customer whose tickets were never delivered
 * nobody can say that there is no dispute. What is known to be empty is said:
 * tactful_context_set_tickets() with a count of 0.
 */
typedef struct tactful_context tactful_context;

/**
 * The answer to one request: what is recommended, what became of everything
 * else, and why.
 *
 * Make one for each thread and decide into it again and again. While nobody
 * decides into it, clears or frees it, several threads may read it. Texts that
 * it gives stay as long. It keeps its engine: release the engine whenever you
 * like. Free it with tactful_decision_free().
 */
typedef struct tactful_decision tactful_decision;

/**
 * A compiled policy.
 *
 * It never changes: any number of threads may use it at once. It counts its
 * owners: whoever makes or retains it releases it once, and the last to do so
 * frees it. A decision is an owner of the engine that made it.
 */
typedef struct tactful_engine tactful_engine;

/**
 * Why a call failed: in words for people, and as data for programs.
 *
 * A call that takes a tactful_error ** as its last argument sets it to NULL if
 * it succeeds, and to an error that you free if it fails. Pass NULL if the
 * status is enough. Nothing of an error is kept elsewhere: it may be handed to
 * other threads, and looked at by several at once.
 */
typedef struct tactful_error tactful_error;

/**
 * One ask: when, on which channel, and what for.
 *
 * One thread at a time changes it; while nobody does, several may decide with
 * it. Free it with tactful_request_free(); decisions do not need it any more.
 */
typedef struct tactful_request tactful_request;

/**
 * Bytes that an answer is written to. Begin with TACTFUL_BUFFER_INIT (all
 * zero), use it as often as you like, and end with tactful_buffer_free().
 *
 * What was there is overwritten and its memory used again. A NUL follows the
 * last byte and does not count, so that data is a C string where the answer
 * is a text. A call that fails leaves it empty. A buffer is for one thread at
 * a time, its fields are for reading, and what you pass to a call must not lie
 * in the buffer that the call writes to.
 */
typedef struct {
    /**
     * The first byte, or NULL before the first answer.
     */
    char *data;
    /**
     * How many bytes there are.
     */
    size_t len;
    /**
     * How many bytes fit.
     */
    size_t cap;
} tactful_buffer;

/**
 * A text that belongs to somebody else: UTF-8, not ended by a NUL.
 *
 * As an answer it is never NULL, may be empty, and stays until its owner is
 * changed or freed. In a struct that you fill, NULL with a length of 0 is an
 * empty text. tactful_text() makes one of a C string, and
 * printf("%.*s", TACTFUL_STR_ARG(text)) prints one.
 */
typedef struct {
    /**
     * The first byte.
     */
    const char *data;
    /**
     * How many bytes there are.
     */
    size_t len;
} tactful_str;

/**
 * One support case. Zero it first: what is zero is unknown.
 */
typedef struct {
    /**
     * Identifies the case; required.
     */
    tactful_str id;
    /**
     * When it was opened, in Unix milliseconds; required.
     */
    int64_t opened_at;
    /**
     * When it last changed; required.
     */
    int64_t updated_at;
    /**
     * When it was solved or closed; 0 if that is not known.
     */
    int64_t closed_at;
    /**
     * A tactful_ticket_state; 0 if it is not known.
     */
    int32_t state;
    /**
     * A tactful_topic; 0 if it is not known.
     */
    int32_t topic;
    /**
     * A tactful_channel: where it came in; 0 if that is not known.
     */
    int32_t channel;
    /**
     * Zero.
     */
    int32_t reserved_number;
    /**
     * Zero.
     */
    uint64_t reserved[4];
} tactful_ticket;

/**
 * One order. Zero it first: what is zero is unknown.
 */
typedef struct {
    /**
     * Identifies the order; required.
     */
    tactful_str id;
    /**
     * When it was placed, in Unix milliseconds; required.
     */
    int64_t placed_at;
    /**
     * When it last changed; 0 if that is not known.
     */
    int64_t updated_at;
    /**
     * When it was promised to arrive; 0 if that is not known.
     */
    int64_t promised_at;
    /**
     * When it arrived; 0 if that is not known.
     */
    int64_t delivered_at;
    /**
     * What was paid in minor units, such as cents; read if there is a currency.
     */
    int64_t total_minor;
    /**
     * The ISO 4217 code of the currency, such as "EUR"; empty if what was paid
     * is not known.
     */
    tactful_str currency;
    /**
     * A tactful_order_status; 0 if it is not known.
     */
    int32_t status;
    /**
     * A tactful_channel: where it was placed; 0 if that is not known.
     */
    int32_t channel;
    /**
     * Zero.
     */
    uint64_t reserved[4];
} tactful_order;

/**
 * One answer about being contacted. Zero it first.
 */
typedef struct {
    /**
     * From when the answer counts, in Unix milliseconds; required.
     */
    int64_t changed_at;
    /**
     * When it lapses; 0 if it does not.
     */
    int64_t expires_at;
    /**
     * A tactful_purpose; required.
     */
    int32_t purpose;
    /**
     * A tactful_consent_status; required.
     */
    int32_t status;
    /**
     * A tactful_channel; 0 if the answer is about every channel.
     */
    int32_t channel;
    /**
     * Zero.
     */
    int32_t reserved_number;
    /**
     * Zero.
     */
    uint64_t reserved[2];
} tactful_grant;

/**
 * One thing that happened to one recommendation. Zero it first.
 *
 * tactful_context_record() makes one of a decision, with all labels.
 */
typedef struct {
    /**
     * The action; required.
     */
    tactful_str action;
    /**
     * The kind the action had; empty if that is not known.
     */
    tactful_str kind;
    /**
     * The group the action had; empty if that is not known.
     */
    tactful_str group;
    /**
     * The decision it goes back to; empty if that is not known.
     */
    tactful_str decision_id;
    /**
     * When it happened, in Unix milliseconds; required.
     */
    int64_t at;
    /**
     * A tactful_outcome; required.
     */
    int32_t outcome;
    /**
     * A tactful_channel: where it happened; 0 if that is not known.
     */
    int32_t channel;
    /**
     * The tactful_purpose the action had; 0 if that is not known.
     */
    int32_t purpose;
    /**
     * Zero.
     */
    int32_t reserved_number;
    /**
     * Zero.
     */
    uint64_t reserved[4];
} tactful_interaction;

/**
 * An action that is recommended. Its texts belong to the decision.
 */
typedef struct {
    /**
     * The id of the action.
     */
    tactful_str action;
    /**
     * The kind of the action, such as "upsell".
     */
    tactful_str kind;
    /**
     * The slot it takes; see has_slot.
     */
    tactful_str slot;
    /**
     * How it is shown; empty if the action has no treatments.
     */
    tactful_str treatment;
    /**
     * Its exact priority, in units of the currency, such as "14.4".
     */
    tactful_str priority;
    /**
     * Its class of importance: service above 0, fallback below.
     */
    int64_t tier;
    /**
     * How many reasons there are why it does not go on the channels that come
     * before in the request: see tactful_decision_passed_over().
     */
    size_t passed_over_count;
    /**
     * The tactful_channel it goes on.
     */
    int32_t channel;
    /**
     * Whether the request named slots.
     */
    bool has_slot;
    /**
     * Whether the request forced it.
     */
    bool is_forced;
    /**
     * Zero.
     */
    uint8_t reserved_bytes[2];
    /**
     * Zero.
     */
    uint64_t reserved[4];
} tactful_recommendation;

/**
 * One reason. Its texts belong to the decision.
 */
typedef struct {
    /**
     * The name of the code, such as "situation_active".
     */
    tactful_str name;
    /**
     * The reason in words for people.
     */
    tactful_str because;
    /**
     * The id of the rule that gives it; empty if none does.
     */
    tactful_str rule;
    /**
     * The condition that is not known to hold, as written; empty if it is not
     * about one.
     */
    tactful_str condition;
    /**
     * The stage that gives it, such as "suppression".
     */
    tactful_str stage;
    /**
     * What kind of news it is: "expected", "protective" or "data_problem".
     */
    tactful_str severity;
    /**
     * When it clears by itself, in Unix milliseconds; see has_until.
     */
    int64_t until;
    /**
     * How many facts it rests on: see tactful_decision_fact().
     */
    size_t fact_count;
    /**
     * The stable code: docs/reasons.md lists them.
     */
    int32_t code;
    /**
     * The tactful_channel it is about; 0 if it is about none.
     */
    int32_t channel;
    /**
     * Whether time alone clears it; until is 0 if it does not.
     */
    bool has_until;
    /**
     * Zero.
     */
    uint8_t reserved_bytes[7];
    /**
     * Zero.
     */
    uint64_t reserved[4];
} tactful_reason;

/**
 * An action that is not recommended. Its texts belong to the decision.
 */
typedef struct {
    /**
     * The id of the action.
     */
    tactful_str action;
    /**
     * The kind of the action, such as "upsell".
     */
    tactful_str kind;
    /**
     * The first reason in words for people.
     */
    tactful_str because;
    /**
     * The priority it would have, such as "14.4"; empty if a score is missing.
     */
    tactful_str priority;
    /**
     * Its class of importance: service above 0, fallback below.
     */
    int64_t tier;
    /**
     * The first instant at which all reasons are clear, in Unix milliseconds,
     * if everything keeps being delivered unchanged; see has_until.
     */
    int64_t until;
    /**
     * Its place among the actions withheld, from 0.
     */
    size_t index;
    /**
     * How many reasons there are, one at least: see tactful_decision_reason().
     */
    size_t reason_count;
    /**
     * A tactful_verdict.
     */
    int32_t verdict;
    /**
     * The code of the first reason, which gave the verdict.
     */
    int32_t code;
    /**
     * Whether time alone clears it; until is 0 if it does not.
     */
    bool has_until;
    /**
     * Zero.
     */
    uint8_t reserved_bytes[7];
    /**
     * Zero.
     */
    uint64_t reserved[4];
} tactful_withheld;

/**
 * A fact that a reason rests on. Its text belongs to the decision.
 */
typedef struct {
    /**
     * The path of the fact, or of its part as a whole.
     */
    tactful_str path;
    /**
     * How long ago it was delivered, in milliseconds; -1 if it never was.
     */
    int64_t age_ms;
    /**
     * How old it may be, in milliseconds, if it is older; -1 otherwise.
     */
    int64_t max_age_ms;
    /**
     * What is the matter with it: 901 unknown, 902 stale, 903 not to be
     * believed, 904 last known; 0 if it is known.
     */
    int32_t code;
    /**
     * Zero.
     */
    int32_t reserved_number;
    /**
     * Zero.
     */
    uint64_t reserved[2];
} tactful_fact;

/**
 * A suppression that is in force, whatever it holds back. Its texts belong to
 * the decision's engine.
 */
typedef struct {
    /**
     * The id of the rule.
     */
    tactful_str rule;
    /**
     * Why the rule is there, in words for people.
     */
    tactful_str because;
    /**
     * How the situation that holds is read aloud.
     */
    tactful_str situation;
    /**
     * When it lets go by itself, in Unix milliseconds; see has_until.
     */
    int64_t until;
    /**
     * The stable code: 401 if the situation holds or cannot be told, 402 if
     * its cool-off does.
     */
    int32_t code;
    /**
     * Whether the situation is known to hold; if not, the rule holds back
     * because nobody can tell.
     */
    bool is_known;
    /**
     * Whether time alone ends it; until is 0 if it does not.
     */
    bool has_until;
    /**
     * Zero.
     */
    uint8_t reserved_bytes[2];
    /**
     * Zero.
     */
    uint64_t reserved[4];
} tactful_suppression;

/**
 * One finding about a policy: what is wrong, where, and what to do.
 *
 * The texts belong to the error or the engine that the finding is of.
 */
typedef struct {
    /**
     * A tactful_severity: whether it is an error or a warning.
     */
    int32_t severity;
    /**
     * The line in the document, from 1; 0 if it is not known.
     */
    uint32_t line;
    /**
     * The column in the line, from 1 and in characters; 0 if it is not known.
     */
    uint32_t column;
    /**
     * Zero.
     */
    uint32_t reserved_number;
    /**
     * The stable name of the kind of finding, such as "E204".
     */
    tactful_str code;
    /**
     * What is wrong.
     */
    tactful_str message;
    /**
     * Where it is, such as "currency".
     */
    tactful_str path;
    /**
     * What to do about it; empty if there is nothing to suggest.
     */
    tactful_str help;
    /**
     * All of it, several lines, with the place in the document shown.
     */
    tactful_str rendered;
    /**
     * Empty.
     */
    tactful_str reserved[2];
} tactful_diagnostic;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Makes settings for batches: a row that cannot be read gets no
 * recommendation, but an error; what is suppressed is accounted for; nothing
 * is carried.
 */
TACTFUL_MUST_USE
tactful_batch *tactful_batch_new(void);

/**
 * Frees settings for batches. NULL is allowed.
 */
void tactful_batch_free(tactful_batch *batch);

/**
 * Names one more column that the result repeats, such as an id. It need not
 * be a fact of the context.
 */
TACTFUL_MUST_USE
tactful_status tactful_batch_carry(tactful_batch *batch,
                                   const char *column,
                                   size_t column_len,
                                   tactful_error **err);

/**
 * Names one more column that is not looked at.
 */
TACTFUL_MUST_USE
tactful_status tactful_batch_ignore(tactful_batch *batch,
                                    const char *column,
                                    size_t column_len,
                                    tactful_error **err);

/**
 * Dates the parts that have columns, though none for their as_of: up to when
 * nothing is missing from what the columns tell, in Unix milliseconds.
 */
TACTFUL_MUST_USE
tactful_status tactful_batch_set_as_of(tactful_batch *batch,
                                       int64_t as_of,
                                       tactful_error **err);

/**
 * Says which actions that are not recommended are accounted for: a
 * tactful_accounts.
 */
TACTFUL_MUST_USE
tactful_status tactful_batch_set_accounts(tactful_batch *batch,
                                          int32_t accounts,
                                          tactful_error **err);

/**
 * Says whether one row that cannot be read fails the whole table: CONTEXT, and
 * the path of the error says where. Otherwise its results are null, and the
 * column "error" says why.
 */
TACTFUL_MUST_USE
tactful_status tactful_batch_set_strict(tactful_batch *batch,
                                        bool strict,
                                        tactful_error **err);

/**
 * Decides for every row of a table: a struct array of Arrow, a row a customer.
 *
 * A column is a fact, named as in the JSON of a context ("profile.plan",
 * "support.tickets"), a part as a struct ("support"), or all of it as text
 * ("context_json"). Null is unknown. Columns "now" and "channel" go before
 * those of the request where they are not null. See docs/batch.md for the
 * columns of the result. Pass NULL as batch for the settings that
 * tactful_batch_new() begins with.
 *
 * array is taken: afterwards its release is NULL, whether the call succeeds
 * or not. schema is looked at and stays yours, so out_schema must not be the
 * same struct: that is INVALID_ARGUMENT. out_array may be the same as array. On
 * success *out_schema and *out_array are yours to release, as the interface of
 * Arrow says; they need not be initialised, and after a failure there is
 * nothing to release in them.
 *
 * CONTEXT says that columns, or a row, cannot be read, INVALID_STATE that schema
 * or array was released before, OTHER that the two do not hold together. What
 * their pointers lead to, and how long buffers are, is the caller's word: no
 * library can check that.
 */
TACTFUL_MUST_USE
tactful_status tactful_engine_decide_arrow(const tactful_engine *engine,
                                           const tactful_request *request,
                                           const tactful_batch *batch,
                                           const struct ArrowSchema *schema,
                                           struct ArrowArray *array,
                                           struct ArrowSchema *out_schema,
                                           struct ArrowArray *out_array,
                                           tactful_error **err);

/**
 * Makes a context in which everything is unknown. It is never NULL but for a
 * defect of the library.
 */
TACTFUL_MUST_USE
tactful_context *tactful_context_new(void);

/**
 * Makes a copy that is yours to free; NULL if it is no context.
 */
TACTFUL_MUST_USE
tactful_context *tactful_context_clone(const tactful_context *context);

/**
 * Frees a context. NULL is allowed.
 */
void tactful_context_free(tactful_context *context);

/**
 * Makes everything unknown again.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_clear(tactful_context *context,
                                     tactful_error **err);

/**
 * Reads a whole context from JSON, up to 8 MiB, in place of what was there.
 *
 * An unknown key or word is refused with status CONTEXT, with its path and the
 * nearest known one; the context is then as it was.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_from_json(tactful_context *context,
                                         const char *json,
                                         size_t json_len,
                                         tactful_error **err);

/**
 * Writes the context as JSON that tactful_context_from_json() reads.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_to_json(const tactful_context *context,
                                       tactful_buffer *out,
                                       tactful_error **err);

/**
 * Reads a whole context from the bytes that tactful_context_to_bytes() of this
 * or an earlier version wrote, in place of what was there.
 *
 * Bytes that are no snapshot are refused with status CONTEXT; the context is
 * then as it was.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_from_bytes(tactful_context *context,
                                          const char *data,
                                          size_t data_len,
                                          tactful_error **err);

/**
 * Writes the context as compact bytes, for key-value stores: the same bytes
 * for the same context everywhere.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_to_bytes(const tactful_context *context,
                                        tactful_buffer *out,
                                        tactful_error **err);

/**
 * Sets the customer's id, as you know it.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_set_user_id(tactful_context *context,
                                           const char *id,
                                           size_t id_len,
                                           tactful_error **err);

/**
 * Delivers a tactful_part: from its source nothing is missing before as_of
 * (Unix milliseconds).
 *
 * What was known of the part is gone, and its fields and lists are unknown
 * until you set them: tactful_context_set_text() and the like for single
 * facts, tactful_context_set_tickets() and the like for lists (these deliver
 * their part themselves).
 */
TACTFUL_MUST_USE
tactful_status tactful_context_deliver(tactful_context *context,
                                       int32_t part,
                                       int64_t as_of,
                                       tactful_error **err);

/**
 * Makes a tactful_part unknown again.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_forget(tactful_context *context,
                                      int32_t part,
                                      tactful_error **err);

/**
 * Sets a tactful_part from JSON, in place of what was there: the object that
 * stands under the name of the part in a context, such as
 * {"as_of": "2026-03-10T15:00:30Z", "plan": "basic"}. null makes it unknown.
 *
 * CONTEXT if it is malformed; the context is then as it was.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_set_part_json(tactful_context *context,
                                             int32_t part,
                                             const char *json,
                                             size_t json_len,
                                             tactful_error **err);

/**
 * Takes in an event, in JSON of up to 64 KiB, such as
 * {"at": "2026-03-10T14:40:00Z", "ticket": {...}}.
 *
 * It does not matter in which order events arrive, nor how often: the context
 * says the same in the end. *applied, a tactful_applied, says what became of
 * it; pass NULL if you do not want to know. EVENT if it is malformed, IDENTITY
 * if it is about another customer; the context is then as it was.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_apply_json(tactful_context *context,
                                          const char *event,
                                          size_t event_len,
                                          int32_t *applied,
                                          tactful_error **err);

/**
 * Takes in another copy of the same customer's context. In whatever order
 * copies are merged, the result is the same.
 *
 * IDENTITY if they are two customers; the context is then as it was.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_merge(tactful_context *context,
                                     const tactful_context *other,
                                     tactful_error **err);

/**
 * Takes in what a visitor did before it was known who they are: what is there
 * is true of the customer, that there is nothing else is not.
 *
 * IDENTITY if the visitor is another customer; the context is then as it was.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_join_anonymous(tactful_context *context,
                                              const tactful_context *visitor,
                                              tactful_error **err);

/**
 * Adds what came of an action of a decision to the history: a tactful_outcome,
 * at a time in Unix milliseconds, with the labels that limits count by.
 *
 * UNKNOWN_ACTION if the policy has no such action, INVALID_STATE if the
 * decision is empty.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_record(tactful_context *context,
                                      const tactful_decision *decision,
                                      const char *action,
                                      size_t action_len,
                                      int32_t outcome,
                                      int64_t at,
                                      tactful_error **err);

/**
 * Writes the fingerprint of what the context says: the same for contexts that
 * say the same.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_fingerprint(const tactful_context *context,
                                           tactful_buffer *out,
                                           tactful_error **err);

/**
 * Returns how many bytes of memory the context takes, about; 0 for NULL.
 */
TACTFUL_MUST_USE
size_t tactful_context_memory_bytes(const tactful_context *context);

/**
 * Sets a fact that is a truth value, by its path, such as
 * "profile.vulnerable". Paths are those of the condition language, and rule 9
 * lists those that can be set.
 *
 * INVALID_STATE if the part was not delivered: see tactful_context_deliver().
 * INVALID_ARGUMENT if there is no such fact or it is of another type; the
 * message says which are near, and the path of the error is the one you gave.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_set_bool(tactful_context *context,
                                        const char *path,
                                        size_t path_len,
                                        bool value,
                                        tactful_error **err);

/**
 * Sets a fact that is a whole number, such as "profile.age_years". As
 * tactful_context_set_bool() otherwise.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_set_int(tactful_context *context,
                                       const char *path,
                                       size_t path_len,
                                       int64_t value,
                                       tactful_error **err);

/**
 * Sets a fact that is a number, such as "scores.churn"; it must be finite. As
 * tactful_context_set_bool() otherwise.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_set_double(tactful_context *context,
                                          const char *path,
                                          size_t path_len,
                                          double value,
                                          tactful_error **err);

/**
 * Sets a fact that is a text or a word of a closed set, such as "profile.plan"
 * or "device.form_factor". As tactful_context_set_bool() otherwise.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_set_text(tactful_context *context,
                                        const char *path,
                                        size_t path_len,
                                        const char *value,
                                        size_t value_len,
                                        tactful_error **err);

/**
 * Sets a fact that is a time, in Unix milliseconds, such as
 * "recency.last_seen_at". As tactful_context_set_bool() otherwise.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_set_time(tactful_context *context,
                                        const char *path,
                                        size_t path_len,
                                        int64_t value,
                                        tactful_error **err);

/**
 * Delivers the support cases: these are all there are as of as_of (Unix
 * milliseconds), and a count of 0 says that there are none.
 *
 * The whole part is replaced: contacts are unknown afterwards. For a list that
 * may not be all, or for contacts, use tactful_context_set_part_json(). Up to
 * 10,000, of which the newest 256 are kept. INVALID_ARGUMENT names the entry
 * and field that is wrong; the context is then as it was.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_set_tickets(tactful_context *context,
                                           int64_t as_of,
                                           const tactful_ticket *tickets,
                                           size_t count,
                                           tactful_error **err);

/**
 * Delivers the orders: these are all there are as of as_of (Unix
 * milliseconds), and a count of 0 says that there are none.
 *
 * The whole part is replaced: cart, products and views are unknown afterwards.
 * Up to 10,000, of which the newest 4,096 are kept. As
 * tactful_context_set_tickets() otherwise.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_set_orders(tactful_context *context,
                                          int64_t as_of,
                                          const tactful_order *orders,
                                          size_t count,
                                          tactful_error **err);

/**
 * Delivers the customer's answers about being contacted: these are all there
 * are as of as_of (Unix milliseconds), and a count of 0 says that there are
 * none.
 *
 * The whole part is replaced: hard blocks and preferred channels are unknown
 * afterwards. Up to 10,000, of which the newest 256 are kept. As
 * tactful_context_set_tickets() otherwise.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_set_grants(tactful_context *context,
                                          int64_t as_of,
                                          const tactful_grant *grants,
                                          size_t count,
                                          tactful_error **err);

/**
 * Delivers the history of recommendations: these are all there were as of
 * as_of (Unix milliseconds), and a count of 0 says that there were none.
 *
 * Up to 10,000. As tactful_context_set_tickets() otherwise.
 */
TACTFUL_MUST_USE
tactful_status tactful_context_set_interactions(tactful_context *context,
                                                int64_t as_of,
                                                const tactful_interaction *interactions,
                                                size_t count,
                                                tactful_error **err);

/**
 * Makes an empty decision. It is never NULL but for a defect of the library.
 */
TACTFUL_MUST_USE
tactful_decision *tactful_decision_new(void);

/**
 * Empties a decision, and lets go of its engine.
 */
TACTFUL_MUST_USE
tactful_status tactful_decision_clear(tactful_decision *decision,
                                      tactful_error **err);

/**
 * Frees a decision. NULL is allowed.
 */
void tactful_decision_free(tactful_decision *decision);

/**
 * Writes the decision as JSON: the same bytes for the same inputs, in every
 * language. INVALID_STATE if it is empty.
 */
TACTFUL_MUST_USE
tactful_status tactful_decision_to_json(const tactful_decision *decision,
                                        tactful_buffer *out,
                                        tactful_error **err);

/**
 * Writes the record of the decision, for a log: JSON that
 * tactful_engine_replay() reads.
 *
 * Context and request must be those it was decided with. Without facts it
 * holds nothing about the customer that the request does not carry; with
 * facts it says what each reason rests on, which is personal data.
 * INVALID_STATE if the decision is empty, INVALID_ARGUMENT for a request with
 * another time, other channels or another decision id than it was decided with.
 */
TACTFUL_MUST_USE
tactful_status tactful_decision_record(const tactful_decision *decision,
                                       const tactful_context *context,
                                       const tactful_request *request,
                                       bool with_facts,
                                       tactful_buffer *out,
                                       tactful_error **err);

/**
 * Describes what came of an action, a tactful_outcome at a time in Unix
 * milliseconds, as JSON: the value of "interaction" in an event, for those who
 * keep contexts elsewhere. tactful_context_record() adds it to one here.
 *
 * UNKNOWN_ACTION if the policy has no such action, INVALID_STATE if the
 * decision is empty.
 */
TACTFUL_MUST_USE
tactful_status tactful_decision_outcome_json(const tactful_decision *decision,
                                             const char *action,
                                             size_t action_len,
                                             int32_t outcome,
                                             int64_t at,
                                             tactful_buffer *out,
                                             tactful_error **err);

/**
 * Returns the moment the decision is about, in Unix milliseconds; 0 if it is
 * empty.
 */
TACTFUL_MUST_USE
int64_t tactful_decision_now(const tactful_decision *decision);

/**
 * Tells until when the recommendations stand, if nothing but time changes.
 *
 * Returns true and sets *until, in Unix milliseconds, if there is such an
 * instant. Returns false and sets it to 0 if time alone changes nothing, and
 * for an empty decision. until must not be NULL, or the answer is false.
 */
TACTFUL_MUST_USE
bool tactful_decision_valid_until(const tactful_decision *decision,
                                  int64_t *until);

/**
 * Returns how many quotas the recommendations take something of; 0 if the
 * decision is empty.
 */
TACTFUL_MUST_USE
size_t tactful_decision_reservation_count(const tactful_decision *decision);

/**
 * Tells how much the recommendations take of a quota, from index 0 on. Taking
 * it is for you to do. OUT_OF_RANGE if there are fewer.
 */
TACTFUL_MUST_USE
tactful_status tactful_decision_reservation(const tactful_decision *decision,
                                            size_t index,
                                            tactful_str *quota,
                                            uint64_t *count,
                                            tactful_error **err);

/**
 * Returns how many actions are recommended; 0 if the decision is empty.
 */
TACTFUL_MUST_USE
size_t tactful_decision_recommendation_count(const tactful_decision *decision);

/**
 * Shows what is recommended at an index, the best at 0. OUT_OF_RANGE if there
 * are fewer, INVALID_STATE if the decision is empty.
 */
TACTFUL_MUST_USE
tactful_status tactful_decision_recommendation(const tactful_decision *decision,
                                               size_t index,
                                               tactful_recommendation *out,
                                               tactful_error **err);

/**
 * Shows a reason why a recommendation does not go on the channels that come
 * before in the request. OUT_OF_RANGE if there are fewer.
 */
TACTFUL_MUST_USE
tactful_status tactful_decision_passed_over(const tactful_decision *decision,
                                            size_t index,
                                            size_t reason,
                                            tactful_reason *out,
                                            tactful_error **err);

/**
 * Returns how many actions are not recommended; 0 if the decision is empty or
 * the request asked for the ranking only.
 */
TACTFUL_MUST_USE
size_t tactful_decision_withheld_count(const tactful_decision *decision);

/**
 * Shows an action that is not recommended, in the order they would have had.
 * OUT_OF_RANGE if there are fewer, INVALID_STATE if the decision is empty.
 */
TACTFUL_MUST_USE
tactful_status tactful_decision_withheld(const tactful_decision *decision,
                                         size_t index,
                                         tactful_withheld *out,
                                         tactful_error **err);

/**
 * Shows what became of an action that is not recommended, found by its id.
 *
 * UNKNOWN_ACTION if it is recommended, if the policy does not have it, or if
 * the request asked for the ranking only.
 */
TACTFUL_MUST_USE
tactful_status tactful_decision_find_withheld(const tactful_decision *decision,
                                              const char *action,
                                              size_t action_len,
                                              tactful_withheld *out,
                                              tactful_error **err);

/**
 * Shows a reason why an action is not recommended: that of index reason, of
 * the action at index withheld. Reasons come in the order of the stages that
 * gave them. OUT_OF_RANGE if there are fewer.
 */
TACTFUL_MUST_USE
tactful_status tactful_decision_reason(const tactful_decision *decision,
                                       size_t withheld,
                                       size_t reason,
                                       tactful_reason *out,
                                       tactful_error **err);

/**
 * Shows a fact that a reason rests on, from index 0 on; the first two indexes
 * are those of tactful_decision_reason(). OUT_OF_RANGE if there are fewer.
 */
TACTFUL_MUST_USE
tactful_status tactful_decision_fact(const tactful_decision *decision,
                                     size_t withheld,
                                     size_t reason,
                                     size_t fact,
                                     tactful_fact *out,
                                     tactful_error **err);

/**
 * Returns how many suppressions are in force; 0 if the decision is empty.
 */
TACTFUL_MUST_USE
size_t tactful_decision_suppression_count(const tactful_decision *decision);

/**
 * Shows a suppression that is in force, from index 0 on. OUT_OF_RANGE if there
 * are fewer, INVALID_STATE if the decision is empty.
 */
TACTFUL_MUST_USE
tactful_status tactful_decision_suppression(const tactful_decision *decision,
                                            size_t index,
                                            tactful_suppression *out,
                                            tactful_error **err);

/**
 * Compiles a policy in TOML.
 *
 * On success *engine is an engine that you release with
 * tactful_engine_release(); otherwise it is NULL. A policy with mistakes is
 * refused with status POLICY, and every mistake is a diagnostic of the error:
 * tactful_error_message() is the whole report. The text, up to 16 MiB, is
 * copied.
 */
TACTFUL_MUST_USE
tactful_status tactful_engine_from_toml(const char *policy,
                                        size_t policy_len,
                                        const tactful_engine **engine,
                                        tactful_error **err);

/**
 * Compiles a policy in JSON. As tactful_engine_from_toml() otherwise.
 */
TACTFUL_MUST_USE
tactful_status tactful_engine_from_json(const char *policy,
                                        size_t policy_len,
                                        const tactful_engine **engine,
                                        tactful_error **err);

/**
 * Counts one more owner, and returns the engine; NULL for NULL.
 *
 * Any thread. Each retain needs a release.
 */
TACTFUL_MUST_USE
const tactful_engine *tactful_engine_retain(const tactful_engine *engine);

/**
 * Gives up a share of the engine; the last owner frees it. NULL is allowed.
 *
 * Any thread. Decisions that the engine made stay readable: each of them is an
 * owner.
 */
void tactful_engine_release(const tactful_engine *engine);

/**
 * Returns the fingerprint of the policy, which decisions and records carry:
 * the same for policies that say the same.
 *
 * The text belongs to the engine; it is empty for NULL.
 */
TACTFUL_MUST_USE
tactful_str tactful_engine_fingerprint(const tactful_engine *engine);

/**
 * Returns the name of the policy, as it says under "policy".
 *
 * The text belongs to the engine; it is empty for NULL.
 */
TACTFUL_MUST_USE
tactful_str tactful_engine_policy(const tactful_engine *engine);

/**
 * Returns how many warnings there are: what is questionable about the policy,
 * though not wrong. 0 for NULL.
 */
TACTFUL_MUST_USE
size_t tactful_engine_warning_count(const tactful_engine *engine);

/**
 * Shows a warning, from 0 on; OUT_OF_RANGE if there are fewer. Its texts
 * belong to the engine.
 */
TACTFUL_MUST_USE
tactful_status tactful_engine_warning(const tactful_engine *engine,
                                      size_t index,
                                      tactful_diagnostic *out);

/**
 * Reads the policy back in English: what is offered, held back and lifted.
 */
TACTFUL_MUST_USE
tactful_status tactful_engine_describe(const tactful_engine *engine,
                                       tactful_buffer *out,
                                       tactful_error **err);

/**
 * Writes the paths of the facts that the policy reads, as a JSON list of texts.
 */
TACTFUL_MUST_USE
tactful_status tactful_engine_reads(const tactful_engine *engine,
                                    tactful_buffer *out,
                                    tactful_error **err);

/**
 * Writes what the policy reads and the context does not say at the time now
 * (Unix milliseconds): a JSON list of objects, for whoever feeds contexts.
 */
TACTFUL_MUST_USE
tactful_status tactful_engine_missing(const tactful_engine *engine,
                                      const tactful_context *context,
                                      int64_t now,
                                      tactful_buffer *out,
                                      tactful_error **err);

/**
 * Writes the actions that the request names and the policy does not have, as a
 * JSON list of texts.
 *
 * A decision passes over them without a word. Whoever switches actions off by
 * request will want to know of a slip of the pen.
 */
TACTFUL_MUST_USE
tactful_status tactful_engine_unknown_actions(const tactful_engine *engine,
                                              const tactful_request *request,
                                              tactful_buffer *out,
                                              tactful_error **err);

/**
 * Decides what to recommend to a customer, into a decision that is used again.
 *
 * What the decision held before is gone, texts included. A pure function: the
 * same policy, context and request give the same decision. It fails only if a
 * pointer is NULL or no such handle; the decision is then empty, if it is one.
 * Engine and context may be used by other threads meanwhile.
 */
TACTFUL_MUST_USE
tactful_status tactful_engine_decide(const tactful_engine *engine,
                                     const tactful_context *context,
                                     const tactful_request *request,
                                     tactful_decision *decision,
                                     tactful_error **err);

/**
 * Decides from JSON to JSON: context and request in, the decision out.
 *
 * The bytes are those of tactful_decision_to_json(). Statuses CONTEXT, REQUEST
 * and TOO_LARGE say which of them is wrong, and the path of the error where.
 */
TACTFUL_MUST_USE
tactful_status tactful_engine_decide_json(const tactful_engine *engine,
                                          const char *context,
                                          size_t context_len,
                                          const char *request,
                                          size_t request_len,
                                          tactful_buffer *out,
                                          tactful_error **err);

/**
 * Explains, in sentences, why an action is recommended or why not, and what
 * would have to be otherwise. Slow and complete: for people who ask.
 *
 * UNKNOWN_ACTION if the policy has no action of this id.
 */
TACTFUL_MUST_USE
tactful_status tactful_engine_explain(const tactful_engine *engine,
                                      const tactful_context *context,
                                      const tactful_request *request,
                                      const char *action,
                                      size_t action_len,
                                      tactful_buffer *out,
                                      tactful_error **err);

/**
 * Writes what tactful_engine_explain() says as a JSON object.
 */
TACTFUL_MUST_USE
tactful_status tactful_engine_explain_json(const tactful_engine *engine,
                                           const tactful_context *context,
                                           const tactful_request *request,
                                           const char *action,
                                           size_t action_len,
                                           tactful_buffer *out,
                                           tactful_error **err);

/**
 * Writes, as a JSON object, what becomes of an action if nothing but time
 * changes: every part is taken to be delivered again and again, unchanged.
 *
 * UNKNOWN_ACTION if the policy has no action of this id.
 */
TACTFUL_MUST_USE
tactful_status tactful_engine_timeline_json(const tactful_engine *engine,
                                            const tactful_context *context,
                                            const tactful_request *request,
                                            const char *action,
                                            size_t action_len,
                                            tactful_buffer *out,
                                            tactful_error **err);

/**
 * Decides again what was recorded, for the context as it is now, and tells
 * what differs.
 *
 * *same is whether the decision is the same to the last reason. The report, a
 * JSON object, names what fares otherwise. The record is what
 * tactful_decision_record() wrote; RECORD says that it is none. Pass NULL for
 * either output if you do not want it.
 */
TACTFUL_MUST_USE
tactful_status tactful_engine_replay(const tactful_engine *engine,
                                     const char *record,
                                     size_t record_len,
                                     const tactful_context *context,
                                     bool *same,
                                     tactful_buffer *report,
                                     tactful_error **err);

/**
 * Frees an error. NULL is allowed.
 */
void tactful_error_free(tactful_error *error);

/**
 * Returns the status of the call that failed; OK for NULL.
 */
TACTFUL_MUST_USE
tactful_status tactful_error_status(const tactful_error *error);

/**
 * Says what is wrong, where, and what to do about it, for people.
 *
 * For a policy it is the whole report, a block of lines for each finding. The
 * text belongs to the error; it is empty for NULL.
 */
TACTFUL_MUST_USE
tactful_str tactful_error_message(const tactful_error *error);

/**
 * Returns the path of the wrong value, such as "support.as_of".
 *
 * It is empty where a document as a whole is meant, for policies, whose
 * findings have a path each, and for NULL. The text belongs to the error.
 */
TACTFUL_MUST_USE
tactful_str tactful_error_path(const tactful_error *error);

/**
 * Tells where in a document it is: line and column, from 1. For a policy it is
 * the place of the first finding.
 *
 * Returns false, and sets both to 0, where the place is not known, for errors
 * that are not about a document, and for NULL. Neither output may be NULL, or
 * the answer is false.
 */
TACTFUL_MUST_USE
bool tactful_error_position(const tactful_error *error,
                            uint32_t *line,
                            uint32_t *column);

/**
 * Returns how many findings there are about a policy; 0 for other errors and
 * for NULL.
 */
TACTFUL_MUST_USE
size_t tactful_error_diagnostic_count(const tactful_error *error);

/**
 * Shows a finding about a policy, from 0 on; OUT_OF_RANGE if there are fewer.
 */
TACTFUL_MUST_USE
tactful_status tactful_error_diagnostic(const tactful_error *error,
                                        size_t index,
                                        tactful_diagnostic *out);

/**
 * Makes a request for a moment, in Unix milliseconds, and a tactful_channel.
 *
 * The library never reads a clock: now is what you say it is. On success
 * *request is a request that you free; otherwise it is NULL. INVALID_ARGUMENT
 * for a number that is no channel, and for a time outside the years 2000 to
 * 2100.
 */
TACTFUL_MUST_USE
tactful_status tactful_request_new(int64_t now,
                                   int32_t channel,
                                   tactful_request **request,
                                   tactful_error **err);

/**
 * Makes a request from JSON, up to 1 MiB, such as
 * {"now": "2026-03-10T15:00:30Z", "channel": "web"}.
 *
 * On success *request is a request that you free; otherwise it is NULL, and
 * the path of the error says what is wrong.
 */
TACTFUL_MUST_USE
tactful_status tactful_request_from_json(const char *json,
                                         size_t json_len,
                                         tactful_request **request,
                                         tactful_error **err);

/**
 * Frees a request. NULL is allowed.
 */
void tactful_request_free(tactful_request *request);

/**
 * Writes the request as JSON that tactful_request_from_json() reads.
 */
TACTFUL_MUST_USE
tactful_status tactful_request_to_json(const tactful_request *request,
                                       tactful_buffer *out,
                                       tactful_error **err);

/**
 * Sets the moment, in Unix milliseconds, so that a request can be used again.
 */
TACTFUL_MUST_USE
tactful_status tactful_request_set_now(tactful_request *request,
                                       int64_t now,
                                       tactful_error **err);

/**
 * Adds a tactful_channel that is tried where an action does not go on those
 * before.
 */
TACTFUL_MUST_USE
tactful_status tactful_request_or_channel(tactful_request *request,
                                          int32_t channel,
                                          tactful_error **err);

/**
 * Tries the channels as the customer prefers them (true) or as they are listed
 * (false, as at first).
 */
TACTFUL_MUST_USE
tactful_status tactful_request_set_preferred_order(tactful_request *request,
                                                   bool preferred,
                                                   tactful_error **err);

/**
 * Adds a slot to fill, after those before; up to 1,000 are filled. A request
 * without slots asks for one ranking.
 */
TACTFUL_MUST_USE
tactful_status tactful_request_add_slot(tactful_request *request,
                                        const char *slot,
                                        size_t slot_len,
                                        tactful_error **err);

/**
 * Sets how many recommendations there may be at most.
 */
TACTFUL_MUST_USE
tactful_status tactful_request_set_limit(tactful_request *request,
                                         size_t limit,
                                         tactful_error **err);

/**
 * Sets what the customer is about to do; conditions read it as request.intent.
 */
TACTFUL_MUST_USE
tactful_status tactful_request_set_intent(tactful_request *request,
                                          const char *intent,
                                          size_t intent_len,
                                          tactful_error **err);

/**
 * Sets an id that the decision carries, to find it again in a log.
 */
TACTFUL_MUST_USE
tactful_status tactful_request_set_decision_id(tactful_request *request,
                                               const char *id,
                                               size_t id_len,
                                               tactful_error **err);

/**
 * Sets the time zone the customer is in, such as "Europe/Vienna"; else it is
 * that of the profile.
 */
TACTFUL_MUST_USE
tactful_status tactful_request_set_time_zone(tactful_request *request,
                                             const char *name,
                                             size_t name_len,
                                             tactful_error **err);

/**
 * Sets the language to speak, such as "de-AT"; else it is that of the device
 * or the profile.
 */
TACTFUL_MUST_USE
tactful_status tactful_request_set_locale(tactful_request *request,
                                          const char *tag,
                                          size_t tag_len,
                                          tactful_error **err);

/**
 * Switches an action off, in an emergency. tactful_engine_unknown_actions()
 * tells of ids that the policy does not have.
 */
TACTFUL_MUST_USE
tactful_status tactful_request_exclude(tactful_request *request,
                                       const char *action,
                                       size_t action_len,
                                       tactful_error **err);

/**
 * Says that nothing is left of an action.
 */
TACTFUL_MUST_USE
tactful_status tactful_request_out_of_stock(tactful_request *request,
                                            const char *action,
                                            size_t action_len,
                                            tactful_error **err);

/**
 * Says that the customer sees an action already, elsewhere on the same page.
 */
TACTFUL_MUST_USE
tactful_status tactful_request_already_shown(tactful_request *request,
                                             const char *action,
                                             size_t action_len,
                                             tactful_error **err);

/**
 * Says how much is left of a quota.
 */
TACTFUL_MUST_USE
tactful_status tactful_request_set_quota(tactful_request *request,
                                         const char *name,
                                         size_t name_len,
                                         uint64_t left,
                                         tactful_error **err);

/**
 * Tries an action out, for quality assurance, in a treatment if one is given
 * (a length of 0 is none). Nothing lifts what protects the customer.
 */
TACTFUL_MUST_USE
tactful_status tactful_request_force(tactful_request *request,
                                     const char *action,
                                     size_t action_len,
                                     const char *treatment,
                                     size_t treatment_len,
                                     tactful_error **err);

/**
 * Asks for the ranking only (true), without an account of each action that is
 * not recommended, or for all of it (false, as at first).
 */
TACTFUL_MUST_USE
tactful_status tactful_request_set_ranked_only(tactful_request *request,
                                               bool ranked_only,
                                               tactful_error **err);

/**
 * Returns the name of a status, such as "null_pointer"; an empty text for a
 * number that is none.
 *
 * Any thread. The text is there for good.
 */
TACTFUL_MUST_USE
tactful_str tactful_status_name(int32_t status);

/**
 * Frees the memory of a buffer and zeroes it; it may be used again. NULL and
 * a buffer without memory are allowed.
 *
 * Do not call free() on what a buffer holds.
 */
void tactful_buffer_free(tactful_buffer *buffer);

/**
 * Returns the version of the library that is loaded, such as "0.1.0".
 *
 * Any thread. The text is there for good.
 */
TACTFUL_MUST_USE
tactful_str tactful_version(void);

/**
 * Returns the TACTFUL_ABI_VERSION of the library that is loaded. If it is not
 * that of the header, the program was compiled for another library.
 *
 * Any thread.
 */
TACTFUL_MUST_USE
int32_t tactful_abi_version(void);

/**
 * Returns the name of a channel, such as "in_app"; an empty text for a
 * number that is none.
 *
 * Any thread. The text is there for good.
 */
TACTFUL_MUST_USE
tactful_str tactful_channel_name(int32_t number);

/**
 * Returns the name of a verdict, such as "suppressed"; an empty text for a
 * number that is none.
 *
 * Any thread. The text is there for good.
 */
TACTFUL_MUST_USE
tactful_str tactful_verdict_name(int32_t number);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* TACTFUL_H */

#ifndef TACTFUL_TEXT_OF
#define TACTFUL_TEXT_OF

#ifdef __cplusplus
extern "C" {
#endif

/* Makes a text of a C string, for structs that you fill; the string must stay.
 * An empty text for NULL. */
static inline tactful_str tactful_text(const char *string)
{
    tactful_str text;
    text.data = string;
    text.len = string != NULL ? strlen(string) : 0;
    return text;
}

#ifdef __cplusplus
}
#endif

#endif
