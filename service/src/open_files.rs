//! How many files and connections the program may have open: each event stream that is followed is one of them.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What systems take that have no limit of their own and yet refuse "as many as there are", as macOS (its `OPEN_MAX`).
const PLENTY: u64 = 10_240;

/// Takes as many as the system allows. It begins with a soft limit, on many systems of 1,024, which programs are to raise
/// by themselves (systemd.exec(5), `LimitNOFILE=`); more than the hard one is for an administrator to give.
pub fn allow_all() {
    let limit = getrlimit(Resource::Nofile);
    let raise = |current| setrlimit(Resource::Nofile, Rlimit { current, ..limit });
    let raised = raise(limit.maximum).or_else(|error| match limit.maximum {
        None => raise(Some(PLENTY)),
        Some(_) => Err(error),
    });
    if let (Err(error), Some(current)) = (raised, limit.current) {
        tracing::warn!(%error, "no more than {current} connections can be open");
    }
}
