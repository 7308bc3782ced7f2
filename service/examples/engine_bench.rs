//! Measures the local engine: `cargo run --profile service --example engine_bench [contacts…]`.
//!
//! For each number: half of the contacts are in the mailbox and half in the CRM, with as many
//! messages as contacts; a first session brings them together, and a second finds nothing to do.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use sync_api::{SessionDetails, Timestamp, User};
use sync_service::engine::local::{
    ContactFields, Field, LocalCrm, LocalEngine, LocalSettings, SystemClock,
};
use sync_service::engine::{Engine, EngineEvent};
use sync_service::store::Store;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let counts: Vec<usize> =
        std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let counts = if counts.is_empty() { vec![1_000, 10_000] } else { counts };
    let mut failed = false;
    for count in counts {
        if let Err(error) = measure(count) {
            eprintln!("{count} contacts: {error}");
            failed = true;
        }
    }
    ExitCode::from(u8::from(failed))
}

fn measure(count: usize) -> Fallible<()> {
    let folder = std::env::temp_dir().join(format!("engine-bench-{}-{count}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let outcome = runtime.block_on(run(&folder, count));
    std::fs::remove_dir_all(&folder)?;
    outcome
}

async fn run(folder: &Path, count: usize) -> Fallible<()> {
    let mailbox = folder.join("mailbox");
    fill(&mailbox, count)?;
    let store = Store::open(&folder.join("sync.db")).await?;
    let crm = LocalCrm::new(store.clone());
    let contacts: Vec<ContactFields> = (count / 2..count).map(contact).collect();
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    crm.insert_all(&contacts, Timestamp::from_millis(i64::try_from(since.as_millis())?)).await?;
    let user = User { name: "Robin Vale".into(), email: "robin@example.com".into() };
    let settings = LocalSettings {
        force_gap: Duration::ZERO,
        scope_limit: u64::try_from(count)?,
        ..LocalSettings::new(mailbox, user)
    };
    reset_peak();
    let began = Instant::now();
    let engine = LocalEngine::open(store.clone(), settings, Arc::new(SystemClock::new())).await?;
    let mut events = engine.subscribe();
    // The first session is due at once, and cannot have ended yet.
    let first = ended(&engine, &mut events).await?;
    report("first session", count, &first, began.elapsed(), engine.files_read());
    reset_peak();
    let (began, read) = (Instant::now(), engine.files_read());
    engine.force().await?;
    let second = ended(&engine, &mut events).await?;
    report("nothing to do", count, &second, began.elapsed(), engine.files_read() - read);
    engine.shut_down().await;
    store.close().await;
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

fn report(what: &str, count: usize, session: &SessionDetails, took: Duration, read: u64) {
    let outcome = session.summary.outcome.as_ref().map_or("?", |outcome| outcome.as_str());
    println!(
        "{count:>6} contacts, {what}: {outcome}, {} changes, {} failures, {:.3} s, {read} files read, peak {} MB",
        session.summary.changes,
        session.summary.failures,
        took.as_secs_f64(),
        peak_megabytes().map_or("?".into(), |mb| mb.to_string()),
    );
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

fn fill(mailbox: &Path, count: usize) -> Fallible<()> {
    let (contacts, messages) = (mailbox.join("contacts"), mailbox.join("messages"));
    std::fs::create_dir_all(&contacts)?;
    std::fs::create_dir_all(&messages)?;
    for number in 0..count / 2 {
        let text = format!(
            "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:example:{number}\r\nFN:Pat Person {number}\r\n\
             N:Person {number};Pat;;;\r\nEMAIL:person{number}@example.com\r\nTEL:+1 555 0100\r\n\
             ORG:Example Ltd\r\nADR:;;1 Long Road;Town;;;\r\nEND:VCARD\r\n"
        );
        std::fs::write(contacts.join(format!("{number}.vcf")), text)?;
    }
    for number in 0..count {
        let text = format!(
            "From: person{number}@example.com\r\nTo: robin@example.com\r\nMessage-ID: <{number}@example.com>\r\n\
             Date: Mon, 23 Nov 2026 10:30:00 +0100\r\nSubject: Message {number}\r\n\r\n{}\r\n",
            "Some words in a line.\r\n".repeat(40)
        );
        std::fs::write(messages.join(format!("{number}.eml")), text)?;
    }
    Ok(())
}
