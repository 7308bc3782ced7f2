//! The service that is measured: the local engine behind the API, as `sync-service` has them.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sync_api::{Timestamp, User};
use sync_service::engine::Engine;
use sync_service::engine::local::{LocalEngine, LocalSettings, SystemClock};
use sync_service::http::own_address::OwnAddresses;
use sync_service::http::server::{listen, serve as serve_on};
use sync_service::http::{AppState, HttpSettings};
use sync_service::store::Store;

use crate::readers::{PATIENCE, STREAMS_PER_TOKEN};

/// Both ends need a file for each stream: asks for as many as this user may have.
pub(crate) fn allow_open_files() {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let raised = rustix::process::Rlimit { current: limit.maximum, ..limit };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, raised).unwrap();
}

/// Serves on a free port, which it prints, until it is ended.
pub(crate) async fn serve() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("mailbox/contacts")).unwrap();
    let user = User { name: "Robin Vale".into(), email: "robin@example.com".into() };
    let settings = LocalSettings {
        interval: Duration::from_secs(10 * 365 * 24 * 3600),
        ..LocalSettings::new(folder.path().join("mailbox"), user)
    };
    let store = Store::open(&folder.path().join("sync.db")).await.unwrap();
    let engine =
        LocalEngine::open(store.clone(), settings, Arc::new(SystemClock::new())).await.unwrap();
    // The first session finds nothing to do.
    while engine.status().await.unwrap().last_attempt.is_none() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    // So many streams are of thousands of people; here they are all of one, which is the harder case. What a person's
    // tokens may hold together is 8,192.
    let mut http = HttpSettings::new(folder.path());
    http.tokens.streams = STREAMS_PER_TOKEN;
    http.patience = PATIENCE;
    let now = Arc::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap())
    });
    let own = OwnAddresses::new(address, &[]);
    let state = AppState::local(engine, Arc::new(store), own, http, now).unwrap();
    println!("{address}");
    // Ends with the one who measures.
    let ended = async {
        let read = || std::io::Read::read(&mut std::io::stdin(), &mut [0]);
        let _ = tokio::task::spawn_blocking(read).await;
    };
    serve_on(listener, state, ended).await.unwrap();
}
