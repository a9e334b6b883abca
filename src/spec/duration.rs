//! Durations as people write them.

use std::time::Duration;

/// The units of Go's `time.ParseDuration`, in nanoseconds; longer names first.
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Reads a duration in the syntax of Go's `time.ParseDuration`: `300ms`, `1.5h`, `1h2m3s`.
///
/// ```
/// use registrette::spec::parse_duration;
/// use std::time::Duration;
///
/// assert_eq!(parse_duration("1m1.5s"), Ok(Duration::from_millis(61_500)));
/// assert!(parse_duration("-2s").unwrap_err().contains("negative"));
/// ```
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let invalid = |why: &str| {
        format!("{text:?} is not a duration: {why}; write it like 300ms, 1.5s or 1m30s")
    };
    let positive = text.strip_prefix('+').unwrap_or(text);
    if positive.starts_with('-') {
        return Err(invalid("it is negative"));
    }
    if positive == "0" {
        return Ok(Duration::ZERO);
    }
    if positive.is_empty() {
        return Err(invalid("it is empty"));
    }
    let mut rest = positive;
    let mut sum = 0_u64;
    while !rest.is_empty() {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, after) = rest.split_at(digits(rest));
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => after.split_at(digits(after)),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid("a number is missing"));
        }
        let unit = UNITS.iter().find(|(name, _)| {
            let next = after.strip_prefix(name);
            next.is_some_and(|next| !next.starts_with(|c: char| c.is_alphabetic()))
        });
        let Some((name, unit)) = unit else {
            return Err(invalid("a unit is missing or unknown"));
        };
        let part = nanoseconds(whole, fraction, *unit).and_then(|part| sum.checked_add(part));
        sum = part.ok_or_else(|| invalid("it is too long"))?;
        rest = after.strip_prefix(name).unwrap_or_default();
    }
    Ok(Duration::from_nanos(sum))
}

fn nanoseconds(whole: &str, fraction: &str, unit: u64) -> Option<u64> {
    let number = |text: &str| {
        if text.is_empty() {
            Some(0)
        } else {
            text.parse::<u64>().ok()
        }
    };
    // What lies below a billionth of a unit is no nanosecond of anything shorter than a year.
    let fraction = fraction.get(..9).unwrap_or(fraction);
    let scale = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let part = u128::from(number(fraction)?)
        .checked_mul(u128::from(unit))?
        .checked_div(u128::from(scale))?;
    number(whole)?
        .checked_mul(unit)?
        .checked_add(u64::try_from(part).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        for (text, nanoseconds) in [
            ("0", 0),
            ("0s", 0),
            ("5s", 5_000_000_000),
            ("+5s", 5_000_000_000),
            ("300ms", 300_000_000),
            ("1.5h", 5_400_000_000_000),
            (".5s", 500_000_000),
            ("5.s", 5_000_000_000),
            ("1h2m3s", 3_723_000_000_000),
            ("1us1ns", 1_001),
            ("2µs", 2_000),
            ("0.3333333333333333333h", 1_199_999_998_800),
        ] {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_nanos(nanoseconds)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_duration_is_told() {
        for (text, why) in [
            ("", "empty"),
            ("3", "unit"),
            ("-5s", "negative"),
            ("s", "number"),
            (".s", "number"),
            ("1d", "unit"),
            ("1 s", "unit"),
            ("1sx", "unit"),
            ("99999999999h", "too long"),
        ] {
            let fault = parse_duration(text).unwrap_err();
            assert!(fault.contains(why), "{text}: {fault}");
        }
    }
}
