//! Signing in to the service with OpenID Connect: a window at the provider, a one-time code for the panel that opened
//! it, short access tokens, and a cookie that renews them.

mod allow_list;
mod configuration;
mod pending;
mod provider;
mod renewals;

pub use allow_list::AllowList;
pub use configuration::{SignInConfiguration, SignInConfigurationError};
pub use provider::NoProvider;
pub use renewals::RenewalFault;

use std::sync::Arc;
use std::time::Duration;

use sync_api::{AccessToken, SignInId, SignInOffer, SignInSecret, Timestamp};
use tokio::sync::Mutex;
use url::Url;

use crate::connection::{Callback, Now, Secret};
use crate::http::person::Person;
use crate::http::recipient::Recipient;
use crate::http::sign_in::{FamilyId, NoRandomness, Tokens, random_hex};
use crate::people::{CannotOpen, People, person_id, short};
use crate::store::{Admission, KnownPerson, PeopleStore, StoreError};
use pending::{Pending, Waiting};
use provider::{Begun, Claims, Provider, ProviderFailure};
use renewals::{Renewals, Renewed};

/// The path below which sign-ins begin.
pub const START_PATH: &str = "/sign-in/";

/// The path of the page that the provider sends people back to.
pub const CALLBACK_PATH: &str = "/sign-in/callback";

/// How long things last.
#[derive(Clone, Copy, Debug)]
pub struct SignInTimes {
    /// How long a person may take at the provider.
    pub sign_in: Duration,
    /// How long a renewal cookie lives after its last use.
    pub renewal: Duration,
}

/// Signing in at an OpenID provider, and everybody who has.
pub struct OpenId {
    provider: Provider,
    configuration: SignInConfiguration,
    own_url: Url,
    times: SignInTimes,
    now: Now,
    store: PeopleStore,
    people: Arc<People>,
    pending: Pending,
    renewals: Renewals,
    /// Held while somebody comes in or goes out: no token is made for what ends at the same time.
    door: Mutex<()>,
}

/// A sign-in that waits for its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInBegun {
    /// Its name.
    pub id: SignInId,
    /// Where it begins.
    pub url: Url,
    /// Until when it may be ended.
    pub expires_at: Timestamp,
}

/// What a person is given who has come in.
pub struct CameIn {
    /// For the API.
    pub token: AccessToken,
    /// When it ends.
    pub expires_at: Timestamp,
    /// For the cookie.
    pub renewal: Secret,
    /// Tells the person from others.
    pub person: String,
}

/// Where the address of a sign-in leads.
pub enum SignInStart {
    /// To the provider, in a window of this panel's.
    Provider(Url, Recipient),
    /// Nowhere.
    Ended(Ended),
}

/// A sign-in that is over, as its window tells it.
pub struct Ended {
    /// Which one it was, and the panel to tell. None for an answer that no sign-in waits for.
    pub to: Option<(SignInId, Recipient)>,
    /// What it has come to.
    pub outcome: Outcome,
}

/// What a sign-in has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A one-time code for the panel.
    Code(Secret),
    /// Nothing.
    Not(WhyNot),
}

/// Why nobody has come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// The person said no at the provider.
    Refused,
    /// It took too long.
    Expired,
    /// The person is not on the list.
    NotAllowed,
    /// The provider has not verified the person's address.
    NotVerified,
    /// As many people as there may be are here.
    Full,
    /// The person's address, and with it the mailbox, is somebody else's here.
    AddressTaken,
    /// The person's own things cannot be opened.
    NoMailbox,
    /// The provider cannot be reached.
    ProviderDown,
    /// The provider's answer does not hold.
    Invalid,
    /// No sign-in waits for this answer.
    NotKnown,
    /// The service itself failed.
    Fault,
}

impl WhyNot {
    /// The word that the panel is told.
    pub fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::NotAllowed | Self::NotVerified | Self::Full | Self::AddressTaken => "not_allowed",
            Self::NoMailbox | Self::ProviderDown | Self::Invalid | Self::NotKnown | Self::Fault => {
                "failed"
            }
        }
    }
}

/// Why nobody is given a token.
#[derive(Debug, thiserror::Error)]
pub enum NotIn {
    /// Nothing that was shown is good.
    #[error("nothing good was shown")]
    NotKnown,
    /// What renews was used a second time, and its family has ended.
    #[error("a renewal was used twice")]
    Reused,
    /// The person is not on the list any more.
    #[error("not on the list")]
    NotAllowed,
    /// The service itself failed.
    #[error(transparent)]
    Renewal(#[from] RenewalFault),
    /// The person's own things cannot be opened.
    #[error("a person's engine cannot be started: {0}")]
    Engine(#[from] CannotOpen),
}

impl From<StoreError> for NotIn {
    fn from(error: StoreError) -> Self {
        Self::Renewal(error.into())
    }
}

impl From<NoRandomness> for NotIn {
    fn from(error: NoRandomness) -> Self {
        Self::Renewal(error.into())
    }
}

/// Why signing in cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum NoSignIn {
    /// The provider cannot be set up.
    #[error(transparent)]
    Provider(#[from] NoProvider),
    /// The own address has no place for a path.
    #[error("{0} is not an address of a service")]
    OwnUrl(Url),
}

impl OpenId {
    /// Ready for people to come.
    pub fn new(
        configuration: SignInConfiguration,
        own_url: Url,
        times: SignInTimes,
        store: PeopleStore,
        people: People,
        now: Now,
    ) -> Result<Self, NoSignIn> {
        let redirect = own_url.join(CALLBACK_PATH);
        let redirect = redirect.map_err(|_| NoSignIn::OwnUrl(own_url.clone()))?;
        Ok(Self {
            provider: Provider::new(&configuration, redirect, now.clone())?,
            configuration,
            own_url,
            times,
            now,
            renewals: Renewals::new(store.clone(), times.renewal),
            store,
            people: Arc::new(people),
            pending: Pending::default(),
            door: Mutex::default(),
        })
    }

    /// Whom one signs in with.
    pub fn offer(&self) -> SignInOffer {
        SignInOffer { name: self.configuration.name.clone() }
    }

    /// Everybody whose engine runs.
    pub fn people(&self) -> &People {
        &self.people
    }

    /// How long a renewal cookie lives after its last use.
    pub fn renewal_life(&self) -> Duration {
        self.renewals.life()
    }

    /// The origin of the service's own pages.
    pub fn own_origin(&self) -> String {
        self.own_url.origin().ascii_serialization()
    }

    /// Begins a sign-in; `None` where the challenge is none. `panel` is handed the code.
    pub fn begin(
        &self,
        challenge: &str,
        panel: Recipient,
    ) -> Result<Option<SignInBegun>, NoRandomness> {
        if !pending::is_challenge(challenge) {
            return Ok(None);
        }
        let Some(id) = SignInId::new(format!("p-{}", random_hex::<16>()?)) else {
            return Ok(None);
        };
        let life = i64::try_from(self.times.sign_in.as_millis()).unwrap_or(i64::MAX);
        let expires_at = (self.now)().plus_millis(life);
        let Ok(url) = self.own_url.join(START_PATH).and_then(|url| url.join(id.as_str())) else {
            return Ok(None);
        };
        let begun = Begun::new()?;
        self.pending.add(Waiting::new(id.clone(), challenge.to_owned(), panel, begun, expires_at));
        Ok(Some(SignInBegun { id, url, expires_at }))
    }

    /// Where the address of a sign-in leads.
    pub async fn start(&self, id: &str) -> SignInStart {
        let Some(waiting) = self.pending.find(id) else {
            // The service was started again meanwhile, or too many others came: the panel that waits can begin anew.
            let to = SignInId::new(id).map(|id| (id, Recipient::Page(self.own_origin())));
            return SignInStart::Ended(Ended { to, outcome: Outcome::Not(WhyNot::Expired) });
        };
        if (self.now)() >= waiting.expires_at {
            return SignInStart::Ended(ended(&waiting, Outcome::Not(WhyNot::Expired)));
        }
        match self.provider.authorize_url(&waiting.begun).await {
            Ok(url) => SignInStart::Provider(url, waiting.panel),
            Err(failure) => {
                tracing::warn!(%failure, "a sign-in cannot begin");
                SignInStart::Ended(ended(&waiting, Outcome::Not(why(&failure))))
            }
        }
    }

    /// Ends a sign-in with what the provider's page has sent back.
    pub async fn finish(&self, callback: Callback) -> Ended {
        let waiting = callback.state.as_ref().and_then(|state| self.pending.take(state));
        let Some(waiting) = waiting else {
            return Ended { to: None, outcome: Outcome::Not(WhyNot::NotKnown) };
        };
        let outcome = match self.answered(&waiting, &callback).await {
            Ok(code) => Outcome::Code(code),
            Err(why) => {
                tracing::info!(why = why.word(), "a sign-in ended without anybody coming in");
                Outcome::Not(why)
            }
        };
        ended(&waiting, outcome)
    }

    async fn answered(&self, waiting: &Waiting, callback: &Callback) -> Result<Secret, WhyNot> {
        if (self.now)() >= waiting.expires_at {
            return Err(WhyNot::Expired);
        }
        let failed = |failure: ProviderFailure| {
            tracing::warn!(%failure, "a sign-in failed");
            why(&failure)
        };
        self.provider.check_issuer(callback.iss.as_deref()).await.map_err(failed)?;
        if let Some(error) = &callback.error {
            return Err(match error.as_str() {
                "access_denied"
                | "login_required"
                | "interaction_required"
                | "consent_required" => WhyNot::Refused,
                _ => failed(ProviderFailure::Refused(error.chars().take(64).collect())),
            });
        }
        let Some(code) = &callback.code else {
            return Err(failed(ProviderFailure::Invalid("there is no code in it".to_owned())));
        };
        let claims = self.provider.exchange(code, &waiting.begun).await.map_err(failed)?;
        let person = self.admit(claims).await?;
        let code = random_hex::<32>().map(Secret::new).map_err(|error| fault(&error))?;
        self.pending.hand_over(waiting, &person.id, &code, (self.now)());
        tracing::info!(person = short(&person.id), "a person has signed in");
        Ok(code)
    }

    /// Takes in whoever may come, and starts their engine.
    async fn admit(&self, claims: Claims) -> Result<KnownPerson, WhyNot> {
        if !self.configuration.allowed.admits(&claims.email) {
            return Err(WhyNot::NotAllowed);
        }
        let issuer = self.provider.issuer().to_owned();
        let who = KnownPerson {
            id: person_id(&issuer, &claims.subject),
            issuer,
            subject: claims.subject,
            name: claims.name,
            email: claims.email,
        };
        let limit = self.configuration.people;
        let admitted = self.store.admit(&who, limit, (self.now)()).await;
        let person = match admitted.map_err(|error| fault(&error))? {
            Admission::In(person) => person,
            Admission::Full => {
                tracing::warn!(
                    limit,
                    "nobody new is let in: raise `people` in the sign-in's file for more"
                );
                return Err(WhyNot::Full);
            }
            Admission::AddressTaken => {
                tracing::warn!(
                    person = short(&who.id),
                    "the address belongs to somebody else here: if that person is gone, delete their row from service.db"
                );
                return Err(WhyNot::AddressTaken);
            }
        };
        match self.people.of(&person).await {
            Ok(_) => Ok(person),
            Err(cause) => {
                tracing::error!(person = short(&person.id), %cause, "a person's engine cannot be started");
                Err(WhyNot::NoMailbox)
            }
        }
    }

    /// Lets in whoever has a sign-in's code and its verifier.
    pub async fn redeem(
        &self,
        code: &SignInSecret,
        verifier: &SignInSecret,
        tokens: &Tokens<Person>,
    ) -> Result<CameIn, NotIn> {
        let _door = self.door.lock().await;
        let now = (self.now)();
        let person = self.pending.redeem(code.to_compare(), verifier.to_compare(), now);
        let who = self.store.person(&person.ok_or(NotIn::NotKnown)?).await?;
        let who = who.ok_or(NotIn::NotKnown)?;
        let person = self.people.of(&who).await?;
        let (family, renewal) = self.renewals.begin(&who.id, now).await?;
        let (token, expires_at) = tokens.grant(&person, Some(family), now)?;
        Ok(CameIn { token, expires_at, renewal, person: short(person.id()).to_owned() })
    }

    /// Lets in again whoever shows a good renewal; the first good one counts.
    pub async fn renew(&self, shown: &[Secret], tokens: &Tokens<Person>) -> Result<CameIn, NotIn> {
        let _door = self.door.lock().await;
        let now = (self.now)();
        let mut reused = false;
        for renewal in shown {
            let Some(who) = self.renewals.owner_of(renewal, now).await? else {
                continue;
            };
            // The list may have become shorter, or the provider another one, since the person signed in.
            if !self.configuration.allowed.admits(&who.email)
                || who.issuer != self.provider.issuer()
            {
                return Err(NotIn::NotAllowed);
            }
            // Before the exchange: what has been exchanged has to reach the browser.
            let person = self.people.of(&who).await?;
            match self.renewals.renew(renewal, now).await? {
                Renewed::Next(of, renewal) => {
                    let (token, expires_at) = tokens.grant(&person, Some(of.family), now)?;
                    let person = short(person.id()).to_owned();
                    return Ok(CameIn { token, expires_at, renewal, person });
                }
                Renewed::Reused(of) => {
                    end_copied(of.family, &person, tokens).await;
                    reused = true;
                }
                Renewed::NotKnown => {}
            }
        }
        Err(if reused { NotIn::Reused } else { NotIn::NotKnown })
    }

    /// Ends what one token came of.
    pub async fn sign_out(
        &self,
        family: FamilyId,
        tokens: &Tokens<Person>,
    ) -> Result<(), StoreError> {
        let _door = self.door.lock().await;
        tokens.end_family(family);
        self.store.end_family(family).await
    }

    /// Ends everything that renews or is renewed for a person, everywhere.
    pub async fn sign_out_everywhere(
        &self,
        person: &Arc<Person>,
        tokens: &Tokens<Person>,
    ) -> Result<(), StoreError> {
        let _door = self.door.lock().await;
        self.pending.forget(person.id());
        tokens.end_all_of(person);
        self.store.end_all_of(person.id()).await
    }
}

/// Somebody has a copy of what renews a sign-in. Nobody can tell the copy from the original, so that both end.
async fn end_copied(family: FamilyId, person: &Person, tokens: &Tokens<Person>) {
    tokens.end_family(family);
    tracing::warn!(
        person = short(person.id()),
        "a renewal cookie was used a second time, as a copy of it would be: all that came of that sign-in has ended"
    );
    if let Err(fault) = person.engine().note_ended_sign_in().await {
        tracing::error!(%fault, "the end of a sign-in was not noted in the person's activity");
    }
}

fn ended(waiting: &Waiting, outcome: Outcome) -> Ended {
    Ended { to: Some((waiting.id.clone(), waiting.panel.clone())), outcome }
}

fn why(failure: &ProviderFailure) -> WhyNot {
    match failure {
        ProviderFailure::Unreachable(_) => WhyNot::ProviderDown,
        ProviderFailure::CodeNotTaken => WhyNot::Expired,
        ProviderFailure::NotVerified => WhyNot::NotVerified,
        ProviderFailure::Refused(_) | ProviderFailure::Invalid(_) => WhyNot::Invalid,
    }
}

fn fault(cause: &dyn std::fmt::Display) -> WhyNot {
    tracing::error!(%cause, "a sign-in failed by the service's own fault");
    WhyNot::Fault
}
