//! The structs a decision is shown by, as a call that fails leaves them.

use super::accounts::*;
use crate::text::tactful_str;

impl tactful_recommendation {
    /// What a call that fails leaves.
    pub(super) const EMPTY: Self = Self {
        action: tactful_str::EMPTY,
        kind: tactful_str::EMPTY,
        slot: tactful_str::EMPTY,
        treatment: tactful_str::EMPTY,
        priority: tactful_str::EMPTY,
        tier: 0,
        passed_over_count: 0,
        channel: 0,
        has_slot: false,
        is_forced: false,
        reserved_bytes: [0; 2],
        reserved: [0; 4],
    };
}

impl tactful_withheld {
    /// What a call that fails leaves.
    pub(super) const EMPTY: Self = Self {
        action: tactful_str::EMPTY,
        kind: tactful_str::EMPTY,
        because: tactful_str::EMPTY,
        priority: tactful_str::EMPTY,
        tier: 0,
        until: 0,
        index: 0,
        reason_count: 0,
        verdict: 0,
        code: 0,
        has_until: false,
        reserved_bytes: [0; 7],
        reserved: [0; 4],
    };
}

impl tactful_reason {
    /// What a call that fails leaves.
    pub(super) const EMPTY: Self = Self {
        name: tactful_str::EMPTY,
        because: tactful_str::EMPTY,
        rule: tactful_str::EMPTY,
        condition: tactful_str::EMPTY,
        stage: tactful_str::EMPTY,
        severity: tactful_str::EMPTY,
        until: 0,
        fact_count: 0,
        code: 0,
        channel: 0,
        has_until: false,
        reserved_bytes: [0; 7],
        reserved: [0; 4],
    };
}

impl tactful_fact {
    /// What a call that fails leaves.
    pub(super) const EMPTY: Self = Self {
        path: tactful_str::EMPTY,
        age_ms: -1,
        max_age_ms: -1,
        code: 0,
        reserved_number: 0,
        reserved: [0; 2],
    };
}

impl tactful_suppression {
    /// What a call that fails leaves.
    pub(super) const EMPTY: Self = Self {
        rule: tactful_str::EMPTY,
        because: tactful_str::EMPTY,
        situation: tactful_str::EMPTY,
        until: 0,
        code: 0,
        is_known: false,
        has_until: false,
        reserved_bytes: [0; 2],
        reserved: [0; 4],
    };
}
