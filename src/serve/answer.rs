//! Answers as hyper sends them: steps made real.

use std::{
    error, fmt, mem,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
    vec,
};

use bytes::Bytes;
use http::{HeaderMap, Response, header::CONTENT_LENGTH};
use http_body::{Frame, SizeHint};
use tokio::sync::mpsc;

use super::{
    clock::{Clock, Pace},
    line::{Flight, Hold},
    log::Record,
};
use crate::content::{Body, Step};

/// The body of an answer. Its frames are the registry's own bytes, not copies.
#[derive(Debug)]
pub struct AnswerBody {
    steps: vec::IntoIter<Step>,
    /// Bytes still to come, where nothing but bytes comes and they are as many as the head says.
    left: Option<u64>,
    /// The head says that more bytes come than do.
    owes: bool,
    pause: Option<Box<Pause>>,
    pace: Option<Box<Pace>>,
    flight: Option<Flight>,
    record: Option<Box<Record>>,
    /// What comes after the steps.
    more: Option<Box<More>>,
}

/// Bytes from somebody who goes on telling. The wait for them is meant.
#[derive(Debug)]
struct More {
    from: mpsc::Receiver<Bytes>,
    #[expect(dead_code, reason = "held, not read")]
    hold: Option<Hold>,
}

/// Why a request got no answer, or half of one: a step says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BrokenOff;

enum Pause {
    Wait(
        Pin<Box<dyn Future<Output = ()> + Send + Sync>>,
        #[expect(dead_code, reason = "held, not read")] Option<Hold>,
    ),
    Hang(#[expect(dead_code, reason = "held, not read")] Option<Hold>),
    /// What was sent before has had its chance to leave.
    Reset,
}

impl AnswerBody {
    /// Takes over an answer, when what is to be done before its head is done.
    pub(super) fn take(
        answer: Response<Body>,
        pace: Option<Box<Pace>>,
        flight: Option<Flight>,
        mut record: Option<Box<Record>>,
    ) -> Response<Self> {
        let (head, body) = answer.into_parts();
        if let Some(record) = &mut record {
            record.answered(head.status);
        }
        let (sent, said) = (plain_length(&body.steps), declared(&head.headers));
        let owes = sent.zip(said).is_some_and(|(sent, said)| sent < said);
        // Where the head gives another length, hyper must not hear of ours: it would send the one and count by the other.
        let left = sent.filter(|sent| said.is_none_or(|said| said == *sent));
        let steps = body.steps.into_iter();
        Response::from_parts(
            head,
            Self {
                steps,
                left,
                owes,
                pause: None,
                pace,
                flight,
                record,
                more: None,
            },
        )
    }

    /// An answer that goes on until the other end of its channel is gone.
    pub(super) fn follow(
        head: Response<()>,
        from: mpsc::Receiver<Bytes>,
        flight: Option<Flight>,
        record: Option<Box<Record>>,
    ) -> Response<Self> {
        let hold = flight.as_ref().map(Flight::hold);
        let mut answer = Self::take(head.map(|()| Body::empty()), None, flight, record);
        let body = answer.body_mut();
        body.left = None;
        body.more = Some(Box::new(More { from, hold }));
        answer
    }

    /// The pause that a step is; `None` for one that sends, or takes no time.
    fn pause(&mut self, step: &Step) -> Option<Pause> {
        let hold = self.flight.as_ref().map(Flight::hold);
        match step {
            Step::Wait(time) => {
                let wait = self.pace.as_mut()?.wait(*time);
                Some(Pause::Wait(Box::pin(wait), hold))
            }
            Step::Hang => Some(Pause::Hang(hold)),
            Step::Reset => Some(Pause::Reset),
            Step::Send(_) => None,
        }
    }

    /// Ready when the pause is over; an error when nothing comes after it.
    fn poll_pause(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BrokenOff>> {
        match self.pause.as_deref_mut() {
            None => {}
            Some(Pause::Wait(timer, _)) => ready!(timer.as_mut().poll(cx)),
            Some(Pause::Hang(_)) => return Poll::Pending,
            Some(Pause::Reset) => {
                if let Some(flight) = &self.flight {
                    flight.line().break_off();
                }
                return Poll::Ready(Err(BrokenOff));
            }
        }
        self.pause = None;
        Poll::Ready(Ok(()))
    }
}

impl http_body::Body for AnswerBody {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        loop {
            ready!(self.poll_pause(cx))?;
            let Some(step) = self.steps.next() else {
                if mem::take(&mut self.owes) {
                    // As before a reset.
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                let Some(more) = &mut self.more else {
                    return Poll::Ready(None);
                };
                let Some(bytes) = ready!(more.from.poll_recv(cx)) else {
                    return Poll::Ready(None);
                };
                if let Some(record) = &mut self.record {
                    record.sent(bytes.len() as u64);
                }
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            };
            if let Step::Send(chunk) = &step {
                let bytes = chunk.bytes();
                let length = bytes.len() as u64;
                self.left = self.left.map(|left| left.saturating_sub(length));
                if let Some(record) = &mut self.record {
                    record.sent(length);
                }
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
            self.pause = self.pause(&step).map(Box::new);
            if matches!(step, Step::Reset) {
                // hyper drops what it has not sent when a body fails: it is given one turn to send it.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        // Of a body that is not there though the head says so, hyper must not know: it would mend the head.
        self.pause.is_none()
            && self.steps.as_slice().is_empty()
            && !self.owes
            && self.more.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.left
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// Does what comes before the head of an answer.
///
/// # Errors
/// [`BrokenOff`]: there is no answer.
pub(super) async fn before(
    steps: Vec<Step>,
    pace: Option<&mut Pace>,
    flight: Option<&Flight>,
) -> Result<(), BrokenOff> {
    let _hold = flight.map(Flight::hold);
    let mut pace = pace;
    for step in steps {
        match step {
            Step::Wait(time) => {
                if let Some(pace) = &mut pace {
                    pace.wait(time).await;
                }
            }
            Step::Hang => std::future::pending::<()>().await,
            Step::Reset => {
                if let Some(flight) = flight {
                    flight.line().break_off();
                }
                return Err(BrokenOff);
            }
            // There is nothing to send bytes in.
            Step::Send(_) => {}
        }
    }
    Ok(())
}

/// The waits of an answer; `None` where it does not wait.
pub(super) fn pace(answer: &Response<Body>, clock: &Clock) -> Option<Box<Pace>> {
    let Body { before, steps } = answer.body();
    let waits = before.iter().chain(steps).map(|step| match step {
        Step::Wait(time) => *time,
        Step::Send(_) | Step::Reset | Step::Hang => Duration::ZERO,
    });
    let whole = waits.fold(Duration::ZERO, Duration::saturating_add);
    (!whole.is_zero()).then(|| Box::new(Pace::new(clock.clone(), whole)))
}

/// How many bytes the steps send, when they do nothing else but take time.
fn plain_length(steps: &[Step]) -> Option<u64> {
    steps.iter().try_fold(0_u64, |sum, step| match step {
        Step::Send(chunk) => Some(sum.saturating_add(chunk.len() as u64)),
        Step::Wait(_) => Some(sum),
        Step::Reset | Step::Hang => None,
    })
}

/// The length that the head gives.
fn declared(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get(CONTENT_LENGTH)?.to_str().ok()?;
    text.parse().ok()
}

impl fmt::Debug for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wait(..) => "Wait",
            Self::Hang(_) => "Hang",
            Self::Reset => "Reset",
        })
    }
}

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is broken off on purpose")
    }
}

impl error::Error for BrokenOff {}
