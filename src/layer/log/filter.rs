//! Which calls somebody wants to see.

use http::Method;

use super::Call;
use crate::{
    spec::{Glob, unknown},
    wire::{Operation, decode, parse_method},
};

/// Which calls: those for which all that is given holds.
///
/// ```
/// use registrette::layer::CallFilter;
///
/// let filter = CallFilter::parse("operation=blob.*&repository=demo/*&status=4xx&since=12")?;
/// assert_eq!(filter.since, 12);
/// assert!(CallFilter::parse("staus=404").unwrap_err().contains("did you mean \"status\"?"));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CallFilter {
    /// One of these operations, by name: `blob.get`. `blob.*` is all of them.
    pub operations: Vec<Glob>,
    /// This method.
    pub method: Option<Method>,
    /// A repository of such a name; `*` stays within a segment, `**` does not.
    pub repository: Option<Glob>,
    /// A tag, digest or session of such a form.
    pub reference: Option<Glob>,
    /// A client whose `User-Agent` is of such a form.
    pub client: Option<Glob>,
    /// One of these statuses.
    pub statuses: Vec<Statuses>,
    /// This fault happened to it.
    pub fault: Option<u64>,
    /// Its number is above this one.
    pub since: u64,
    /// So many of the last ones; `None`: all.
    pub last: Option<usize>,
}

/// One status, or all of a class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Statuses {
    /// This one.
    One(u16),
    /// All that begin with this digit.
    Class(u16),
}

const NAMES: [&str; 9] = [
    "operation",
    "method",
    "repository",
    "reference",
    "client",
    "status",
    "fault",
    "since",
    "last",
];

impl CallFilter {
    /// Reads the query of a URL. `operation` and `status` can be there several times.
    ///
    /// # Errors
    /// A sentence that names the member and what it takes; for an unknown name the nearest that there is.
    pub fn parse(query: &str) -> Result<Self, String> {
        let mut filter = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let read = |text| decode(text).map_err(|_| format!("{pair:?} cannot be decoded"));
            filter.set(&read(name)?, &read(value)?)?;
        }
        Ok(filter)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let glob = || Some(Glob::new(value));
        let number = || {
            let number = value.parse::<u64>();
            number.map_err(|_| format!("{name} is {value:?}; it takes a whole number"))
        };
        match name {
            "operation" => self.operations.push(Operation::pattern(value)?),
            "method" => self.method = Some(parse_method(value)?),
            "repository" => self.repository = glob(),
            "reference" => self.reference = glob(),
            "client" => self.client = glob(),
            "status" => self.statuses.push(Statuses::parse(value)?),
            "fault" => self.fault = Some(number()?),
            "since" => self.since = number()?,
            "last" => self.last = Some(usize::try_from(number()?).unwrap_or(usize::MAX)),
            _ => return Err(unknown("filter", name, &NAMES)),
        }
        Ok(())
    }

    /// Whether a call is one of them, but for `last`.
    #[must_use]
    pub fn is_match(&self, call: &Call) -> bool {
        let fits = |glob: &Option<Glob>, text: Option<&str>| {
            let glob = glob.as_ref();
            glob.is_none_or(|glob| text.is_some_and(|text| glob.is_match(text)))
        };
        let repository = call.repository.as_ref().map(|name| name.as_str());
        call.sequence > self.since
            && (self.operations.is_empty()
                || (self.operations.iter()).any(|glob| glob.is_match(call.operation)))
            && (self.method.as_ref()).is_none_or(|method| *method == call.method)
            && fits(&self.repository, repository)
            && fits(&self.reference, call.reference.as_deref())
            && fits(&self.client, call.client())
            && (self.statuses.is_empty()
                || (self.statuses.iter()).any(|statuses| statuses.holds(call.status)))
            && (self.fault).is_none_or(|fault| call.faults.contains(&fault))
    }

    /// Those calls of a log that it is about.
    #[must_use]
    pub fn of<'a>(&self, calls: impl Iterator<Item = &'a Call>) -> Vec<&'a Call> {
        let mut found: Vec<_> = calls.filter(|call| self.is_match(call)).collect();
        let last = self.last.unwrap_or(usize::MAX);
        found.drain(..found.len().saturating_sub(last));
        found
    }
}

impl Statuses {
    fn parse(text: &str) -> Result<Self, String> {
        let class = text.strip_suffix("xx");
        let class = class.and_then(|digit| digit.parse().ok().filter(|digit| *digit < 10));
        let one = || text.parse().ok().filter(|_| text.len() <= 3);
        (class.map(Self::Class).or_else(|| one().map(Self::One))).ok_or_else(|| {
            format!("status is {text:?}; it takes one like 404, or a class like 4xx")
        })
    }

    fn holds(self, status: u16) -> bool {
        match self {
            Self::One(one) => status == one,
            Self::Class(digit) => status.checked_div(100) == Some(digit),
        }
    }
}
