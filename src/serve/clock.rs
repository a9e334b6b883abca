//! The clock of a server: what time its registry is told, and what answers wait by.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use crate::spec::Timestamp;

/// Where a clock that is moved by hand begins: 2026-01-01T00:00:00Z.
const START: u64 = 1_767_225_600_000;

/// What time it is by the system, as a [`Registry`](crate::Registry) is told it.
#[expect(
    clippy::disallowed_methods,
    reason = "the core is told the time, and this is who tells it"
)]
#[must_use]
pub fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// What moves a clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ClockMode {
    /// The system, and [`Clock::advance`] besides.
    #[default]
    Real,
    /// Only [`Clock::advance`]: an answer that is due later waits for that.
    Virtual,
    /// [`Clock::advance`], and every answer that is due later: it moves the clock and comes at once.
    Auto,
}

/// The time of one server. Clones are the same clock.
///
/// What time passes for goes by it: delays and slow bodies, sessions that expire, windows of fault rules. Time-outs of
/// connections do not. Nothing runs while answers wait for a clock that is moved by hand.
///
/// ```
/// use std::time::Duration;
/// use registrette::serve::{Clock, ClockMode};
///
/// let clock = Clock::new(ClockMode::Virtual);
/// let before = clock.now();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now().since(before), Duration::from_secs(60));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    mode: ClockMode,
    /// How far the clock was moved from the system's time, or from the start, in milliseconds.
    moved: watch::Sender<i64>,
    /// When the answers that wait will be through, by a number of each.
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    last: u64,
    ends: BTreeMap<u64, Duration>,
}

impl Clock {
    /// A clock of its own.
    #[must_use]
    pub fn new(mode: ClockMode) -> Self {
        Self(Arc::new(Inner {
            mode,
            ..Inner::default()
        }))
    }

    /// What moves it.
    #[must_use]
    pub fn mode(&self) -> ClockMode {
        self.0.mode
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.base().saturating_add_signed(*self.0.moved.borrow()))
    }

    /// Moves it forward, and lets happen what is due by then. What is less than a millisecond counts as one.
    pub fn advance(&self, time: Duration) {
        let millis = i64::try_from(ceil(time)).unwrap_or(i64::MAX);
        let moved = &self.0.moved;
        moved.send_modify(|moved| *moved = moved.saturating_add(millis));
    }

    /// Moves it forward to the end of every answer that waits now.
    pub fn run_all(&self) {
        let last = self.waiting().ends.values().max().copied();
        self.reach(last.unwrap_or_default());
    }

    /// Sets it, also back: to the time of a snapshot that is restored. What waits is due when it was.
    pub fn set(&self, now: Timestamp) {
        let (now, base) = (now.as_millis(), self.base());
        let moved = i64::try_from(i128::from(now) - i128::from(base)).unwrap_or(i64::MAX);
        self.0.moved.send_replace(moved);
    }

    /// How many answers wait for it.
    #[must_use]
    pub fn waiting_answers(&self) -> usize {
        self.waiting().ends.len()
    }

    fn base(&self) -> u64 {
        match self.0.mode {
            ClockMode::Real => now().as_millis(),
            ClockMode::Virtual | ClockMode::Auto => START,
        }
    }

    /// Moves it forward to a moment, where it is not later already.
    fn reach(&self, due: Duration) {
        self.advance(due.saturating_sub(since_epoch(self.now())));
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // Whoever panicked under the lock left a map that is whole.
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until so much time has passed since then.
    async fn wait(self, since: Since, time: Duration) {
        let mut moved = self.0.moved.subscribe();
        match self.0.mode {
            ClockMode::Real => loop {
                let ahead = moved.borrow_and_update().saturating_sub(since.moved);
                let ahead = Duration::from_millis(u64::try_from(ahead).unwrap_or_default());
                let passed = since.instant.elapsed().saturating_add(ahead);
                let left = time.saturating_sub(passed);
                if left.is_zero() {
                    return;
                }
                tokio::select! {
                    () = sleep(left) => {}
                    _ = moved.changed() => {}
                }
            },
            ClockMode::Virtual => {
                let due = since.now.saturating_add(time);
                while since_epoch(self.now()) < due && moved.changed().await.is_ok() {}
            }
            ClockMode::Auto => self.reach(since.now.saturating_add(time)),
        }
    }
}

/// The waits of one answer. Each is over so long after the one before it was due, so that a clock that is moved far at
/// once has them all behind it.
#[derive(Debug)]
pub(super) struct Pace {
    clock: Clock,
    since: Since,
    /// How long it has waited when the last wait is over, and all are.
    waited: Duration,
    whole: Duration,
}

/// When an answer began, by the server's clock, and by the system's.
#[derive(Clone, Copy, Debug)]
struct Since {
    now: Duration,
    moved: i64,
    instant: Instant,
}

/// An answer that waits, for as long as the value lives.
#[derive(Debug)]
struct Seat(Clock, u64);

impl Pace {
    /// The waits of an answer that begins now and waits so long in all.
    pub(super) fn new(clock: Clock, whole: Duration) -> Self {
        let since = Since {
            now: since_epoch(clock.now()),
            moved: *clock.0.moved.borrow(),
            instant: Instant::now(),
        };
        Self {
            clock,
            since,
            waited: Duration::ZERO,
            whole,
        }
    }

    /// The next wait.
    pub(super) fn wait(
        &mut self,
        time: Duration,
    ) -> impl Future<Output = ()> + Send + Sync + use<> {
        self.waited = self.waited.saturating_add(time);
        let wait = self.clock.clone().wait(self.since, self.waited);
        let seat = Seat::take(&self.clock, self.since.now.saturating_add(self.whole));
        async move {
            wait.await;
            drop(seat);
        }
    }
}

impl Seat {
    fn take(clock: &Clock, end: Duration) -> Self {
        let mut waiting = clock.waiting();
        waiting.last = waiting.last.wrapping_add(1);
        let number = waiting.last;
        waiting.ends.insert(number, end);
        drop(waiting);
        Self(clock.clone(), number)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.waiting().ends.remove(&self.1);
    }
}

fn since_epoch(now: Timestamp) -> Duration {
    Duration::from_millis(now.as_millis())
}

fn ceil(time: Duration) -> u128 {
    time.as_nanos().div_ceil(1_000_000)
}
