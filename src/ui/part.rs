//! A part of the screen that changes only when it has changed. Leptos builds a memo anew for each type
//! that it holds, and that weighs more than most screens: here all types share one.

use crate::model::view::View;
use leptos::prelude::{ArcMemo, Get, Memo, Owner, RwSignal, With};
use leptos::reactive::graph::{Subscriber, ToAnySubscriber};
use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

/// A part of the screen.
pub(super) struct Part<T> {
    memo: Memo<Erased>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Part<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Part<T> {}

impl<T: Clone + Default + PartialEq + Send + Sync + 'static> Part<T> {
    pub(super) fn new(
        view: RwSignal<View>,
        part: impl Fn(&View) -> T + Send + Sync + 'static,
    ) -> Self {
        let part = move |view: &View| Erased(Arc::new(part(view)));
        Self { memo: erased(view, Box::new(part)), kind: PhantomData }
    }

    /// The part as it is, followed by whoever asks.
    pub(super) fn get(self) -> T {
        let part: Arc<dyn Same> = self.memo.get().0;
        let part: &dyn Any = &*part;
        part.downcast_ref::<T>().cloned().unwrap_or_default()
    }
}

type Take = Box<dyn Fn(&View) -> Erased + Send + Sync>;

/// What is read out of the screen, for as long as the view lives that asks for it.
///
/// The screen outlives that view, and a signal of Leptos keeps all who have ever followed it: without the cleaning up
/// each walk through the screens would leave hundreds of memos behind, and each drawing would go through them.
fn erased(view: RwSignal<View>, part: Take) -> Memo<Erased> {
    let memo = ArcMemo::new(move |_| view.with(&*part));
    let follower = memo.to_any_subscriber();
    Owner::on_cleanup(move || follower.clear_sources(&follower));
    memo.into()
}

/// A value that knows whether another is the same.
trait Same: Any + Send + Sync {
    fn same(&self, other: &dyn Any) -> bool;
}

impl<T: PartialEq + Any + Send + Sync> Same for T {
    fn same(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<T>() == Some(self)
    }
}

#[derive(Clone)]
struct Erased(Arc<dyn Same>);

impl PartialEq for Erased {
    fn eq(&self, other: &Self) -> bool {
        (*self.0).same(&*other.0)
    }
}
