//! What a card says of a sign-in: that it is under way and how to go on, what came of it, and the form
//! that leads to it.

use super::explaining::explained;
use super::{Explained, Line, Step, Tone, connection_words, connectivity_view, problem_words};
use crate::client::Failure;
use crate::model::{ConnectionCommand, ConnectionOutcome, Model, SignInWindow, WindowRefusal};
use crate::text::{Message, Words};
use sync_api::{
    Authorization, AuthorizationStatus, Connection, Intent as Purpose, NextStep, SignInMethod,
    Timestamp,
};

/// A sign-in that is under way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WaitingView {
    /// Whether it needs a look.
    pub tone: Tone,
    /// How it stands.
    pub title: String,
    /// What to do.
    pub text: String,
    /// Where to sign in, in any browser; empty until that is known.
    pub url: String,
    /// What that is.
    pub link: String,
    /// Copies it.
    pub copy: String,
    /// Until when it works.
    pub until: String,
    /// Opens the window again; empty where that makes no sense.
    pub open: String,
    /// Gives it up; empty while there is nothing to give up.
    pub give_up: String,
}

/// What came of a press, or of a sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaidView {
    /// How good the news is.
    pub tone: Tone,
    /// What happened.
    pub title: String,
    /// What it means, what to do, and what else helps.
    pub explained: Explained,
    /// The heading of the words below.
    pub own_words_title: String,
    /// The words of whoever refused; empty where there are none.
    pub own_words: String,
}

/// The form in which another account or kind is chosen, or a login given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormView {
    /// What it is about.
    pub title: String,
    /// The heading of the choice.
    pub kind: String,
    /// The kinds: name, word, and whether it is chosen (a detail that is not empty). None to choose from
    /// when the account stays the same.
    pub kinds: Vec<Line>,
    /// Something to know before the kind is taken; empty where there is nothing.
    pub notice: String,
    /// The words of whoever tells it.
    pub notice_words: String,
    /// The field for the domain.
    pub domain: Option<FieldView>,
    /// The fields for a login.
    pub login: Option<LoginView>,
    /// Sends it.
    pub submit: String,
    /// Whether it can be sent.
    pub enabled: bool,
    /// Closes it.
    pub cancel: String,
}

/// A field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldView {
    /// Its name.
    pub name: String,
    /// What may stand there, for example; empty where nothing is shown.
    pub example: String,
    /// What stands there at first.
    pub value: String,
    /// Whether that stays.
    pub fixed: bool,
}

/// The fields for a login. What is typed into them is not the view's: it stays in the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginView {
    /// The login.
    pub login: FieldView,
    /// The password.
    pub password: FieldView,
    /// The heading of what is seldom needed.
    pub more: String,
    /// The server's address.
    pub address: FieldView,
}

pub(super) fn waiting(
    card: &Connection,
    model: &Model,
    service_now: Timestamp,
    words: &Words,
) -> Option<WaitingView> {
    let page = &model.connectivity;
    let sign_in = page.sign_in.as_ref().filter(|sign_in| sign_in.side == card.side)?;
    let known = sign_in.authorization.as_ref();
    let expected = known.and_then(|known| known.expected_account.as_deref());
    let whom = |plain: Message, named: Message| match expected {
        Some(account) => words.with(named, account),
        None => words.say(plain),
    };
    let url = sign_in.url().unwrap_or_default().to_owned();
    let is_nowhere = known.is_some() && url.is_empty();
    let (tone, title, text) = match sign_in.window {
        SignInWindow::Open | SignInWindow::Blocked | SignInWindow::Closed if is_nowhere => {
            (Tone::Warning, Message::WindowNotOpened, words.say(Message::NoSafeAddress))
        }
        SignInWindow::Elsewhere if is_nowhere => {
            (Tone::Warning, Message::SignInUnderWay, words.say(Message::NoSafeAddress))
        }
        SignInWindow::Waiting if page.command.is_checking() => {
            (Tone::Busy, Message::OpeningSignIn, words.say(Message::CheckingCommand))
        }
        SignInWindow::Waiting => (Tone::Busy, Message::OpeningSignIn, String::new()),
        SignInWindow::Open => (
            Tone::Busy,
            Message::WaitingForSignIn,
            whom(Message::SignInInWindow, Message::SignInInWindowAs),
        ),
        SignInWindow::Blocked => {
            (Tone::Warning, Message::WindowBlocked, words.say(Message::WindowBlockedHelp))
        }
        SignInWindow::Refused(why) => {
            let text = not_opened(why, model, words).split_off(1).join(" ");
            (Tone::Warning, Message::WindowNotOpened, text)
        }
        SignInWindow::Closed => {
            let text = [Message::NothingChanged, Message::WindowClosedHelp].map(|it| words.say(it));
            (Tone::Warning, Message::WindowClosed, text.join(" "))
        }
        SignInWindow::Elsewhere => {
            (Tone::Busy, Message::SignInUnderWay, words.say(Message::SignInUnderWayHelp))
        }
    };
    let if_known = |message: Message| match known {
        Some(_) if !url.is_empty() => words.say(message),
        _ => String::new(),
    };
    Some(WaitingView {
        tone,
        title: words.say(title),
        text,
        link: if_known(Message::AnyBrowser),
        copy: if_known(Message::CopyLink),
        open: match sign_in.window {
            SignInWindow::Waiting => String::new(),
            _ => if_known(Message::OpenWindow),
        },
        until: known
            .map(|known| {
                let moment = words.moment(known.expires_at, service_now);
                words.with(Message::LinkWorksUntil, &moment)
            })
            .unwrap_or_default(),
        give_up: match &sign_in.id {
            Some(_) => words.say(Message::GiveUp),
            None => String::new(),
        },
        url,
    })
}

/// That a host did not open the window, why, and what helps: sentences. The first one always is the same.
pub(super) fn not_opened(why: WindowRefusal, model: &Model, words: &Words) -> Vec<String> {
    let explained = explained(model, &why.code(), words);
    let why = (!explained.words.is_empty()).then_some(explained.words);
    let title = [words.say(Message::WindowNotOpened), ".".to_owned()].concat();
    [title].into_iter().chain(why).chain(explained.advice).collect()
}

pub(super) fn said(card: &Connection, model: &Model, words: &Words) -> Option<SaidView> {
    let (side, outcome) = model.connectivity.outcome.as_ref()?;
    if *side != card.side || model.connectivity.sign_in.is_some() {
        return None;
    }
    let base = SaidView { own_words_title: words.say(Message::ErrorWords), ..Default::default() };
    Some(match outcome {
        ConnectionOutcome::Ended(ended) => ended_view(base, ended, model, words),
        ConnectionOutcome::LoggedIn(login) => connected(base, Some(login), words),
        ConnectionOutcome::NotDone(command, failure) => SaidView {
            tone: Tone::Warning,
            title: words.say(not_done(command)),
            explained: plain(connection_words::failure(failure, model, words)),
            own_words: refused_words(failure),
            ..base
        },
        ConnectionOutcome::Lost(command) => SaidView {
            tone: Tone::Warning,
            title: words.say(not_done(command)),
            explained: plain(words.say(Message::CommandLost)),
            ..base
        },
    })
}

/// What the service says of a refusal, where the panel says it in words of its own.
fn refused_words(failure: &Failure) -> String {
    match failure {
        Failure::Refused(problem) => problem.detail.clone().unwrap_or_default(),
        _ => String::new(),
    }
}

fn plain(words: String) -> Explained {
    Explained { words, ..Explained::default() }
}

fn not_done(command: &ConnectionCommand) -> Message {
    match command {
        ConnectionCommand::Check => Message::CheckNotDone,
        ConnectionCommand::Authorize(_) => Message::SignInNotBegun,
        ConnectionCommand::LogIn(_) => Message::LogInNotDone,
        ConnectionCommand::GiveUp(_) => Message::GiveUpNotDone,
    }
}

fn connected(base: SaidView, account: Option<&String>, words: &Words) -> SaidView {
    SaidView {
        tone: Tone::Good,
        title: words.say(Message::Connected),
        explained: plain(
            account.map(|account| words.with(Message::SignedInAs, account)).unwrap_or_default(),
        ),
        ..base
    }
}

fn ended_view(base: SaidView, ended: &Authorization, model: &Model, words: &Words) -> SaidView {
    let expected = ended.expected_account.as_deref().unwrap_or_default();
    let signed_in =
        ended.account.as_deref().map(|account| words.with(Message::SignedInAs, account));
    let nothing = words.say(Message::NothingChanged);
    let why = ended.cause.as_ref();
    let again = words.say(match ended.intent {
        Purpose::Refresh => Message::Refresh,
        _ => Message::Change,
    });
    let begin_again = || words.with(Message::StepBeginAgain, &again);
    let say = |message: Message| words.say(message);
    let told = || why.map(|why| sentence(connection_words::cause(why, model)));
    let (tone, title, told, step) = match &ended.status {
        AuthorizationStatus::Succeeded => return connected(base, ended.account.as_ref(), words),
        AuthorizationStatus::Refused => {
            (Tone::Warning, say(Message::SignInNotAllowed), None, say(Message::StepAllow))
        }
        AuthorizationStatus::WrongAccount => (
            Tone::Warning,
            say(Message::WrongAccount),
            Some(words.with(Message::WasExpected, expected)),
            words.with(Message::StepSameAccount, expected),
        ),
        AuthorizationStatus::WrongKind => {
            let kind = connection_words::kind(&ended.kind, words);
            let title = words.with(Message::WrongKind, &kind);
            (Tone::Warning, title, None, say(Message::StepOtherKind))
        }
        AuthorizationStatus::Expired => {
            (Tone::Warning, say(Message::SignInExpired), None, begin_again())
        }
        AuthorizationStatus::Cancelled => {
            (Tone::Resting, say(Message::SignInGivenUp), None, begin_again())
        }
        AuthorizationStatus::Failed => {
            (Tone::Bad, say(Message::SignInFailed), told(), begin_again())
        }
        AuthorizationStatus::Pending | AuthorizationStatus::Unknown(_) => {
            let word = ended.status.as_str().replace('_', " ");
            (Tone::Unknown, word, told(), begin_again())
        }
    };
    let known = why.and_then(|why| why.next_step.as_ref());
    let says_all = told.is_none() || ended.status == AuthorizationStatus::WrongAccount;
    let step = match known {
        // Where the ending itself does not say why, the service knows better what helps.
        Some(known) if !says_all && *known != NextStep::Retry => {
            problem_words::step(known, model, words)
        }
        _ => Step { by_itself: false, text: step },
    };
    let advice =
        why.filter(|_| !says_all).map(|why| connectivity_view::advice(why, false, model, words));
    let text = [signed_in, told, says_all.then_some(nothing)];
    SaidView {
        tone,
        title,
        explained: Explained {
            words: text.into_iter().flatten().collect::<Vec<_>>().join(" "),
            step: Some(step),
            advice: advice.unwrap_or_default(),
        },
        own_words: why.map(connection_words::own_words).unwrap_or_default(),
        ..base
    }
}

fn sentence(mut words: String) -> String {
    if !words.ends_with(['.', '!', '?']) {
        words.push('.');
    }
    words
}

pub(super) fn form(card: &Connection, model: &Model, words: &Words) -> Option<FormView> {
    let page = &model.connectivity;
    let form = page.form.as_ref().filter(|form| form.side == card.side)?;
    let (method, needs_domain) = page.form_needs()?;
    let refresh = form.purpose == Purpose::Refresh;
    let offer = card.change_to.iter().find(|offer| offer.kind == form.kind);
    let notice = offer.and_then(|offer| offer.notice.as_ref()).filter(|_| !refresh);
    let by_password = method == SignInMethod::Password;
    let field = |name: Message, example: &str| FieldView {
        name: words.say(name),
        example: example.to_owned(),
        ..FieldView::default()
    };
    let same_kind = form.kind == card.kind;
    let account = card.account.clone().filter(|_| refresh).unwrap_or_default();
    let domain = card.domain.clone().filter(|_| same_kind && !by_password);
    let kinds = card.change_to.iter().map(|offer| {
        let mut name = connection_words::kind(&offer.kind, words);
        if offer.demo {
            name = [name, words.say(Message::Demo)].join(" · ");
        }
        let chosen = if offer.kind == form.kind { "chosen" } else { "" };
        Line { name, value: offer.kind.as_str().to_owned(), detail: chosen.to_owned() }
    });
    let sending = matches!(page.command.in_flight(), Some((_, ConnectionCommand::LogIn(_))));
    Some(FormView {
        title: words.say(match (refresh, card.account.is_some()) {
            (true, _) => Message::Refresh,
            (false, true) => Message::Change,
            (false, false) => Message::Connect,
        }),
        kind: words.say(Message::KindToTake),
        kinds: if refresh { Vec::new() } else { kinds.collect() },
        notice: notice.map(|it| connection_words::cause(it, model)).unwrap_or_default(),
        notice_words: notice.map(connection_words::own_words).unwrap_or_default(),
        domain: needs_domain.then(|| FieldView {
            value: domain.unwrap_or_default(),
            ..field(Message::Domain, "acme.my.site.com")
        }),
        login: by_password.then(|| LoginView {
            login: FieldView {
                fixed: !account.is_empty(),
                value: account,
                ..field(Message::Login, "name@example.com")
            },
            password: field(Message::PasswordField, ""),
            more: words.say(Message::More),
            address: field(Message::EwsAddress, "https://mail.example.com/EWS/Exchange.asmx"),
        }),
        submit: words.say(if sending { Message::LoggingIn } else { Message::SignIn }),
        enabled: model.allows_connecting(),
        cancel: words.say(Message::Cancel),
    })
}
