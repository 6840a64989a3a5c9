//! Logarithm, exponential and power, with the same bits on every platform.
//!
//! Those of the standard library are the platform's own, and differ in the
//! last bit from one to the next. These use only operations that IEEE 754
//! defines to the bit: each is within a few units in the last place.
//!
//! Nothing else in [`analytics`](super) calls a transcendental function, so a
//! crate of such functions can take the place of this file.

use std::f64::consts::{LN_2, SQRT_2};

/// The high bits of ln 2: a product with an exponent has no rounding error.
const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
/// What is missing from [`LN_2_HIGH`] to ln 2.
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// The bits of a double that hold its exponent, and what they hold for 1.
const EXPONENT_AT: u32 = 52;
const EXPONENT_OF_ONE: i32 = 1023;
const FRACTION: u64 = (1 << EXPONENT_AT) - 1;

/// Returns the natural logarithm of a finite number above 0.
pub(super) fn ln(x: f64) -> f64 {
    if x < f64::MIN_POSITIVE {
        // Subnormal: 54 bits up, so that the exponent counts.
        return ln(x * 18_014_398_509_481_984.0) - 54.0 * LN_2;
    }
    let (exponent, fraction) = split(x);
    let above_one = fraction - 1.0;
    let exponent = f64::from(exponent);
    exponent * LN_2_HIGH + (ln_near_one(above_one) + exponent * LN_2_LOW)
}

/// Returns ln(1 + x) for a finite x above -1, exact also where 1 + x is not.
pub(super) fn ln_1p(x: f64) -> f64 {
    if (-0.29..0.41).contains(&x) {
        return ln_near_one(x);
    }
    let sum = 1.0 + x;
    // What the sum lost, to first order.
    let lost = if x < 1.0 { x - (sum - 1.0) } else { 1.0 - (sum - x) };
    ln(sum) + lost / sum
}

/// Returns e to the power of a number; infinite above 709.8, 0 below -745.2.
pub(super) fn exp(x: f64) -> f64 {
    if x > 710.0 {
        return f64::INFINITY;
    }
    if x < -746.0 {
        return 0.0;
    }
    let twos = (x / LN_2).round_ties_even();
    let rest = (x - twos * LN_2_HIGH) - twos * LN_2_LOW;
    scaled(1.0 + exp_m1_near_zero(rest), twos)
}

/// Returns e to the power of a number, less 1, exact also near 0.
pub(super) fn exp_m1(x: f64) -> f64 {
    if x.abs() <= 0.5 { exp_m1_near_zero(x) } else { exp(x) - 1.0 }
}

/// Returns a power of a number above 0.
///
/// The error grows with the result's distance from 1: |ln result| times half
/// a unit in the last place.
pub(super) fn pow(base: f64, exponent: f64) -> f64 {
    exp(exponent * ln(base))
}

/// Returns 2 to the power of a whole number between -1100 and 1100 times `x`.
pub(super) fn scaled(x: f64, twos: f64) -> f64 {
    // In two steps: the power alone may lie outside of what a double holds.
    let half = (twos / 2.0).trunc();
    x * power_of_two(half) * power_of_two(twos - half)
}

fn power_of_two(twos: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number, clamped to the exponents of normal doubles"
    )]
    let exponent = (twos.clamp(-1022.0, 1023.0) + f64::from(EXPONENT_OF_ONE)) as u64;
    f64::from_bits(exponent << EXPONENT_AT)
}

/// Splits a normal number into a power of two and a factor within √2 of 1.
fn split(x: f64) -> (i32, f64) {
    let bits = x.to_bits();
    let exponent = (bits >> EXPONENT_AT) as i32 - EXPONENT_OF_ONE;
    let fraction = f64::from_bits(bits & FRACTION | 1.0_f64.to_bits());
    if fraction > SQRT_2 { (exponent + 1, fraction / 2.0) } else { (exponent, fraction) }
}

/// Returns ln(1 + x) for x between -0.3 and 0.42.
///
/// With s = x / (2 + x) it is 2 artanh(s) = 2 (s + s³/3 + s⁵/5 + …), written
/// as x - x²/2 + s (x²/2 + R) so that the leading terms are exact.
fn ln_near_one(x: f64) -> f64 {
    let s = x / (2.0 + x);
    let square = s * s;
    let mut rest = 0.0;
    // |s| is below 0.18: the next term would be below 2⁻⁵⁶ of the first.
    for odd in [21.0, 19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0] {
        rest = square * (2.0 / odd + rest);
    }
    let half_square = 0.5 * x * x;
    x - (half_square - s * (half_square + rest))
}

/// Returns e^x - 1 = x + x²/2! + x³/3! + … for |x| up to 0.5.
fn exp_m1_near_zero(x: f64) -> f64 {
    let mut rest = 1.0;
    for divisor in [15.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0] {
        rest = 1.0 + rest * x / divisor;
    }
    x + 0.5 * x * x * rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How far apart two doubles are, in units in the last place.
    fn ulps(a: f64, b: f64) -> i64 {
        a.to_bits().cast_signed().saturating_sub(b.to_bits().cast_signed()).abs()
    }

    /// Numbers of all sizes between two powers of two.
    fn spread(lowest: i32, highest: i32) -> impl Iterator<Item = f64> {
        (0..20_000).map(move |step| {
            let place = f64::from(step) / 20_000.0;
            (f64::from(lowest) + place * f64::from(highest - lowest)).exp2()
        })
    }

    #[test]
    fn they_are_close_to_those_of_the_platform() {
        for x in spread(-1074, 1023) {
            assert!(ulps(ln(x), x.ln()) <= 2, "ln {x:e}: {} {}", ln(x), x.ln());
        }
        for x in spread(-1, 1) {
            assert!(ulps(ln(x), x.ln()) <= 2, "ln {x:e}: {} {}", ln(x), x.ln());
        }
        for x in spread(-60, 9).flat_map(|x| [x, -x]) {
            assert!(ulps(exp(x), x.exp()) <= 2, "exp {x:e}: {} {}", exp(x), x.exp());
            assert!(ulps(exp_m1(x), x.exp_m1()) <= 3, "exp_m1 {x:e}");
        }
        for x in spread(-60, 60).chain(spread(-60, -1).map(|x| -x)) {
            assert!(ulps(ln_1p(x), x.ln_1p()) <= 3, "ln_1p {x:e}: {} {}", ln_1p(x), x.ln_1p());
        }
        for (base, exponent) in spread(-20, 20).zip(spread(-20, 2)) {
            assert!(ulps(pow(base, exponent), base.powf(exponent)) <= 64, "{base:e} {exponent:e}");
        }
    }

    #[test]
    fn they_have_edges() {
        assert_eq!(ln(1.0).to_bits(), 0);
        assert_eq!(exp(0.0).to_bits(), 1.0_f64.to_bits());
        assert!(exp(709.8).is_infinite() && exp(1e300).is_infinite());
        assert_eq!(exp(-745.2).to_bits(), 0);
        assert_eq!(exp(-1e300).to_bits(), 0);
        assert_eq!(exp_m1(-1e3).to_bits(), (-1.0_f64).to_bits());
        assert_eq!(scaled(1.0, -1074.0).to_bits(), 1);
        assert_eq!(scaled(1.0, -1075.0).to_bits(), 0);
    }

    /// The bits themselves: whoever changes them changes scores.
    #[test]
    fn the_bits_are_these() {
        let bits = [ln(10.0), ln_1p(1e-3), exp(1.5), exp_m1(-0.25), pow(2.5, 0.3)];
        let these = [
            0x4002_6bb1_bbb5_5516,
            0x3f50_6035_4f8c_3ebf,
            0x4011_ed3f_e64f_c541,
            0xbfcc_5041_854d_f7d4,
            0x3ff5_0fe6_c94a_6e58,
        ];
        assert_eq!(bits.map(f64::to_bits), these);
    }
}
