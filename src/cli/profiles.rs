//! `registrette profiles`.

use registrette::spec::{Profile, Quirks, listed};

use super::{Mistake, args::Profiles, say};

pub(super) fn profiles(args: &Profiles) -> Result<(), Mistake> {
    let wrong = |fault: registrette::spec::ProfileError| Mistake(fault.to_string());
    if args.json {
        let json = listed(args.name.as_deref()).map_err(wrong)?;
        say::on_stdout(&format!("{json:#}"));
        return Ok(());
    }
    let lines: Vec<String> = match &args.name {
        Some(name) => one(&Profile::named(name).map_err(wrong)?),
        None if args.switches => Quirks::rows().flat_map(switch).collect(),
        None => {
            let all: Result<Vec<_>, _> = Profile::names().map(Profile::named).collect();
            let all = all.map_err(wrong)?;
            all.iter()
                .map(|it| format!("{:18} {}", it.name, it.about))
                .collect()
        }
    };
    say::on_stdout(&lines.join("\n"));
    Ok(())
}

/// A profile: each thing that it sets, and below it what that does and where it was seen.
fn one(profile: &Profile) -> Vec<String> {
    let mut lines = vec![format!("{}: {}", profile.name, profile.about)];
    let rules = [("auth", &profile.auth), ("rateLimit", &profile.rate_limit)];
    let rules = rules
        .into_iter()
        .filter_map(|(name, rule)| Some((name, rule.as_ref()?)));
    let switches = profile
        .switches
        .iter()
        .map(|(name, switch)| (name.as_str(), switch));
    for (name, fact) in rules.chain(switches) {
        lines.push(String::new());
        lines.push(format!("{name}={}", fact.value));
        if let Some(row) = Quirks::rows().find(|row| row.name == name) {
            lines.push(format!("  {}", row.about));
        }
        lines.push(format!(
            "  {}, {}: {}",
            fact.status.name(),
            fact.date,
            fact.source
        ));
    }
    lines
}

fn switch(row: &registrette::spec::Row) -> Vec<String> {
    let profiles: Vec<_> = row.profiles().collect();
    let mut lines = vec![
        row.name.to_owned(),
        format!("  {}", row.about),
        format!("  takes {}", row.values()),
        format!("  {}, {}: {}", row.status.name(), row.date, row.source),
    ];
    if !profiles.is_empty() {
        lines.push(format!("  set by {}", profiles.join(", ")));
    }
    lines
}
