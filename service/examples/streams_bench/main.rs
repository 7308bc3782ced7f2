//! What open event streams cost the service, and how quickly a change reaches all of them.
//! `cargo run --profile service -p sync-service --example streams_bench [streams]`
//!
//! The service runs in a process of its own, which this program starts as a second one of itself, with the engine that
//! `sync-service` has. Both ends are on this machine and share its processors.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that fails ends")]

#[path = "../figures/mod.rs"]
mod figures;
mod process;
mod readers;
mod service;
mod spread;

use std::time::{Duration, Instant};

use figures::Figures;
use process::Process;
use readers::{Readers, Slow};
use spread::Spread;

/// How often the engine is paused and started again, each time told to everybody.
const CHANGES: usize = 20;

/// Readers that stop reading, and those beside them that go on.
const STOPPED: usize = 100;
const BESIDE: usize = 500;

/// How long the service is watched with nothing to do, two heartbeats.
const IDLE: Duration = Duration::from_secs(30);

/// Readers that have stopped are dropped before this, or never.
const LONG: Duration = Duration::from_secs(120);

#[tokio::main]
async fn main() {
    if std::env::args().nth(1).as_deref() == Some("serve") {
        return service::serve().await;
    }
    let count: usize = std::env::args().nth(1).map_or(10_000, |text| text.parse().unwrap());
    service::allow_open_files();
    let mut figures = Figures::new("streams", "Open event streams");
    many(count, &mut figures).await;
    stopped(&mut figures).await;
    figures.keep().unwrap();
}

/// What many streams cost, and how quickly a change reaches all of them.
async fn many(count: usize, figures: &mut Figures) {
    let service = Process::start();
    let mut readers = Readers::new(service.address.clone());
    // What is made once, for the first reader, is no stream's.
    readers.open(1).await;
    readers.change().await;
    let empty = service.resident();
    let (began, used) = (Instant::now(), service.processor());
    readers.open(count).await;
    let (took, used) = (began.elapsed(), service.processor() - used);
    let full = service.resident();
    let each = full.saturating_sub(empty) as f64 / count as f64;
    told(figures, "streams open", count as f64, "", "");
    told(figures, "opened per second", (count as f64 / took.as_secs_f64()).round(), "", "");
    told(figures, "processor's time for an opening", micros(used, count), "µs", "");
    told(figures, "memory without streams", empty as f64 / 1e6, "MB", "");
    told(figures, "memory with all streams", full as f64 / 1e6, "MB", "");
    told(figures, "memory of a stream", each.round(), "bytes", "");

    let used = service.processor();
    tokio::time::sleep(IDLE).await;
    let share = (service.processor() - used).as_secs_f64() / IDLE.as_secs_f64();
    told(figures, "share of one processor, heartbeats alone", share * 100.0, "%", "");

    let used = service.processor();
    let mut waited = Spread::default();
    for _ in 0..CHANGES {
        waited.add(readers.change().await);
    }
    let used = service.processor() - used;
    waited.tell("from the command to a reader", figures);
    told(
        figures,
        "processor's time for an event delivered",
        micros(used, count * CHANGES),
        "µs",
        "",
    );
    told(figures, "memory after that", service.resident() as f64 / 1e6, "MB", "");
    assert_eq!(readers.open_ones(), count + 1, "every stream is still open");
}

/// Readers that stop reading are dropped, and nobody waits for them.
async fn stopped(figures: &mut Figures) {
    let service = Process::start();
    let others = service.sockets() + BESIDE;
    let mut readers = Readers::new(service.address.clone());
    readers.open(BESIDE).await;
    let mut alone = Spread::default();
    for _ in 0..CHANGES {
        alone.add(readers.change().await);
    }
    let before = service.resident();
    let slow = Slow::open(&service.address, STOPPED, others).await;
    let began = Instant::now();
    let (mut beside, mut changes, mut most) = (Spread::default(), 0, 0);
    while slow.gone(&service) < STOPPED && began.elapsed() < LONG {
        beside.add(readers.change().await);
        changes += 1;
        most = most.max(service.resident());
    }
    let took = began.elapsed().as_secs_f64();
    let gone = slow.gone(&service);
    let grown = |memory: u64| (memory as f64 - before as f64) / 1e6;
    alone.tell(&format!("to {BESIDE} readers alone"), figures);
    beside.tell(&format!("to {BESIDE} readers beside {STOPPED} that have stopped"), figures);
    told(
        figures,
        "of those that have stopped, dropped",
        gone as f64,
        "",
        &format!("in {took:.1} s, {changes} changes"),
    );
    told(figures, "most memory for those that have stopped", grown(most), "MB", "");
    told(figures, "memory that they have left behind", grown(service.resident()), "MB", "");
    assert_eq!(gone, STOPPED, "a reader that stops reading is dropped");
    assert_eq!(readers.open_ones(), BESIDE, "and nobody else");
}

fn micros(used: Duration, among: usize) -> f64 {
    used.as_secs_f64() * 1e6 / among as f64
}

/// Prints a figure, and notes it.
fn told(figures: &mut Figures, what: &str, figure: f64, unit: &str, spread: &str) {
    let digits = if figure.fract() == 0.0 { 0 } else { 2 };
    println!("{what:<62}{figure:>12.digits$} {unit:<6}{spread}");
    figures.note(what, figure, unit, spread);
}
