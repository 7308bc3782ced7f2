//! The form in which another account or kind is chosen, or a login given. What is typed stays in the
//! page's fields until it is sent: a password is nowhere else.

use super::connectivity::{Place, own_words};
use super::history::option;
use super::parts::{El, button, el};
use crate::model::view::{FieldView, FormView, LoginView};
use crate::model::{ConnectionEntries, ConnectionIntent};
use sync_api::Password;

pub(super) fn form(place: Place) -> El {
    // Built anew only when it is opened: choosing and sending leave the fields as they are.
    let open =
        place.text(|card| card.form.as_ref().map(|form| form.title.clone()).unwrap_or_default());
    el("div").class("connection-form").shown_if(place.flag(|card| card.waiting.is_none())).live(
        move || match open.get() {
            title if title.is_empty() => Vec::new(),
            title => vec![fields(place, title)],
        },
    )
}

fn fields(place: Place, title: String) -> El {
    let text = move |which: fn(&FormView) -> String| {
        place.text_by(Box::new(move |card| card.form.as_ref().map(which).unwrap_or_default()))
    };
    let kinds =
        place.part(|card| card.form.as_ref().map(|form| form.kinds.clone()).unwrap_or_default());
    let kind = el("select")
        .attr("name", "kind")
        .on_choice(move |word| place.intend(ConnectionIntent::Choose(word)))
        .live(move || kinds.get().into_iter().map(option).collect());
    let kind = el("label")
        .shown_if(place.flag(|card| card.form.as_ref().is_some_and(|form| !form.kinds.is_empty())))
        .child(el("small").text(text(|form| form.kind.clone())))
        .child(kind);
    let notice = el("p")
        .class("notice")
        .shown_if(place.flag(|card| card.form.as_ref().is_some_and(|form| !form.notice.is_empty())))
        .text(text(|form| form.notice.clone()));
    let asked =
        place.part(|card| card.form.as_ref().map(|form| (form.domain.clone(), form.login.clone())));
    let asked = el("div").class("asked").live(move || match asked.get() {
        Some((domain, login)) => {
            let domain = domain.map(|field| input(field, "domain", "text", "off", true));
            domain.into_iter().chain(login.into_iter().flat_map(login_fields)).collect()
        }
        None => Vec::new(),
    });
    let disabled = place.flag(|card| card.form.as_ref().is_some_and(|form| !form.enabled));
    let submit = el("button")
        .attr("type", "submit")
        .class("primary")
        .says("aria-disabled", disabled)
        .text(text(|form| form.submit.clone()));
    let cancel = button(move || place.intend(ConnectionIntent::CloseForm))
        .text(text(|form| form.cancel.clone()));
    el("form")
        .attr("aria-label", title.clone())
        .on_submit(move |field| {
            place.intend(ConnectionIntent::Submit(ConnectionEntries {
                domain: field("domain"),
                login: field("login"),
                password: Password::new(field("password")),
                ews_url: field("ews_url"),
            }));
        })
        .child(el("h3").text(title))
        .child(kind)
        .child(notice)
        .child(own_words(
            place,
            |card| card.own_words_title.clone(),
            |card| card.form.as_ref().map(|form| form.notice_words.clone()).unwrap_or_default(),
        ))
        .child(asked)
        .child(el("div").class("actions").child(submit).child(cancel))
}

fn login_fields(login: LoginView) -> [El; 3] {
    let address = input(login.address, "ews_url", "url", "off", false);
    [
        input(login.login, "login", "text", "username", true),
        input(login.password, "password", "password", "current-password", true),
        el("details").child(el("summary").text(login.more)).child(address),
    ]
}

fn input(
    field: FieldView,
    name: &'static str,
    kind: &'static str,
    fills: &'static str,
    required: bool,
) -> El {
    let mut input = el("input")
        .attr("name", name)
        .attr("type", kind)
        .attr("autocomplete", fills)
        .attr("autocapitalize", "none")
        .attr("spellcheck", "false")
        .attr("maxlength", if kind == "url" { "2048" } else { "256" })
        .attr("placeholder", field.example)
        .attr("value", field.value);
    if required {
        input = input.attr("required", "");
    }
    if field.fixed {
        input = input.attr("readonly", "");
    }
    el("label").child(el("small").text(field.name)).child(input)
}
