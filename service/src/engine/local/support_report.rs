//! The support report. It is put together from codes, counts, times and settings alone: nothing that
//! holds a name, an address, a subject or anybody's words is read for it.

use super::settings::LocalSettings;
use super::{history, issue_list};
use crate::engine::{EngineFault, SessionQuery};
use crate::store::Store;
use sync_api::{Connection, ReportLine, ReportSection, SupportReport, SyncStatus, Timestamp};

/// How many sessions, and how many acts, are told.
const SESSIONS: u32 = 20;
const ACTS: i64 = 50;

fn line(name: impl Into<String>, value: impl Into<String>) -> ReportLine {
    ReportLine { name: name.into(), value: value.into() }
}

fn section(title: &str, lines: Vec<ReportLine>) -> ReportSection {
    ReportSection { title: title.to_owned(), lines }
}

fn time(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "none".to_owned(), Timestamp::to_rfc3339)
}

/// Makes the report.
pub(super) async fn make(
    store: &Store,
    settings: &LocalSettings,
    status: &SyncStatus,
    connections: &[Connection],
    now: Timestamp,
) -> Result<SupportReport, EngineFault> {
    Ok(SupportReport {
        made_at: now,
        sections: vec![
            section(
                "Product",
                vec![
                    line("Service", crate::VERSION),
                    line("Engine", "local"),
                    line("System", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
                    line("Account", settings.user.email.clone()),
                ],
            ),
            section("Status", status_lines(status)),
            section("Connections", connection_lines(connections)),
            section("Settings", setting_lines(settings)),
            section("Sessions, newest first", session_lines(store).await?),
            section("Open issues by cause", cause_lines(store).await?),
            section("Activity, newest first", activity_lines(store).await?),
            section("Database", database_lines(store).await?),
        ],
    })
}

fn status_lines(status: &SyncStatus) -> Vec<ReportLine> {
    let mut lines = vec![
        line("State", status.state.as_str()),
        line("Since", status.since.to_rfc3339()),
        line("Last success", time(status.last_success)),
        line("Next run", time(status.next_run_at)),
        line(
            "Interval",
            format!("{} s ({})", status.interval.seconds, status.interval.kind.as_str()),
        ),
        line("Records in scope", format!("{} of {}", status.scope.total, status.scope.limit)),
    ];
    if let Some(reason) = &status.reason {
        lines.push(line("Reason", reason.code.as_str()));
    }
    for part in &status.scope.types {
        lines.push(line(
            format!("In scope: {}", part.record_type.as_str()),
            format!("{} ({})", part.count, part.rule.as_str()),
        ));
    }
    for connection in &status.connections {
        lines.push(line(
            format!("Connection: {}", connection.side.as_str()),
            connection.status.as_str(),
        ));
    }
    if let Some(api) = &status.crm_api {
        lines.push(line("CRM calls in 24 h", format!("{} of {}", api.used, api.limit)));
    }
    lines
}

/// Neither the account nor the domain: each may be a person's or a customer's name.
fn connection_lines(connections: &[Connection]) -> Vec<ReportLine> {
    let told = connections.iter().map(|connection| {
        let cause = connection.cause.as_ref().map_or("none", |cause| cause.code.as_str());
        let demo = if connection.demo { " (demo)" } else { "" };
        line(
            format!("{}: {}{demo}", connection.side.as_str(), connection.kind.as_str()),
            format!(
                "{} since {}, checked {}, ends {}, cause {cause}",
                connection.status.as_str(),
                connection.since.to_rfc3339(),
                time(connection.checked_at),
                time(connection.expires_at)
            ),
        )
    });
    told.collect()
}

fn setting_lines(settings: &LocalSettings) -> Vec<ReportLine> {
    let seconds = |value: std::time::Duration| format!("{} s", value.as_secs());
    vec![
        line("Interval", seconds(settings.interval)),
        line("Shortest time to a forced session", seconds(settings.force_gap)),
        line("Session time limit", seconds(settings.time_limit)),
        line("Scope limit", settings.scope_limit.to_string()),
        line("Failures until it is disabled", settings.failure_limit.to_string()),
        line("History kept", seconds(settings.history)),
    ]
}

async fn session_lines(store: &Store) -> Result<Vec<ReportLine>, EngineFault> {
    let query = SessionQuery { limit: SESSIONS, ..SessionQuery::default() };
    let page =
        history::page(store, &query).await.map_err(|error| EngineFault(error.to_string()))?;
    let told = page.items.into_iter().map(|session| {
        let outcome = session.outcome.as_ref().map_or("running", |outcome| outcome.as_str());
        let code = session.error.as_ref().map_or("", |error| error.code.as_str());
        line(
            format!("{} {}", session.started_at.to_rfc3339(), session.trigger.as_str()),
            format!(
                "{outcome} {code}, ended {}, {} changed, {} not synced",
                time(session.ended_at),
                session.changes,
                session.failures
            ),
        )
    });
    Ok(told.collect())
}

async fn cause_lines(store: &Store) -> Result<Vec<ReportLine>, EngineFault> {
    let causes = issue_list::causes(store).await?;
    let told = causes.items.into_iter().map(|cause| {
        line(
            cause.cause,
            format!(
                "{} open, {} muted, {}, first {}, last {}",
                cause.open,
                cause.muted,
                cause.severity.as_str(),
                cause.first_seen.to_rfc3339(),
                cause.last_seen.to_rfc3339()
            ),
        )
    });
    Ok(told.collect())
}

async fn activity_lines(store: &Store) -> Result<Vec<ReportLine>, EngineFault> {
    let rows: Vec<(i64, String, String, Option<String>)> =
        sqlx::query_as("SELECT at, actor, action, code FROM activity ORDER BY id DESC LIMIT ?")
            .bind(ACTS)
            .fetch_all(store.pool())
            .await?;
    let told = rows.into_iter().map(|(at, actor, action, code)| {
        let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
        line(Timestamp::from_millis(at).to_rfc3339(), format!("{actor}: {action}{code}"))
    });
    Ok(told.collect())
}

async fn database_lines(store: &Store) -> Result<Vec<ReportLine>, EngineFault> {
    let bytes: i64 = sqlx::query_scalar(
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    )
    .fetch_one(store.pool())
    .await?;
    let schema: i64 = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(store.pool())
        .await?;
    Ok(vec![line("Schema", schema.to_string()), line("Size", format!("{bytes} bytes"))])
}
