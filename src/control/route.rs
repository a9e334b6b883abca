//! Which paths there are.

use http::Method;

use super::PREFIX;

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Route {
    Health,
    Stats,
    Metrics,
    OpenApi,
    Reset,
    Snapshots,
    TakeSnapshot,
    DropSnapshot(u64),
    Restore,
    Registries,
    OpenRegistry,
    Registry(u64),
    CloseRegistry(u64),
    Faults,
    AddFaults,
    ClearFaults,
    Fault(u64),
    RemoveFault(u64),
    Clock,
    MoveClock,
    Calls,
    ForgetCalls,
    Archive,
    Script,
    CheckCalls,
    Profile,
    SetProfile,
}

/// Whether a request has to have a body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Need {
    Nothing,
    Json,
}

/// One path with one method: how it becomes a route. The number is what stands in place of `{id}`.
type Row = (&'static str, &'static str, Need, fn(u64) -> Route);

const ROWS: &[Row] = &[
    ("GET", "health", Need::Nothing, |_| Route::Health),
    ("GET", "stats", Need::Nothing, |_| Route::Stats),
    ("GET", "metrics", Need::Nothing, |_| Route::Metrics),
    ("GET", "openapi.json", Need::Nothing, |_| Route::OpenApi),
    ("POST", "reset", Need::Nothing, |_| Route::Reset),
    ("GET", "snapshot", Need::Nothing, |_| Route::Snapshots),
    ("POST", "snapshot", Need::Nothing, |_| Route::TakeSnapshot),
    (
        "DELETE",
        "snapshot/{id}",
        Need::Nothing,
        Route::DropSnapshot,
    ),
    ("POST", "restore", Need::Json, |_| Route::Restore),
    ("GET", "registries", Need::Nothing, |_| Route::Registries),
    ("POST", "registries", Need::Nothing, |_| Route::OpenRegistry),
    ("GET", "registries/{id}", Need::Nothing, Route::Registry),
    (
        "DELETE",
        "registries/{id}",
        Need::Nothing,
        Route::CloseRegistry,
    ),
    ("GET", "faults", Need::Nothing, |_| Route::Faults),
    ("POST", "faults", Need::Json, |_| Route::AddFaults),
    ("DELETE", "faults", Need::Nothing, |_| Route::ClearFaults),
    ("GET", "faults/{id}", Need::Nothing, Route::Fault),
    ("DELETE", "faults/{id}", Need::Nothing, Route::RemoveFault),
    ("GET", "clock", Need::Nothing, |_| Route::Clock),
    ("POST", "clock", Need::Json, |_| Route::MoveClock),
    ("GET", "calls", Need::Nothing, |_| Route::Calls),
    ("DELETE", "calls", Need::Nothing, |_| Route::ForgetCalls),
    ("GET", "calls.har", Need::Nothing, |_| Route::Archive),
    ("GET", "calls.sh", Need::Nothing, |_| Route::Script),
    ("POST", "calls/check", Need::Json, |_| Route::CheckCalls),
    ("GET", "profile", Need::Nothing, |_| Route::Profile),
    ("PUT", "profile", Need::Json, |_| Route::SetProfile),
];

impl Route {
    /// Reads a path.
    ///
    /// # Errors
    /// The methods that the path takes; `None` where there is no such path.
    pub(super) fn parse(method: &Method, target: &str) -> Result<(Self, Need), Option<String>> {
        let path = target.split('?').next().unwrap_or_default();
        let path = path.strip_prefix(PREFIX).ok_or(None)?;
        let method = if method == Method::HEAD {
            "GET"
        } else {
            method.as_str()
        };
        let mut allowed = Vec::new();
        for (own, pattern, need, route) in ROWS {
            let Some(id) = fits(pattern, path) else {
                continue;
            };
            if *own == method {
                return Ok((route(id), *need));
            }
            allowed.push(*own);
        }
        Err((!allowed.is_empty()).then(|| allowed.join(", ")))
    }
}

/// The number in a path of that form; 0 where the form has none.
fn fits(pattern: &str, path: &str) -> Option<u64> {
    match pattern.strip_suffix("{id}") {
        None => (pattern == path).then_some(0),
        Some(before) => {
            let id = path.strip_prefix(before)?;
            let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
            id.parse().ok().filter(|_| is_number)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_description_has_these_paths_and_no_others() {
        let text: serde_json::Value = serde_json::from_str(super::super::answer::OPENAPI).unwrap();
        let paths = text["paths"].as_object().unwrap();
        let described: BTreeSet<_> = (paths.iter())
            .flat_map(|(path, item)| {
                let methods = item.as_object().unwrap().keys();
                let methods = methods.filter(|name| *name != "parameters");
                methods.map(move |method| format!("{} {path}", method.to_uppercase()))
            })
            .collect();
        let there = ROWS
            .iter()
            .map(|(method, path, ..)| format!("{method} {PREFIX}{path}"));
        assert_eq!(described, there.collect());
    }

    #[test]
    fn paths_are_read() {
        let parse = |method: &str, target: &str| Route::parse(&method.parse().unwrap(), target);
        let faults = Ok((Route::Fault(7), Need::Nothing));
        assert_eq!(parse("GET", "/_control/faults/7?x"), faults);
        assert_eq!(parse("HEAD", "/_control/faults/7"), faults);
        for path in ["", "faults/", "faults/+7", "faults/7/", "fault", "FAULTS"] {
            assert_eq!(
                parse("GET", &format!("/_control/{path}")),
                Err(None),
                "{path}"
            );
        }
        let allow = "GET, POST, DELETE".to_owned();
        assert_eq!(parse("PUT", "/_control/faults"), Err(Some(allow)));
    }
}
