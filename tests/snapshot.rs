//! Contexts as bytes: small, the same everywhere, and readable for good.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::Path;

use tactful::{Context, ErrorKind};

const CUSTOMERS: &str = include_str!("../examples/data/customers.jsonl");

fn customers() -> impl Iterator<Item = Context> {
    CUSTOMERS.lines().map(|line| Context::from_json(line).unwrap())
}

#[test]
fn what_is_written_can_be_read() {
    for customer in customers().step_by(7) {
        let bytes = customer.to_bytes();
        let read = Context::from_bytes(&bytes).unwrap();
        assert_eq!(read, customer);
        assert_eq!(read.to_bytes(), bytes);
        assert_eq!(read.to_json(), customer.to_json());
    }
}

/// A typical context takes less than a kilobyte.
#[test]
fn a_typical_context_is_small() {
    let mut sizes: Vec<usize> = customers().map(|customer| customer.to_bytes().len()).collect();
    sizes.sort_unstable();
    let json: usize = CUSTOMERS.lines().map(str::len).sum();
    let bytes: usize = sizes.iter().sum();
    assert!(sizes[sizes.len() / 2] < 1_024, "median {}", sizes[sizes.len() / 2]);
    assert!(sizes[sizes.len() * 9 / 10] < 1_024, "p90 {}", sizes[sizes.len() * 9 / 10]);
    assert!(bytes * 3 < json * 2, "{bytes} bytes for {json} of JSON");
}

/// Every version that was ever written is read, and says the same as then.
#[test]
fn old_snapshots_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
    for version in 1..=1 {
        let bytes = std::fs::read(folder.join(format!("context-{version}.bin"))).unwrap();
        let json = std::fs::read_to_string(folder.join(format!("context-{version}.json"))).unwrap();
        assert_eq!(bytes[..2], [b'T', version]);
        let context = Context::from_bytes(&bytes).unwrap();
        assert_eq!(context, Context::from_json(json).unwrap());
        // The present version is written byte for byte as it was.
        if version == 1 {
            assert_eq!(context.to_bytes(), bytes);
        }
    }
}

#[test]
fn bytes_that_are_no_snapshot_are_refused() {
    let good = customers().next().unwrap().to_bytes();
    let said = |bytes: &[u8]| {
        let error = Context::from_bytes(bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Context);
        error.to_string()
    };
    assert_eq!(said(b""), "context: this is no snapshot of a context");
    assert_eq!(said(b"{}"), "context: this is no snapshot of a context");
    assert_eq!(
        said(b"T\x07\x80"),
        "context: a snapshot of version 7, and this library reads up to 1: it was written by a \
         later one"
    );
    let mut longer = good.clone();
    longer.push(0);
    assert_eq!(said(&longer), "context: 1 bytes follow the snapshot");
    // {"profile": {"as_of": 0}} and {"suport": nil}
    let early = b"T\x01\x81\xa7profile\x81\xa5as_of\x00";
    assert!(said(early).starts_with("context: profile.as_of: "), "{}", said(early));
    assert!(said(b"T\x01\x81\xa6suport\xc0").contains("unknown field `suport`"));
    for length in 2..good.len() {
        said(&good[..length]);
    }
    let large = vec![b'T'; Context::MAX_BYTES + 1];
    assert_eq!(Context::from_bytes(large).unwrap_err().kind(), ErrorKind::TooLarge);
}

/// A list that says it is longer than the text costs no more than the text.
#[test]
fn a_lie_about_a_length_costs_nothing() {
    let lie = b"T\x01\x81\xaduser_segments\xdd\xff\xff\xff\xff";
    assert!(Context::from_bytes(lie).is_err());
    let lie = b"T\x01\x81\xa7profile\x81\xa8segments\xdd\xff\xff\xff\xff";
    assert!(Context::from_bytes(lie).is_err());
}

/// What JSON cannot hold does not come in by bytes either.
#[test]
fn numbers_are_finite() {
    let score = |value: [u8; 8]| {
        let head: &[u8] = b"T\x01\x81\xa6scores\x82\xa5as_of\xcf\0\0\x01\x9c\xd7\x35\x18\0\xa6values\x81\xa1x\xcb";
        Context::from_bytes([head, &value].concat())
    };
    assert!(score(0.5_f64.to_be_bytes()).is_ok());
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let error = score(value.to_be_bytes()).unwrap_err();
        assert_eq!(error.path(), "scores.values.x");
        assert!(error.to_string().contains("the number is not finite"), "{error}");
    }
}
