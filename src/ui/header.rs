//! The top line and the menu behind its button.

use super::Screen;
use super::parts::{El, button, el, icon, tone_icon};
use crate::model::{Intent, Screen as Place};
use crate::text::Locale;
use leptos::prelude::WithUntracked;

pub(super) fn header(screen: Screen) -> El {
    let open = screen.flag(|view| view.header.menu_open);
    let menu_button = button(move || screen.tell(Intent::ToggleMenu))
        .attr("id", "menu-button")
        .class("quiet")
        .attr("aria-label", screen.text(|view| view.header.menu.clone()))
        .attr("aria-controls", "menu")
        .says("aria-expanded", open)
        .child(icon("menu"))
        .child(mark(screen));
    let back = button(move || screen.tell(Intent::Back))
        .class("quiet")
        .attr("aria-label", screen.text(|view| view.labels.back.clone()))
        .shown_if(screen.flag(|view| view.header.has_way_back))
        .child(icon("back"));
    let title = el("h1").attr("tabindex", "-1").text(screen.text(|view| view.header.title.clone()));
    let scrim =
        el("div").class("scrim").shown_if(open).on_click(move || screen.tell(Intent::CloseChoices));
    el("header")
        .on_escape(move || screen.tell(Intent::CloseChoices))
        .child(menu_button)
        .child(back)
        .child(title)
        .child(scrim)
        .child(menu(screen).shown_if(open))
}

/// The mark that a side is disconnected: an icon here, with its word in the menu.
fn mark(screen: Screen) -> El {
    el("span")
        .class("mark bad")
        .shown_if(screen.flag(|view| !view.header.disconnected.is_empty()))
        .child(tone_icon())
}

fn menu(screen: Screen) -> El {
    let account = el("p")
        .class("account")
        .shown_if(screen.flag(|view| !view.header.product.is_empty()))
        .child(el("small").text(screen.text(|view| view.header.product.clone())))
        .child(el("strong").text(screen.text(|view| view.header.account.clone())))
        .child(el("span").text(screen.text(|view| view.header.address.clone())));
    let settings = button(move || {
        let sets_up = screen.view.with_untracked(|view| view.header.sets_up);
        let to = if sets_up { Place::Connectivity } else { Place::General };
        screen.tell(Intent::Go(to));
    })
    .text(screen.text(|view| view.header.settings.clone()));
    let connectivity = button(move || screen.tell(Intent::Go(Place::Connectivity)))
        .shown_if(screen.flag(|view| !view.header.connectivity.is_empty()))
        .text(screen.text(|view| view.header.connectivity.clone()))
        .child(mark(screen).text(screen.text(|view| view.header.disconnected.clone())));
    let report = button(move || screen.tell(Intent::Go(Place::Report)))
        .shown_if(screen.flag(|view| !view.header.report.is_empty()))
        .text(screen.text(|view| view.header.report.clone()));
    let about = button(move || screen.tell(Intent::Go(Place::About)))
        .text(screen.text(|view| view.header.about.clone()));
    let sign_out = button(move || screen.tell(Intent::SignOut))
        .shown_if(screen.flag(|view| !view.header.sign_out.is_empty()))
        .text(screen.text(|view| view.header.sign_out.clone()));
    let sign_out_everywhere = button(move || screen.tell(Intent::SignOutEverywhere))
        .shown_if(screen.flag(|view| !view.header.sign_out_everywhere.is_empty()))
        .text(screen.text(|view| view.header.sign_out_everywhere.clone()));
    let help = button(move || screen.tell(Intent::Go(Place::Help)))
        .shown_if(screen.flag(|view| !view.header.help.is_empty()))
        .text(screen.text(|view| view.header.help.clone()));
    let close = button(move || screen.tell(Intent::Close))
        .shown_if(screen.flag(|view| !view.header.close.is_empty()))
        .text(screen.text(|view| view.header.close.clone()));
    let languages = screen.part(|view| view.header.languages.clone());
    let languages = el("div").live(move || {
        let speak = |locale: Locale| {
            button(move || {
                screen.tell(Intent::Speak(locale));
                screen.tell(Intent::CloseChoices);
            })
            .attr("lang", locale.tag())
            .text(locale.name())
        };
        languages.get().into_iter().map(speak).collect()
    });
    el("nav")
        .attr("id", "menu")
        .attr("aria-label", screen.text(|view| view.header.menu.clone()))
        .child(account)
        .child(settings)
        .child(connectivity)
        .child(help)
        .child(report)
        .child(languages)
        .child(about)
        .child(sign_out)
        .child(sign_out_everywhere)
        .child(close)
}
