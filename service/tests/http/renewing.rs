//! Renewing a sign-in, noticing a copy of what renews it, and signing out.

use std::time::Duration;

use crate::fake_openid::{ADA, BEN};
use crate::house::{House, MINUTE, Panel, panel};

const SECOND: Duration = Duration::from_secs(1);

async fn follow(house: &House, panel: &Panel) -> reqwest::Response {
    let url = house.url.join("/api/v1/sync/events").unwrap();
    let bearer = format!("Bearer {}", panel.token);
    let answer = house.browser.get(url).header("authorization", bearer).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    answer
}

/// Reads a stream to its end, which has to come.
async fn ends(mut stream: reqwest::Response) {
    while stream.chunk().await.unwrap().is_some() {}
}

#[tokio::test]
async fn each_renewal_gives_a_token_and_the_next_cookie() {
    let house = House::open().await;
    let first = house.sign_in(&ADA).await;
    let mut seen = vec![first.cookie.clone()];
    let mut cookie = first.cookie;
    for _ in 0..5 {
        house.ground.advance(9 * MINUTE);
        let answer = house.renew(&cookie).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
        let renewed = panel(&answer);
        assert_eq!(house.get(&renewed, "/sync").await.status, 200);
        assert!(!seen.contains(&renewed.cookie) && renewed.cookie.len() == 64);
        seen.push(renewed.cookie.clone());
        cookie = renewed.cookie;
    }
}

#[tokio::test]
async fn a_person_stays_signed_in_for_thirty_days_after_the_last_use_and_not_longer() {
    let house = House::open().await;
    let day = 24 * 60 * MINUTE;
    let signed_in = house.sign_in(&ADA).await;
    house.ground.advance(30 * day - SECOND);
    let renewed = panel(&house.renew(&signed_in.cookie).await);
    house.ground.advance(30 * day - SECOND);
    let renewed = panel(&house.renew(&renewed.cookie).await);
    house.ground.advance(30 * day);
    let late = house.renew(&renewed.cookie).await;
    assert_eq!((late.status, late.code().as_str()), (401, "sign_in_required"));
    assert_eq!(late.cookie().as_deref(), Some(""), "it is taken away");
}

#[tokio::test]
async fn two_panels_may_renew_at_once_and_an_answer_may_be_lost() {
    let house = House::open().await;
    let first = house.sign_in(&ADA).await;
    let (one, two) = tokio::join!(house.renew(&first.cookie), house.renew(&first.cookie));
    assert_eq!((one.status, two.status), (200, 200));
    assert_eq!(one.cookie(), two.cookie(), "there is one successor, and a copy cannot branch off");
    house.ground.advance(30 * SECOND);
    let again = house.renew(&first.cookie).await;
    assert_eq!(again.status, 200, "the last moment of the grace");

    // One panel is a step further than the other.
    let next = panel(&house.renew(&again.cookie().unwrap()).await);
    house.ground.advance(10 * SECOND);
    let behind = house.renew(&again.cookie().unwrap()).await;
    assert_eq!(behind.cookie().as_ref(), Some(&next.cookie));
}

#[tokio::test]
async fn a_copy_that_is_used_later_ends_all_that_came_of_the_sign_in() {
    let house = House::open().await;
    let (ada, ben) = (house.sign_in(&ADA).await, house.sign_in(&BEN).await);
    let elsewhere = house.sign_in(&ADA).await;
    let thief = panel(&house.renew(&ada.cookie).await);
    let stream = follow(&house, &thief).await;
    house.ground.advance(31 * SECOND);

    let owner = house.renew(&ada.cookie).await;
    assert_eq!((owner.status, owner.code().as_str()), (401, "sign_in_required"));
    assert_eq!(owner.cookie().as_deref(), Some(""));
    ends(stream).await;
    for panel in [&ada, &thief] {
        assert_eq!(house.get(panel, "/sync").await.status, 401);
    }
    assert_eq!(house.renew(&thief.cookie).await.status, 401);

    assert_eq!(house.get(&elsewhere, "/sync").await.status, 200, "another sign-in of hers goes on");
    let activity = house.get(&elsewhere, "/activity").await.json();
    let noted = &activity["items"].as_array().unwrap()[0];
    assert_eq!(noted["action"], "sign_in_ended");
    assert!(noted["detail"].as_str().unwrap().contains("twice"));
    assert_eq!(house.get(&ben, "/sync").await.status, 200);
    let activity = house.get(&ben, "/activity").await.text;
    assert!(!activity.contains("sign_in_ended"), "{activity}");
}

#[tokio::test]
async fn what_nobody_has_given_renews_nothing() {
    let house = House::open().await;
    house.sign_in(&ADA).await;
    for cookie in ["", "0", &"0".repeat(64), "' OR 1=1 --"] {
        let answer = house.renew(cookie).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "sign_in_required"), "{cookie}");
    }
}

#[tokio::test]
async fn a_renewal_outlives_the_service_and_so_does_the_memory_of_used_ones() {
    let house = House::open().await;
    let ada = house.sign_in(&ADA).await;
    let renewed = panel(&house.renew(&ada.cookie).await);
    let house = House::on(house.stop().await).await;
    assert_eq!(house.open_id.people().all().await.len(), 1, "her engine is started again");
    assert_eq!(house.get(&renewed, "/sync").await.status, 401, "tokens are kept in memory alone");
    let again = panel(&house.renew(&renewed.cookie).await);
    assert_eq!(house.get(&again, "/me").await.json()["user"]["name"], ADA.name);
    let lost = house.renew(&ada.cookie).await;
    assert_eq!(
        lost.status, 200,
        "within the grace, also when the answer was lost with the service"
    );
    house.ground.advance(31 * SECOND);
    assert_eq!(house.renew(&ada.cookie).await.status, 401);
    assert_eq!(house.renew(&again.cookie).await.status, 401, "the copy has ended the family");
}

#[tokio::test]
async fn signing_out_ends_this_sign_in_and_no_other() {
    let house = House::open().await;
    let here = house.sign_in(&ADA).await;
    let (there, ben) = (house.sign_in(&ADA).await, house.sign_in(&BEN).await);
    let again = panel(&house.renew(&here.cookie).await);
    let stream = follow(&house, &here).await;
    let out = house.sign_out(&again, "").await;
    assert_eq!((out.status, out.cookie().as_deref()), (204, Some("")));
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    ends(stream).await;
    for panel in [&here, &again] {
        assert_eq!(house.get(panel, "/sync").await.status, 401);
        assert_eq!(house.renew(&panel.cookie).await.status, 401);
    }
    for panel in [&there, &ben] {
        assert_eq!(house.get(panel, "/sync").await.status, 200);
        assert_eq!(house.renew(&panel.cookie).await.status, 200);
    }
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_sign_in_of_the_person_and_of_nobody_else() {
    let house = House::open().await;
    let (here, there) = (house.sign_in(&ADA).await, house.sign_in(&ADA).await);
    let ben = house.sign_in(&BEN).await;
    let waiting = house.window(&ADA).await.data("code").unwrap();
    let (one, two) = (follow(&house, &here).await, follow(&house, &there).await);
    let out = house.sign_out(&here, "?everywhere=true").await;
    assert_eq!((out.status, out.cookie().as_deref()), (204, Some("")));
    ends(one).await;
    ends(two).await;
    for panel in [&here, &there] {
        assert_eq!(house.get(panel, "/sync").await.status, 401);
        assert_eq!(house.renew(&panel.cookie).await.status, 401);
    }
    assert_eq!(house.redeem(&waiting, crate::house::VERIFIER).await.code(), "sign_in_failed");
    assert_eq!(house.get(&ben, "/sync").await.status, 200);
    assert_eq!(house.renew(&ben.cookie).await.status, 200);
    house.sign_in(&ADA).await;
}

#[tokio::test]
async fn who_is_taken_off_the_list_renews_nothing() {
    let house = House::open().await;
    let ada = house.sign_in(&ADA).await;
    let ground = house.stop().await;
    let narrow = |sign_in: &mut sync_service::openid::SignInConfiguration| {
        let addresses = [BEN.email.to_owned()].into();
        sign_in.allowed =
            sync_service::openid::AllowList::These { domains: Default::default(), addresses };
    };
    let house = House::with(ground, narrow, |_| ()).await;
    let answer = house.renew(&ada.cookie).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "sign_in_required"));
    assert!(answer.text.contains("not on the list"), "{answer:?}");
}

#[tokio::test]
async fn where_a_browser_shows_two_cookies_the_good_one_counts() {
    let house = House::open().await;
    let ada = house.sign_in(&ADA).await;
    let cookies = format!("__Host-sync-renewal=old; __Host-sync-renewal={}", ada.cookie);
    let grant = r#"{"grant":"renew"}"#;
    let answer = house.session_call("POST", "", &[("cookie", &cookies)], grant).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn an_engine_that_cannot_start_keeps_nobody_else_out_and_loses_its_person_nothing() {
    let house = House::open().await;
    let (ada, ben) = (house.sign_in(&ADA).await, house.sign_in(&BEN).await);
    let ground = house.stop().await;
    let (folder, aside) = (ground.folder_of(&ADA), ground.folder.path().join("aside"));
    std::fs::create_dir(&aside).unwrap();
    let databases = |from: &std::path::Path, to: &std::path::Path| {
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            if entry.file_name().to_str().unwrap().starts_with("sync.db") {
                std::fs::rename(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
    };
    databases(&folder, &aside);
    std::fs::write(folder.join("sync.db"), "This is no database, whatever its name says.").unwrap();

    let house = House::on(ground).await;
    assert_eq!(house.renew(&ben.cookie).await.status, 200);
    for _ in 0..2 {
        let answer = house.renew(&ada.cookie).await;
        assert_eq!((answer.status, answer.code().as_str()), (500, "engine_fault"));
        assert_eq!(answer.header("set-cookie"), "", "what renews has not been used up");
        house.ground.advance(MINUTE);
    }
    databases(&aside, &folder);
    assert_eq!(house.renew(&ada.cookie).await.status, 200);
}
