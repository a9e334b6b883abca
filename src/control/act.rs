//! Doing what is asked.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Map, Value, json as value};

use super::{
    Ask, Control, Kept, MOST_SNAPSHOTS, Reply, Task,
    admit::wants_events,
    answer::{Refusal, fault, json, nothing, text},
    metrics::metrics,
    route::Route,
};
use crate::{
    Registry,
    layer::{CallBudget, CallFilter, Fault, FaultId, Rule, call_json, har, script},
    spec::{Profile, Quirks, Settings, object, parse_duration, unknown},
};

type Done = Result<Reply, Refusal>;

pub(super) fn act(
    control: &mut Control,
    registry: &mut Registry,
    ask: &Ask<'_>,
    route: Route,
) -> Done {
    match route {
        Route::Health => ok(&value!({ "status": "ok" })),
        Route::Stats => ok(&stats(control, registry)),
        Route::Metrics => told(text(
            StatusCode::OK,
            "text/plain; version=0.0.4",
            metrics(registry),
        )),
        Route::OpenApi => Ok(Reply::Task(Task::Describe)),
        Route::Reset => Ok(Reply::Task(Task::Reset)),
        Route::Snapshots => ok(&(control.kept.iter())
            .map(|(id, kept)| snapshot(*id, kept))
            .collect()),
        Route::TakeSnapshot => take_snapshot(control, registry, ask),
        Route::DropSnapshot(id) => {
            let before = control.kept.len();
            control.kept.retain(|(known, _)| *known != id);
            if control.kept.len() == before {
                return absent("snapshot", id);
            }
            told(nothing())
        }
        Route::Restore => {
            let id = read(ask, &["id"])?;
            let id = id.get("id").and_then(Value::as_u64);
            let id = id.ok_or_else(|| {
                wrong("restore takes { \"id\": NUMBER }, as POST /_control/snapshot gave it")
            })?;
            let Some((_, kept)) = control.kept.iter().find(|(known, _)| *known == id) else {
                return absent("snapshot", id);
            };
            restore(registry, kept)?;
            Ok(Reply::Answer(nothing(), Some(kept.clock)))
        }
        Route::Registries => Ok(Reply::Task(Task::Registries)),
        Route::OpenRegistry => Ok(Reply::Task(Task::Open)),
        Route::Registry(id) => Ok(Reply::Task(Task::Registry(id))),
        Route::CloseRegistry(id) => Ok(Reply::Task(Task::Close(id))),
        Route::Faults => ok(&registry.faults().map(fault_json).collect()),
        Route::AddFaults => add_faults(registry, ask),
        Route::ClearFaults => {
            registry.clear_faults();
            told(nothing())
        }
        Route::Fault(id) => {
            let found = registry.faults().find(|fault| fault.id.number() == id);
            found.map_or_else(|| absent("fault", id), |fault| ok(&fault_json(fault)))
        }
        Route::RemoveFault(id) => {
            let removed = registry.remove_fault(FaultId::new(id));
            removed.map_or_else(|| absent("fault", id), |fault| ok(&fault_json(&fault)))
        }
        Route::Clock => Ok(Reply::Task(Task::Clock)),
        Route::MoveClock => move_clock(ask),
        Route::Calls => {
            let (filter, follows) = filter(ask)?;
            if follows && *ask.method == Method::GET {
                let events = wants_events(ask.headers);
                return Ok(Reply::Task(Task::Follow { filter, events }));
            }
            ok(&filter
                .of(registry.calls())
                .into_iter()
                .map(call_json)
                .collect())
        }
        Route::ForgetCalls => {
            registry.forget_calls();
            told(nothing())
        }
        Route::Archive => ok(&har(filter(ask)?.0.of(registry.calls()))),
        Route::Script => {
            let script = script(filter(ask)?.0.of(registry.calls()));
            told(text(
                StatusCode::OK,
                "text/x-shellscript; charset=utf-8",
                script,
            ))
        }
        Route::CheckCalls => {
            let budget =
                CallBudget::parse(&body(ask)?).map_err(|fault| wrong(&fault.to_string()))?;
            ok(&match registry.check_calls(&budget) {
                Ok(()) => value!({ "ok": true }),
                Err(overspent) => value!({ "ok": false, "message": overspent.to_string() }),
            })
        }
        Route::Profile => ok(&profile(registry.settings())),
        Route::SetProfile => set_profile(registry, ask),
    }
}

/// Comes back to a state.
pub(super) fn restore(registry: &mut Registry, kept: &Kept) -> Result<(), Refusal> {
    let fault =
        |error: crate::spec::Error| Box::new(fault(StatusCode::CONFLICT, &error.to_string()));
    registry.restore(&kept.state).map_err(fault)
}

fn take_snapshot(control: &mut Control, registry: &Registry, ask: &Ask<'_>) -> Done {
    if control.kept.len() >= MOST_SNAPSHOTS {
        let sentence = format!("there are {MOST_SNAPSHOTS} snapshots; delete some");
        return told(fault(StatusCode::TOO_MANY_REQUESTS, &sentence));
    }
    control.last = control.last.saturating_add(1);
    let kept = Kept {
        state: registry.snapshot(),
        at: ask.now,
        clock: ask.clock,
    };
    let answer = snapshot(control.last, &kept);
    control.kept.push((control.last, kept));
    told(json(StatusCode::CREATED, &answer))
}

fn snapshot(id: u64, kept: &Kept) -> Value {
    value!({ "id": id, "at": kept.at.rfc3339() })
}

fn add_faults(registry: &mut Registry, ask: &Ask<'_>) -> Done {
    let text = body(ask)?;
    let is_list = text.trim_start().starts_with('[');
    let rules = Rule::parse_all(&text).map_err(|fault| wrong(&fault.to_string()))?;
    let ids: Vec<_> = (rules.into_iter())
        .map(|rule| registry.add_fault(ask.now, rule))
        .collect();
    let faults = registry.faults().filter(|fault| ids.contains(&fault.id));
    let mut faults: Vec<_> = faults.map(fault_json).collect();
    let answer = match faults.pop() {
        Some(only) if !is_list => only,
        last => faults.into_iter().chain(last).collect(),
    };
    told(json(StatusCode::CREATED, &answer))
}

fn fault_json(fault: &Fault) -> Value {
    value!({
        "id": fault.id.number(),
        "rule": fault.rule.to_json(),
        "matches": fault.matches,
        "hits": fault.hits,
    })
}

fn move_clock(ask: &Ask<'_>) -> Done {
    let takes = || {
        wrong(
            "clock takes { \"advance\": 1500 }, { \"advance\": \"1.5s\" } or { \"runAll\": true }",
        )
    };
    let mut members = read(ask, &["advance", "runAll"])?;
    let task = match (members.remove("advance"), members.remove("runAll")) {
        (None, Some(Value::Bool(true))) => Task::RunAll,
        (Some(Value::String(text)), None) => {
            Task::Advance(parse_duration(&text).map_err(|fault| wrong(&fault))?)
        }
        (Some(millis), None) => {
            Task::Advance(Duration::from_millis(millis.as_u64().ok_or_else(takes)?))
        }
        _ => return Err(takes()),
    };
    Ok(Reply::Task(task))
}

/// Which calls a query asks for, and whether it wants those that are still to come.
fn filter(ask: &Ask<'_>) -> Result<(CallFilter, bool), Refusal> {
    let query = ask.target.split_once('?').map_or("", |(_, query)| query);
    let is_follow = |pair: &str| pair == "follow" || pair.starts_with("follow=");
    let rest: Vec<_> = query.split('&').filter(|pair| !is_follow(pair)).collect();
    let filter = CallFilter::parse(&rest.join("&")).map_err(|fault| wrong(&fault))?;
    let follows = query
        .split('&')
        .any(|pair| is_follow(pair) && pair != "follow=false");
    Ok((filter, follows))
}

fn stats(control: &Control, registry: &Registry) -> Value {
    let stats = registry.stats();
    value!({
        "repositories": stats.repositories,
        "manifests": stats.manifests,
        "blobs": stats.blobs,
        "uploads": stats.uploads,
        "bytes": stats.bytes,
        "calls": registry.calls().count(),
        "faults": registry.faults().count(),
        "snapshots": control.kept.len(),
    })
}

/// The name of the profile that has these switches, where there is one, and the switches that are not the spec's; the
/// same for each prefix.
fn profile(settings: &Settings) -> Value {
    let mut told = named(&settings.quirks);
    let below = settings.quirks_below.iter();
    let below = object(below.map(|(prefix, quirks)| (format!("{prefix}/"), named(quirks))));
    if let Some(members) = told.as_object_mut().filter(|_| !below.is_empty()) {
        members.insert("profiles".to_owned(), below.into());
    }
    told
}

fn named(wanted: &Quirks) -> Value {
    let quirks = |name: &str| {
        Profile::named(name)
            .and_then(|profile| profile.quirks())
            .ok()
    };
    let name = Profile::names().find(|name| quirks(name).as_ref() == Some(wanted));
    value!({ "name": name, "quirks": wanted.to_json() })
}

fn set_profile(registry: &mut Registry, ask: &Ask<'_>) -> Done {
    let mut members = read(ask, &["name", "quirks", "profiles"])?;
    let below = members.remove("profiles").unwrap_or_default();
    let mut settings = Settings {
        quirks: Quirks::read(&Value::Object(members)).map_err(|fault| wrong(&fault))?,
        ..registry.settings().clone()
    };
    let none = Map::new();
    let prefixes = match below.as_object() {
        Some(prefixes) => prefixes,
        None if below.is_null() => &none,
        None => {
            return Err(wrong(&format!(
                "profiles is {below}; it takes an object of prefixes"
            )));
        }
    };
    let read = settings.read_quirks_below(prefixes);
    read.map_err(|fault| wrong(&format!("profiles: {fault}")))?;
    match registry.configure(settings) {
        Ok(()) => ok(&profile(registry.settings())),
        Err(error) => told(fault(StatusCode::CONFLICT, &error.to_string())),
    }
}

fn body(ask: &Ask<'_>) -> Result<String, Refusal> {
    let text = std::str::from_utf8(ask.body);
    text.map(str::to_owned)
        .map_err(|_| wrong("the body is not UTF-8"))
}

/// The members of the object that a body is.
fn read(ask: &Ask<'_>, known: &[&str]) -> Result<Map<String, Value>, Refusal> {
    let members = match serde_json::from_slice(ask.body) {
        Ok(Value::Object(members)) => members,
        Ok(other) => return Err(wrong(&format!("expected an object, got {other}"))),
        Err(fault) => return Err(wrong(&format!("the body is not JSON: {fault}"))),
    };
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(wrong(&unknown("member", name, known))),
        None => Ok(members),
    }
}

fn wrong(sentence: &str) -> Refusal {
    Box::new(fault(StatusCode::BAD_REQUEST, sentence))
}

fn absent(what: &str, id: u64) -> Done {
    told(fault(
        StatusCode::NOT_FOUND,
        &format!("there is no {what} {id}"),
    ))
}

fn ok(body: &Value) -> Done {
    told(json(StatusCode::OK, body))
}

#[expect(clippy::unnecessary_wraps, reason = "it is what every act gives")]
fn told(answer: http::Response<bytes::Bytes>) -> Done {
    Ok(Reply::Answer(answer, None))
}
