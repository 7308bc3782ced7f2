//! Where something is wrong there is a way on: a next step, a control, or the word that it passes by itself.

use crate::any_status::{any_capabilities, any_status};
use crate::support::{self, Panel, event, json, me};
use crate::walk::{begun, steps, take};
use proptest::option;
use proptest::prelude::*;
use sync_api::{
    Capability, Connection, ConnectionStatus, Me, NextStep, Outcome, Reason, SyncState, SyncStatus,
};
use sync_sidebar::model::view::{Page, Tone, View};
use sync_sidebar::model::{Ask, Fact, Intent, Screen, StreamFact};

fn ails(tone: Tone) -> bool {
    matches!(tone, Tone::Bad | Tone::Warning)
}

fn check(view: &View) -> Result<(), TestCaseError> {
    if let Some(banner) = &view.banner {
        prop_assert!(!banner.title.is_empty() && !banner.detail.is_empty(), "{banner:?}");
    }
    if let Some(notice) = &view.notice {
        prop_assert!(!notice.title.is_empty());
    }
    if let Some(error) = &view.last_error {
        prop_assert!(!error.title.is_empty() && !error.toggle.is_empty(), "{error:?}");
    }
    if let Some(coming) = &view.coming {
        prop_assert!(!coming.text.is_empty());
        return Ok(());
    }
    for more in [&view.history.more, &view.activity.more, &view.issues.more, &view.session.more] {
        let waits = more.trouble.is_empty() || more.trouble == "Reading…";
        prop_assert!(waits || !more.label.is_empty(), "{more:?}");
    }
    match view.page {
        Page::General => {
            let card = &view.status;
            let said = card.step.as_ref().is_some_and(|step| !step.text.is_empty());
            let named = said && !card.step_waits;
            prop_assert!(!ails(card.tone) || named || !card.connect.is_empty(), "{card:?}");
            let item = &view.item;
            let item_way =
                item.step.is_some() || !item.try_again.is_empty() || !item.ways.is_empty();
            prop_assert!(!ails(item.tone) || item_way || !item.plain.is_empty(), "{item:?}");
            let dashboard = &view.dashboard;
            prop_assert!(
                !ails(dashboard.tone) || dashboard.has_counts || !dashboard.try_again.is_empty()
            );
        }
        Page::Entrance => {
            let entrance = &view.entrance;
            prop_assert!(!entrance.text.is_empty() && !entrance.press.label.is_empty());
            prop_assert!(!ails(entrance.tone) || entrance.press.enabled, "{entrance:?}");
        }
        Page::Connectivity => {
            let page = &view.connectivity;
            prop_assert!(!page.empty.is_empty() || !page.cards.is_empty());
            for card in &page.cards {
                let control =
                    card.refresh.is_some() || card.change.is_some() || card.check.is_some();
                let way = card.explained.step.is_some() || control || card.waiting.is_some();
                prop_assert!(!ails(card.tone) || way || !card.hint.is_empty(), "{card:?}");
            }
        }
        Page::Issues => {
            for cause in &view.issues.causes {
                prop_assert!(!cause.step.text.is_empty(), "{cause:?}");
            }
        }
        Page::Issue => {
            let issue = &view.issue;
            prop_assert!(!ails(issue.tone) || issue.step.is_some(), "{issue:?}");
        }
        Page::Session => {
            let session = &view.session;
            let told = session.loading || !session.empty.is_empty() || !session.outcome.is_empty();
            prop_assert!(told, "{session:?}");
            let said = !session.explained.is_empty() || !session.records.is_empty();
            let way = !session.running.is_empty() || !session.copy.is_empty();
            prop_assert!(!ails(session.tone) || said || way, "{session:?}");
        }
        Page::Report => {
            let report = &view.report;
            let told = !report.copy.is_empty() || !report.empty.is_empty();
            prop_assert!(told || !report.try_again.is_empty(), "{report:?}");
        }
        _ => {}
    }
    Ok(())
}

/// A panel of somebody whose vendor can do only this.
fn panel_of(capabilities: Vec<Capability>) -> Panel {
    let mut panel = Panel::new();
    panel.fact(Fact::Began);
    panel.answer_sign_in_as(&Me { capabilities, ..me() });
    panel.answer_status(&support::status());
    panel.stream(StreamFact::Opened);
    panel
}

fn any_connection() -> impl Strategy<Value = Connection> {
    let words = ConnectionStatus::WORDS.to_vec();
    let status =
        prop::sample::select(words).prop_map(|word| ConnectionStatus::from(word.to_owned()));
    let steps = NextStep::WORDS.iter().copied().chain(["pray"]).collect::<Vec<_>>();
    let step = prop::sample::select(steps).prop_map(|word| NextStep::from(word.to_owned()));
    let cause = option::of(option::of(step).prop_map(|step| support::reason("some_code", step)));
    (status, cause, any::<[bool; 3]>()).prop_map(|(status, cause, [refresh, change, account])| {
        let account = account.then(|| "ada@example.com".to_owned());
        let base = support::crm();
        Connection { status, cause, can_refresh: refresh, can_change: change, account, ..base }
    })
}

proptest! {
    #[test]
    fn whatever_happens_there_is_a_way_on(
        steps in steps(),
        later_comes in any::<bool>(),
        legacy in any::<bool>(),
    ) {
        let mut panel = begun(later_comes, legacy);
        for step in steps {
            take(&mut panel, step);
            check(&panel.view())?;
        }
    }

    #[test]
    fn whatever_the_status_is_there_is_a_way_on(
        status in any_status(),
        capabilities in any_capabilities(),
    ) {
        let mut panel = panel_of(capabilities);
        panel.stream(StreamFact::Piece(event("e-1", "status", &status)));
        panel.intend(Intent::Go(Screen::General));
        prop_assert_eq!(panel.model.status.as_ref().map(|known| &known.value), Some(&status));
        check(&panel.view())?;
    }

    #[test]
    fn however_a_side_is_connected_there_is_a_way_on(connection in any_connection()) {
        let mut panel = Panel::live();
        panel.intend(Intent::Go(Screen::Connectivity));
        panel.answer(Ask::Connections, json(&support::page_of(&[connection])));
        let view = panel.view();
        prop_assert_eq!(view.page, Page::Connectivity);
        check(&view)?;
    }
}

/// The step that General names for a status of somebody whose vendor can do this.
fn step_for(status: SyncStatus, capabilities: &[Capability]) -> String {
    let mut panel = panel_of(capabilities.to_vec());
    panel.stream(StreamFact::Piece(event("e-1", "status", &status)));
    let card = panel.view().status;
    assert!(ails(card.tone), "{card:?}");
    card.step.map(|step| step.text).unwrap_or_default()
}

/// Found by the law above: the service need not name a step, and nothing was said then.
#[test]
fn a_disabled_engine_without_a_named_step_can_be_started_or_support_helps() {
    let mute = |next_step| Reason { next_step, ..support::reason("x", None) };
    for reason in [None, Some(mute(None))] {
        let disabled = SyncStatus { state: SyncState::Disabled, reason, ..support::status() };
        assert!(step_for(disabled.clone(), &[Capability::Pause]).contains("Start"));
        assert!(step_for(disabled, &[]).contains("support"));
    }
}

/// Found by the law above.
#[test]
fn issues_that_cannot_be_looked_at_are_for_support() {
    let mut status = support::status();
    status.last_attempt = Some(support::summary("s-1", Outcome::SucceededWithIssues));
    assert!(step_for(status, &[]).contains("support"));
}

/// Found by the law above.
#[test]
fn an_engine_that_cannot_be_set_up_here_is_for_the_administrator() {
    let status = SyncStatus { state: SyncState::NotSetUp, ..support::status() };
    assert!(step_for(status, &[]).contains("administrator"));
}
