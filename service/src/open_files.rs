//! How many files and connections the program may have open: each event stream that is followed is one of them.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Takes as many as the system allows. It begins with a soft limit, on many systems of 1,024, which programs are to raise
/// by themselves (systemd.exec(5), `LimitNOFILE=`); more than the hard one is for an administrator to give.
pub fn allow_all() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "no more than {:?} connections can be open", limit.current);
    }
}
