//! Rate limits: a bucket of tokens for each client, for each user, or for all together.

use std::{fmt, time::Duration};

use http::{
    HeaderName, HeaderValue, Method, Response, StatusCode,
    header::{RETRY_AFTER, USER_AGENT},
};
use serde_json::{Value, json};

use super::{Flow, Layer};
use crate::{
    content::Body,
    spec::{Error, MediaType, Timestamp, did_you_mean, parse_duration},
    wire::{Answer, Head, Operation, User, error_answer},
};

/// How many requests there may be in which time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RateRule {
    /// How many at once, and how many in each window.
    pub limit: u64,
    /// How long an empty bucket takes to be full again.
    pub window: Duration,
    /// Who has a bucket of their own.
    pub by: RateBy,
    /// What counts.
    pub counts: RateCounts,
    /// How a client is told when to come again.
    pub retry_after: RetryAfter,
}

/// Who has a bucket of their own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RateBy {
    /// Each client, by its `User-Agent`.
    Client,
    /// Each user; those without a name together.
    User,
    /// Nobody: all use one.
    All,
}

/// What counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RateCounts {
    /// `GET` of a manifest, as with Docker Hub; `HEAD` is free.
    Pulls,
    /// Every request but the one for life and those for methods.
    Requests,
}

/// How a client is told when to come again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RetryAfter {
    /// `Retry-After` in seconds.
    Seconds,
    /// `Retry-After` as a date.
    Date,
    /// In words alone.
    Text,
    /// Not at all.
    None,
}

impl RateRule {
    /// Reads a rule like `100/6h`, or `100/6h,by=user,counts=requests,retry-after=date`.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    ///
    /// ```
    /// use registrette::layer::{RateBy, RateRule};
    ///
    /// assert_eq!(RateRule::parse("100/6h,by=user")?.by, RateBy::User);
    /// assert!(RateRule::parse("100").is_err());
    /// # Ok::<(), String>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',');
        let first = parts.next().unwrap_or_default();
        let fault = || format!("{first:?} is no rate; write it like 100/6h");
        let (limit, window) = first.split_once('/').ok_or_else(fault)?;
        let limit = limit.parse().map_err(|_| fault())?;
        let window = parse_duration(window).map_err(|reason| format!("{}: {reason}", fault()))?;
        let mut rule = Self::new(limit, window)?;
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            rule.set(name, value)?;
        }
        Ok(rule)
    }

    /// Reads a rule as JSON has it: `{ "limit": 100, "windowMs": 21600000 }`.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn read(value: &Value) -> Result<Self, String> {
        let number = |name: &str| value.get(name).and_then(Value::as_u64);
        let (Some(limit), Some(window)) = (number("limit"), number("windowMs")) else {
            return Err("rateLimit takes { limit, windowMs }, whole numbers".to_owned());
        };
        let mut rule = Self::new(limit, Duration::from_millis(window))?;
        for (name, value) in value.as_object().into_iter().flatten() {
            if name != "limit" && name != "windowMs" && !value.is_null() {
                rule.set(name, value.as_str().unwrap_or_default())?;
            }
        }
        Ok(rule)
    }

    fn new(limit: u64, window: Duration) -> Result<Self, String> {
        if limit == 0 || limit > MOST || window.is_zero() || window > LONGEST {
            return Err(
                "a rate limit lets 1 to 1000000 requests through, in a year at most".to_owned(),
            );
        }
        Ok(Self {
            limit,
            window,
            by: RateBy::Client,
            counts: RateCounts::Pulls,
            retry_after: RetryAfter::Seconds,
        })
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match (name, value) {
            ("by", "client") => self.by = RateBy::Client,
            ("by", "user") => self.by = RateBy::User,
            ("by", "all") => self.by = RateBy::All,
            ("counts", "pulls") => self.counts = RateCounts::Pulls,
            ("counts", "requests") => self.counts = RateCounts::Requests,
            ("retry-after" | "retryAfter", "seconds") => self.retry_after = RetryAfter::Seconds,
            ("retry-after" | "retryAfter", "date") => self.retry_after = RetryAfter::Date,
            ("retry-after" | "retryAfter", "text") => self.retry_after = RetryAfter::Text,
            ("retry-after" | "retryAfter", "none") => self.retry_after = RetryAfter::None,
            _ => {
                let known = [
                    "by=client",
                    "by=user",
                    "by=all",
                    "counts=pulls",
                    "counts=requests",
                    "retry-after=seconds",
                    "retry-after=date",
                    "retry-after=text",
                    "retry-after=none",
                ];
                let given = format!("{name}={value}");
                return Err(format!(
                    "a rate limit has no {given:?}; {}",
                    did_you_mean(&given, &known)
                ));
            }
        }
        Ok(())
    }
}

/// Counts requests, and refuses those over the limit; idle without a rule.
#[derive(Clone, Default)]
pub struct RateLimit {
    rule: Option<RateRule>,
    /// When each bucket will be full, in milliseconds times the limit: then nothing is lost to rounding.
    full: Vec<(String, u64)>,
}

/// Whose bucket a request is about, and what is left in it.
#[derive(Clone)]
struct Counted {
    source: String,
    remaining: u64,
    /// Whether it took something out.
    is_taken: bool,
}

/// How many buckets are kept.
const BUCKETS: usize = 1000;

/// The highest limit, and the longest window: so that their products are numbers.
const MOST: u64 = 1_000_000;
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

impl RateLimit {
    /// Counts by this rule; without one, not at all.
    #[must_use]
    pub fn new(rule: Option<RateRule>) -> Self {
        Self {
            rule,
            full: Vec::new(),
        }
    }

    /// Fills all buckets.
    pub fn clear(&mut self) {
        self.full.clear();
    }

    /// When a bucket will be full.
    fn bucket(&mut self, source: &str) -> Option<&mut u64> {
        let found = self.full.iter_mut().find(|(known, _)| known == source);
        found.map(|(_, level)| level)
    }

    fn put(&mut self, source: &str, level: u64, now: u64) {
        if let Some(bucket) = self.bucket(source) {
            *bucket = level;
            return;
        }
        if self.full.len() >= BUCKETS {
            self.full.retain(|(_, level)| *level > now);
        }
        if self.full.len() >= BUCKETS {
            self.full.pop();
        }
        self.full.push((source.to_owned(), level));
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RateLimit")
    }
}

impl RateRule {
    /// What a request takes out of a bucket: the milliseconds of a window, of which a bucket has as many times as its limit.
    fn cost(&self) -> u64 {
        u64::try_from(self.window.as_millis())
            .unwrap_or(u64::MAX)
            .max(1)
    }

    fn source(&self, head: &Head) -> String {
        let user = || head.extensions.get().map(|User(name)| name.clone());
        let client = || {
            head.headers
                .get(USER_AGENT)?
                .to_str()
                .ok()
                .map(str::to_owned)
        };
        let source = match self.by {
            RateBy::Client => client(),
            RateBy::User => user(),
            RateBy::All => return "all".to_owned(),
        };
        source.unwrap_or_else(|| "anonymous".to_owned())
    }

    /// Whether a request is about the limit at all, and whether it counts.
    fn counts(&self, head: &Head) -> Option<bool> {
        let operation = head.operation.as_ref().ok()?;
        match self.counts {
            RateCounts::Pulls if matches!(operation, Operation::PullManifest { .. }) => {
                Some(head.method == Method::GET)
            }
            RateCounts::Pulls => None,
            RateCounts::Requests => {
                let is_free = matches!(
                    operation,
                    Operation::CheckAlive | Operation::ListMethods { .. }
                );
                (!is_free).then_some(true)
            }
        }
    }

    fn refuse(&self, now: Timestamp, wait: Duration, head: &Head) -> Response<Body> {
        let error = Error::TooMany {
            what: match self.counts {
                RateCounts::Pulls => "pulls",
                RateCounts::Requests => "requests",
            },
            limit: self.limit,
            retry_after: wait,
        };
        if self.retry_after == RetryAfter::Text {
            let text = format!(
                "retry-after: {}ms, allowed: {}/{}s",
                u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                self.limit,
                self.window.as_secs()
            );
            let body = json!({ "errors": [{ "code": error.code().as_str(), "message": text }] });
            return Answer::new(StatusCode::TOO_MANY_REQUESTS)
                .json(&MediaType::JSON, body.to_string())
                .done();
        }
        let mut answer = error_answer(&error, head.quirks());
        match self.retry_after {
            RetryAfter::Seconds | RetryAfter::Text => {}
            RetryAfter::None => drop(answer.headers_mut().remove(RETRY_AFTER)),
            RetryAfter::Date => {
                let seconds = Duration::from_secs(error.retry_after().unwrap_or_default());
                if let Ok(date) = HeaderValue::try_from(now.after(seconds).http_date()) {
                    answer.headers_mut().insert(RETRY_AFTER, date);
                }
            }
        }
        answer
    }
}

impl Layer for RateLimit {
    fn before(&mut self, now: Timestamp, head: &mut Head) -> Flow {
        let Some(rule) = self.rule.clone() else {
            return Flow::Next;
        };
        let Some(is_taken) = rule.counts(head) else {
            return Flow::Next;
        };
        let source = rule.source(head);
        let limit = rule.limit;
        let at = now.as_millis().saturating_mul(limit);
        let cost = rule.cost();
        let room = cost.saturating_mul(limit);
        let level = self.bucket(&source).copied().unwrap_or(at).max(at);
        let next = level.saturating_add(if is_taken { cost } else { 0 });
        let over = next.saturating_sub(at).saturating_sub(room);
        let is_over = is_taken && over > 0;
        let level = if is_over { level } else { next };
        let left = room.saturating_sub(level.saturating_sub(at));
        head.extensions.insert(Counted {
            source: source.clone(),
            remaining: left.checked_div(cost).unwrap_or_default(),
            is_taken: is_taken && !is_over,
        });
        if is_over {
            let millis = over.div_ceil(limit.max(1));
            let wait = Duration::from_millis(millis);
            return Flow::Answer(Box::new(rule.refuse(now, wait, head)));
        }
        if is_taken {
            self.put(&source, level, at);
        }
        Flow::Next
    }

    fn after(&mut self, _: Timestamp, head: &Head, answer: &mut Response<Body>) {
        let (Some(rule), Some(counted)) = (&self.rule, head.extensions.get::<Counted>()) else {
            return;
        };
        let cost = rule.cost();
        if answer.status() == StatusCode::UNAUTHORIZED {
            // Whose password was wrong is not who they said they are.
            if counted.is_taken
                && let Some(level) = self.bucket(&counted.source)
            {
                *level = level.saturating_sub(cost);
            }
            return;
        }
        let window = rule.window.as_secs();
        let lines = [
            (LIMIT, format!("{};w={window}", rule.limit)),
            (REMAINING, format!("{};w={window}", counted.remaining)),
            (SOURCE, counted.source.clone()),
        ];
        for (name, value) in lines {
            if let Ok(value) = HeaderValue::try_from(value) {
                answer.headers_mut().insert(name, value);
            }
        }
    }

    fn fork(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }
}

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const SOURCE: HeaderName = HeaderName::from_static("docker-ratelimit-source");
