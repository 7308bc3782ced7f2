//! Where secrets of a sign-in may be seen, and that it is nowhere else: neither in the log, nor on the disk, nor in an
//! answer that is not meant for them.

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::fake_openid::{ADA, CLIENT, CLIENT_SECRET, Twist};
use crate::house::{House, MINUTE, VERIFIER, panel};
use crate::log::everything;

fn files_in(folder: &Path, all: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_in(&path, all);
        } else {
            all.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[tokio::test]
async fn secrets_are_seen_by_those_alone_whom_they_are_meant_for() {
    let (lines, _guard) = everything();
    let house = House::open().await;

    let page = house.window(&ADA).await;
    let code = page.data("code").unwrap();
    let first = panel(&house.redeem(&code, VERIFIER).await);
    let second = panel(&house.renew(&first.cookie).await);
    house.get(&second, "/me").await;
    house.get(&second, "/activity").await;
    house.redeem(&code, VERIFIER).await;
    for twist in
        [Twist::ForeignKey, Twist::Nonce, Twist::Broken, Twist::CodeNotTaken, Twist::NoAddress]
    {
        house.ground.provider.twist(twist);
        assert!(house.window(&ADA).await.data("error").is_some());
    }
    house.ground.advance(MINUTE);
    assert_eq!(house.renew(&first.cookie).await.status, 401);
    house.sign_out(&second, "").await;

    let mut secrets = house.ground.provider.secrets();
    assert!(secrets.len() > 20, "{}", secrets.len());
    let own = [&code, &first.token, &first.cookie, &second.token, &second.cookie];
    secrets.extend(own.map(String::clone));
    secrets.extend([VERIFIER.to_owned(), CLIENT_SECRET.to_owned()]);
    secrets.push(BASE64_STANDARD.encode(format!("{CLIENT}:{CLIENT_SECRET}")));

    let log = lines.take().join("\n");
    assert!(log.contains("a person has signed in") && log.contains("used a second time"), "{log}");
    for secret in &secrets {
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(line, None, "{secret} in the log");
    }

    for (call, whole) in house.answers.lock().unwrap().iter() {
        for secret in &secrets {
            if !whole.contains(secret.as_str()) {
                continue;
            }
            let meant = match call.as_str() {
                "POST /api/v1/session" => own[1..].contains(&secret),
                "GET /sign-in/callback" => *secret == code,
                // The state and the nonce, on their way to the provider.
                call => {
                    call.starts_with("GET /sign-in/p-")
                        && secret.len() == 64
                        && !own.contains(&secret)
                }
            };
            assert!(meant, "{secret} in the answer to {call}");
        }
    }

    let ground = house.stop().await;
    let mut files = Vec::new();
    files_in(ground.folder.path(), &mut files);
    assert!(files.iter().any(|(path, _)| path.ends_with("service.db")));
    for (path, bytes) in &files {
        for secret in &secrets {
            assert!(!holds(bytes, secret), "{secret} in {path}");
        }
    }
}
