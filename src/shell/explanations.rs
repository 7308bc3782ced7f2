//! Loading what codes mean.

use super::{Shell, fetch, language};
use crate::model::{Event, Explanations, Fact, Here};
use crate::text::Locale;
use std::rc::Rc;

/// Loads what codes mean in this language, and tells the model.
#[inline(never)]
pub(super) fn load(shell: &Rc<Shell>, _: Here, locale: Locale) {
    let shell = Rc::clone(shell);
    fetch::run(Box::pin(async move {
        let file = language::file("locales/explanations/", locale);
        let answer = fetch::answer(&shell, &file).await.ok();
        let explanations = answer.and_then(|answer| Explanations::parse(&answer.body).ok());
        shell.tell(Event::Fact(Fact::Explained(locale, explanations)));
    }));
}
