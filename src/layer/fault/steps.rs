//! Answers spoilt: rewritings of their steps.

use std::{mem, time::Duration};

use bytes::BytesMut;
use http::Response;

use super::{Place, Verb};
use crate::content::{Body, Chunk, Step};

/// The most pieces that a throttled body is cut into.
const PIECES: u64 = 10_000;

/// How often a throttled body sends a piece, in pieces a second.
const BEAT: u64 = 10;

/// Does to an answer what a verb says. What a verb answers by itself is done already.
pub(super) fn apply(verb: &Verb, answer: &mut Response<Body>) {
    if let Verb::Header { set, drop } = verb {
        for name in drop {
            answer.headers_mut().remove(name);
        }
        for (name, value) in set {
            answer.headers_mut().insert(name, value.clone());
        }
        return;
    }
    let body = answer.body_mut();
    match verb {
        Verb::Delay { time, place } => delay(body, *time, *place),
        Verb::Reset { at: Some(at) } => end(body, *at, Some(Step::Reset)),
        Verb::Truncate { at } => end(body, *at, None),
        Verb::Stall { at } => end(body, *at, Some(Step::Hang)),
        Verb::Throttle { rate } => throttle(body, *rate),
        Verb::Corrupt { at } => corrupt(body, *at),
        Verb::Status { .. }
        | Verb::Redirect { .. }
        | Verb::Hang
        | Verb::Reset { at: None }
        | Verb::Header { .. } => {}
    }
}

fn delay(body: &mut Body, time: Duration, place: Place) {
    match place {
        Place::Head => body.before.insert(0, Step::Wait(time)),
        Place::End => before_last_byte(body, Step::Wait(time)),
        Place::Chunks => {
            let mut is_first = true;
            rewrite(body, |step, steps| {
                if matches!(step, Step::Send(_)) && !mem::take(&mut is_first) {
                    steps.push(Step::Wait(time));
                }
                steps.push(step);
            });
        }
    }
}

/// A client that counts does not wait for what comes after the last byte.
fn before_last_byte(body: &mut Body, step: Step) {
    let last = body.steps.pop();
    if let Some(Step::Send(chunk)) = &last {
        let end = chunk.len().saturating_sub(1);
        let most = chunk.slice(0..end);
        if !most.is_empty() {
            body.steps.push(Step::Send(most));
        }
        body.steps.push(step);
        body.steps.push(Step::Send(chunk.slice(end..chunk.len())));
    } else {
        body.steps.extend(last);
        body.steps.push(step);
    }
}

/// Ends a body after so many bytes, if it has as many, with a last step.
fn end(body: &mut Body, at: u64, last: Option<Step>) {
    let mut left = at;
    let mut is_over = false;
    rewrite(body, |step, steps| {
        if is_over {
            return;
        }
        let Step::Send(chunk) = &step else {
            steps.push(step);
            return;
        };
        let length = chunk.len() as u64;
        if length < left {
            left = left.saturating_sub(length);
            steps.push(step);
            return;
        }
        is_over = true;
        let kept = chunk.slice(0..usize::try_from(left).unwrap_or(usize::MAX));
        if !kept.is_empty() {
            steps.push(Step::Send(kept));
        }
    });
    // A body that is shorter ends as it would, but for what the rule says comes then.
    body.steps.extend(last);
}

fn throttle(body: &mut Body, rate: u64) {
    let rate = rate.max(1);
    let beat = rate.checked_div(BEAT).unwrap_or_default();
    let least = body.len().checked_div(PIECES).unwrap_or_default();
    let piece = usize::try_from(beat.max(least).max(1)).unwrap_or(usize::MAX);
    rewrite(body, |step, steps| {
        let Step::Send(chunk) = &step else {
            steps.push(step);
            return;
        };
        let mut begin = 0_usize;
        while begin < chunk.len() {
            let end = begin.saturating_add(piece).min(chunk.len());
            let sent = (end.saturating_sub(begin) as u64).saturating_mul(1_000_000);
            let micros = sent.checked_div(rate).unwrap_or_default();
            steps.push(Step::Wait(Duration::from_micros(micros)));
            steps.push(Step::Send(chunk.slice(begin..end)));
            begin = end;
        }
    });
}

fn corrupt(body: &mut Body, at: u64) {
    let mut left = Some(at);
    rewrite(body, |step, steps| {
        let (Step::Send(chunk), Some(at)) = (&step, left) else {
            steps.push(step);
            return;
        };
        let length = chunk.len() as u64;
        if at >= length {
            left = Some(at.saturating_sub(length));
            steps.push(step);
            return;
        }
        left = None;
        let mut bytes = BytesMut::from(&chunk.bytes()[..]);
        let byte = usize::try_from(at).ok().and_then(|at| bytes.get_mut(at));
        if let Some(byte) = byte {
            *byte ^= 1;
        }
        steps.push(Step::Send(Chunk::from(bytes.freeze())));
    });
}

fn rewrite(body: &mut Body, mut each: impl FnMut(Step, &mut Vec<Step>)) {
    let steps = mem::take(&mut body.steps);
    for step in steps {
        each(step, &mut body.steps);
    }
}
