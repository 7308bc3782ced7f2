//! The measured process, as the kernel sees it: its memory and its time (proc(5)).

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Clock ticks in a second: 100 on every Linux (sysconf(3), `_SC_CLK_TCK`).
const TICKS: f64 = 100.0;

/// The service in a process of its own.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: String,
}

impl Process {
    /// Starts it and waits for the address that it prints.
    pub(crate) fn start() -> Self {
        let program = std::env::current_exe().unwrap();
        let mut child = Command::new(program)
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { child, address: address.trim().to_owned() }
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap()
    }

    /// Bytes of memory that it holds.
    pub(crate) fn resident(&self) -> u64 {
        let status = self.read("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().strip_suffix("kB").unwrap().trim().parse::<u64>().unwrap() * 1024
    }

    /// The processors' time that it has used.
    pub(crate) fn processor(&self) -> Duration {
        let stat = self.read("stat");
        // The program's name stands in brackets and may hold anything; the times are the 14th and 15th field.
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks = |at: usize| fields[at].parse::<f64>().unwrap();
        Duration::from_secs_f64((ticks(11) + ticks(12)) / TICKS)
    }

    /// Sockets that it holds open.
    pub(crate) fn sockets(&self) -> usize {
        let folder = format!("/proc/{}/fd", self.child.id());
        let links = std::fs::read_dir(folder).unwrap().flatten();
        links
            .filter(|link| {
                std::fs::read_link(link.path())
                    .is_ok_and(|to| to.to_string_lossy().starts_with("socket:"))
            })
            .count()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
