//! Sockets around the registry: a server on hyper and tokio.
//!
//! [`Server`] is the whole of it: HTTP/1.1 and HTTP/2, with or without TLS, with time-outs, a bound on connections and
//! a check of [who may ask](Guard). [`service()`] is the registry alone, for your own hyper.
//!
//! A request takes the lock on the registry once where it has no body, else twice: before and after. What hashing there
//! is runs between, and off the async threads where it is long.

mod answer;
mod clock;
mod control;
mod early;
mod line;
mod listen;
mod log;
mod pages;
mod receive;
mod service;
mod shared;
mod socket;
mod tls;
mod ui;
mod watch;

pub use crate::guard::Guard;
pub use answer::{AnswerBody, BrokenOff};
pub use clock::{Clock, ClockMode, now};
pub use control::{ControlOptions, Hint};
pub use listen::{BindError, Options, Server};
pub use log::{Log, Served};
pub use service::{Answering, Service, service};
pub use shared::SharedRegistry;
pub use socket::Socket;
pub use tls::Tls;
pub use ui::Ui;
pub use watch::TimeOuts;
