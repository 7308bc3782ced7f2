//! Measures the local engine: `cargo run --profile service --example engine_bench [contacts…]`.
//!
//! For each number of contacts there are half as many events, a tenth as many tasks and half as many
//! messages. Half of the contacts and events are in the mailbox and half in the CRM. A first session
//! brings them together, a second finds nothing to do, and for a third one record in a hundred was
//! changed, in turn on either side.

mod figures;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use sync_api::{SessionDetails, Timestamp, User};
use sync_service::engine::local::{
    ContactFields, EventField, EventFields, Field, LocalCrm, LocalEngine, LocalSettings,
    SystemClock, TaskFields,
};
use sync_service::engine::{Engine, EngineEvent};
use sync_service::store::Store;

use figures::Figures;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let counts: Vec<usize> =
        std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let counts = if counts.is_empty() { vec![1_000, 10_000] } else { counts };
    let mut failed = false;
    let mut figures = Figures::new("engine", "Sessions over large mailboxes");
    for count in counts {
        if let Err(error) = measure(count, &mut figures) {
            eprintln!("{count} contacts: {error}");
            failed = true;
        }
    }
    if let Err(error) = figures.keep() {
        eprintln!("the figures could not be kept: {error}");
        failed = true;
    }
    ExitCode::from(u8::from(failed))
}

fn measure(count: usize, figures: &mut Figures) -> Fallible<()> {
    let folder = std::env::temp_dir().join(format!("engine-bench-{}-{count}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let outcome = runtime.block_on(run(&folder, count, figures));
    std::fs::remove_dir_all(&folder)?;
    outcome
}

async fn run(folder: &Path, count: usize, figures: &mut Figures) -> Fallible<()> {
    let mailbox = folder.join("mailbox");
    let today = Today::now()?;
    fill(&mailbox, count, &today)?;
    let store = Store::open(&folder.join("sync.db")).await?;
    let crm = LocalCrm::new(store.clone());
    let contacts: Vec<ContactFields> = (count / 2..count).map(contact).collect();
    crm.insert_all(&contacts, today.now).await?;
    let events: Vec<EventFields> =
        (count / 4..count / 2).map(|number| event(number, &today)).collect();
    crm.insert_all_events(&events, today.now).await?;
    let tasks: Vec<TaskFields> = (0..count / 10).map(task).collect();
    crm.insert_all_tasks(&tasks, today.now).await?;
    let user = User { name: "Robin Vale".into(), email: "robin@example.com".into() };
    let settings = LocalSettings {
        force_gap: Duration::ZERO,
        scope_limit: u64::try_from(count * 2)?,
        ..LocalSettings::new(mailbox.clone(), user)
    };
    reset_peak();
    let began = Instant::now();
    let engine = LocalEngine::open(store.clone(), settings, Arc::new(SystemClock::new())).await?;
    let mut events_told = engine.subscribe();
    // The first session is due at once, and cannot have ended yet.
    let first = ended(&engine, &mut events_told).await?;
    report(figures, "first session", count, &first, began.elapsed(), engine.files_read());
    reset_peak();
    let (began, read) = (Instant::now(), engine.files_read());
    engine.force().await?;
    let second = ended(&engine, &mut events_told).await?;
    report(figures, "nothing to do", count, &second, began.elapsed(), engine.files_read() - read);
    change(&mailbox, &crm, count).await?;
    reset_peak();
    let (began, read) = (Instant::now(), engine.files_read());
    engine.force().await?;
    let third = ended(&engine, &mut events_told).await?;
    report(figures, "1 % changed", count, &third, began.elapsed(), engine.files_read() - read);
    engine.shut_down().await;
    store.close().await;
    Ok(())
}

/// One in a hundred contacts, events and tasks; even ones in the mailbox, odd ones in the CRM.
async fn change(mailbox: &Path, crm: &LocalCrm, count: usize) -> Fallible<()> {
    let now = Today::now()?.now;
    for number in (0..count / 2).step_by(100) {
        let path = mailbox.join(format!("contacts/{number}.vcf"));
        let text = std::fs::read_to_string(&path)?;
        std::fs::write(&path, text.replace("+1 555 0100", "+1 555 0199"))?;
    }
    for number in (0..count / 4).step_by(100) {
        let path = mailbox.join(format!("calendar/{number}.ics"));
        let text = std::fs::read_to_string(&path)?;
        std::fs::write(&path, text.replace("LOCATION:Hall", "LOCATION:Roof"))?;
    }
    let half = |number: usize| number.is_multiple_of(100);
    for (_, contact) in crm.contacts().await?.iter().enumerate().filter(|(at, _)| half(at + 50)) {
        let fields = contact.fields.clone().with(Field::Title, "Head");
        crm.update(&contact.id, &fields, now).await?;
    }
    for (_, event) in crm.events().await?.iter().enumerate().filter(|(at, _)| half(at + 50)) {
        let fields = event.fields.clone().with(EventField::Description, "Bring samples");
        crm.update_event(&event.id, &fields, now).await?;
    }
    for (_, task) in crm.tasks().await?.iter().enumerate().filter(|(at, _)| half(*at)) {
        let fields = TaskFields { description: "Today".into(), ..task.fields.clone() };
        crm.update_task(&task.id, &fields, now).await?;
    }
    Ok(())
}

async fn ended(
    engine: &LocalEngine,
    events: &mut tokio::sync::broadcast::Receiver<EngineEvent>,
) -> Fallible<SessionDetails> {
    loop {
        if let EngineEvent::Session(session) = events.recv().await?
            && session.ended_at.is_some()
        {
            return Ok(engine.session(&session.id).await?.ok_or("the session is gone")?);
        }
    }
}

fn report(
    figures: &mut Figures,
    what: &str,
    count: usize,
    session: &SessionDetails,
    took: Duration,
    read: u64,
) {
    let outcome = session.summary.outcome.as_ref().map_or("?", |outcome| outcome.as_str());
    let peak = peak_megabytes().map_or("?".into(), |mb| mb.to_string());
    let changes = session.summary.changes;
    println!(
        "{count:>6} contacts, {what}: {outcome}, {changes} changes, {} failures, {:.3} s, {read} files read, peak {peak} MB",
        session.summary.failures,
        took.as_secs_f64(),
    );
    let spread = format!("{changes} changes, {read} files read, peak {peak} MB");
    figures.note(&format!("{count} contacts, {what}"), took.as_secs_f64(), "s", &spread);
}

/// Resets the kernel's record of the peak (proc(5), `clear_refs`); without it the peak is the process's.
fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn peak_megabytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes / 1024)
}

/// The time, and the days around it.
struct Today {
    now: Timestamp,
}

impl Today {
    fn now() -> Fallible<Self> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
        Ok(Self { now: Timestamp::from_millis(i64::try_from(since.as_millis())?) })
    }

    /// An hour of one of the days from ten back to fifty ahead, as RFC 5545 writes it.
    fn time(&self, number: usize, hours: i64) -> String {
        let days = i64::try_from(number % 60).unwrap_or(0) - 10;
        let at = self.now.plus_millis((days * 24 + hours) * 3_600_000);
        let text: String =
            at.to_rfc3339().chars().filter(|letter| !matches!(letter, '-' | ':')).collect();
        text.chars().take(15).collect()
    }
}

/// Every tenth is a series.
const RULE: &str = "RRULE:FREQ=WEEKLY;COUNT=20";

fn event(number: usize, today: &Today) -> EventFields {
    let fields = EventFields::default()
        .with(EventField::Subject, &format!("Meeting {number}"))
        .with(EventField::Location, "Hall")
        .with(EventField::StartsAt, &today.time(number, 0))
        .with(EventField::EndsAt, &today.time(number, 1))
        .with(EventField::TimeZone, "Europe/Berlin");
    if number.is_multiple_of(10) { fields.with(EventField::Recurrence, RULE) } else { fields }
}

fn task(number: usize) -> TaskFields {
    TaskFields {
        subject: format!("Task {number}"),
        due_on: "2026-12-01".into(),
        ..TaskFields::default()
    }
}

fn contact(number: usize) -> ContactFields {
    ContactFields::default()
        .with(Field::FirstName, "Pat")
        .with(Field::LastName, &format!("Person {number}"))
        .with(Field::Email, &format!("person{number}@example.com"))
        .with(Field::Phone, "+1 555 0100")
        .with(Field::Company, "Example Ltd")
        .with(Field::MailingStreet, "1 Long Road")
        .with(Field::MailingCity, "Town")
}

fn fill(mailbox: &Path, count: usize, today: &Today) -> Fallible<()> {
    let (contacts, messages) = (mailbox.join("contacts"), mailbox.join("messages"));
    let calendar = mailbox.join("calendar");
    std::fs::create_dir_all(&contacts)?;
    std::fs::create_dir_all(&calendar)?;
    std::fs::create_dir_all(&messages)?;
    for number in 0..count / 2 {
        let text = format!(
            "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:example:{number}\r\nFN:Pat Person {number}\r\n\
             N:Person {number};Pat;;;\r\nEMAIL:person{number}@example.com\r\nTEL:+1 555 0100\r\n\
             ORG:Example Ltd\r\nADR:;;1 Long Road;Town;;;\r\nEND:VCARD\r\n"
        );
        std::fs::write(contacts.join(format!("{number}.vcf")), text)?;
    }
    for number in 0..count / 4 {
        let rule = if number.is_multiple_of(10) { format!("{RULE}\r\n") } else { String::new() };
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\nBEGIN:VEVENT\r\nUID:{number}\r\n\
             DTSTAMP:20260101T000000Z\r\nSUMMARY:Meeting {number}\r\nLOCATION:Hall\r\n\
             DTSTART;TZID=Europe/Berlin:{}\r\nDURATION:PT1H\r\n{rule}\
             ATTENDEE;CN=Pat:mailto:person{number}@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            today.time(number, 0)
        );
        std::fs::write(calendar.join(format!("{number}.ics")), text)?;
    }
    for number in 0..count / 2 {
        let text = format!(
            "From: person{number}@example.com\r\nTo: robin@example.com\r\nMessage-ID: <{number}@example.com>\r\n\
             Date: Mon, 23 Nov 2026 10:30:00 +0100\r\nSubject: Message {number}\r\n\r\n{}\r\n",
            "Some words in a line.\r\n".repeat(40)
        );
        std::fs::write(messages.join(format!("{number}.eml")), text)?;
    }
    Ok(())
}
