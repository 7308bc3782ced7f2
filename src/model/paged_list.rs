//! A list that is too long to hold: it is read page by page as the person scrolls, remembers where
//! every page begins, and holds the items only of the pages around what is on screen.
//!
//! There is one request at a time, and its ticket tells a late answer from a wanted one: who begins
//! a list anew forgets the ticket of the old one.

use crate::client::Failure;
use std::ops::Range;
use sync_api::Page;

/// A list of which a part is held.
#[derive(Clone, Debug, PartialEq)]
pub struct PagedList<T> {
    parts: Vec<Part<T>>,
    end: End,
    reading: Option<usize>,
    /// How many pages in a row had nothing in them but the way to the next.
    nothing: u8,
    failure: Option<Failure>,
    shown: Range<usize>,
}

/// One page of the list.
#[derive(Clone, Debug, PartialEq)]
struct Part<T> {
    cursor: Option<String>,
    length: usize,
    items: Vec<T>,
    outdated: bool,
}

/// What comes after the last page that is known.
#[derive(Clone, Debug, PartialEq)]
enum End {
    /// Another page. Of the first one, nothing is known but that it begins at the beginning.
    More(Option<String>),
    /// Nothing.
    Complete,
    /// More than this list remembers.
    Cut,
}

/// How a list stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing<'a> {
    /// Nothing has been asked for yet.
    Unread,
    /// The first page is on its way.
    Reading,
    /// A page could not be read; what is held may be shown.
    Failed(&'a Failure),
    /// There is nothing in it.
    Empty,
    /// There is more than is known.
    Open,
    /// All pages are known.
    Complete,
    /// There is more than can be scrolled to: the person must narrow the list.
    Cut,
}

/// A page to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRead {
    /// Where it begins; absent for the first one.
    pub cursor: Option<String>,
}

impl<T> Default for PagedList<T> {
    fn default() -> Self {
        let (parts, end, shown) = (Vec::new(), End::More(None), 0..10);
        Self { parts, end, reading: None, nothing: 0, failure: None, shown }
    }
}

impl<T> PagedList<T> {
    /// How many items to ask for at a time.
    pub const PAGE: usize = 50;
    /// How many rows are drawn above and below those on screen.
    pub const OVERSCAN: usize = 5;
    /// How many pages' items are held at most.
    pub const HELD: usize = 6;
    /// How many pages are remembered at most: 102,400 rows.
    pub const REMEMBERED: usize = 2_048;
    /// How many pages with nothing in them are read in a row: a service that has lost its way has them for ever.
    const NOTHING: u8 = 20;

    /// How the list stands.
    pub fn standing(&self) -> Standing<'_> {
        match (&self.failure, &self.end) {
            (Some(failure), _) => Standing::Failed(failure),
            (None, End::More(_)) if !self.parts.is_empty() => Standing::Open,
            (None, End::More(_)) if self.reading.is_some() => Standing::Reading,
            (None, End::More(_)) => Standing::Unread,
            (None, End::Complete) if self.rows() == 0 => Standing::Empty,
            (None, End::Complete) => Standing::Complete,
            (None, End::Cut) => Standing::Cut,
        }
    }

    /// How many rows are known of, held or not.
    pub fn rows(&self) -> usize {
        self.parts.iter().map(|part| part.length).sum()
    }

    /// How many rows there are in all, once that is known.
    pub fn total(&self) -> Option<usize> {
        (self.end == End::Complete).then(|| self.rows())
    }

    /// A row, if it is held.
    pub fn row(&self, row: usize) -> Option<&T> {
        let (part, first) = self.part_of(row)?;
        self.parts[part].items.get(row - first)
    }

    /// The items that are held, in order.
    pub fn held(&self) -> impl Iterator<Item = &T> {
        self.parts.iter().flat_map(|part| &part.items)
    }

    /// The items that are held, to be changed in their places.
    pub fn held_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.parts.iter_mut().flat_map(|part| &mut part.items)
    }

    /// The rows that are on screen, those beyond the end left out.
    pub fn shown(&self) -> Range<usize> {
        let rows = self.rows();
        self.shown.start.min(rows)..self.shown.end.min(rows)
    }

    /// The rows that are drawn: those on screen, and a few around them, so that none is missed while
    /// it comes into view, and the keyboard finds the next one.
    pub fn window(&self) -> Range<usize> {
        let shown = self.shown();
        shown.start.saturating_sub(Self::OVERSCAN)..(shown.end + Self::OVERSCAN).min(self.rows())
    }

    /// Whether a page is being read.
    pub fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    /// These rows are on screen: others far from them are forgotten. [`Self::read_next`] tells what
    /// to read for them.
    pub fn show(&mut self, first: usize, last: usize) {
        // No screen shows more rows than are held.
        let last = last.clamp(first, first + Self::PAGE * (Self::HELD - 2));
        self.shown = first..last.saturating_add(1);
        self.forget_far_pages();
    }

    /// The next page to be read, if there is one and nothing is being read: what is on screen and
    /// missing before what is on screen and outdated, and the page after the last half a page early.
    pub fn read_next(&mut self) -> Option<PageRead> {
        if self.reading.is_some() || self.failure.is_some() {
            return None;
        }
        let near = self.near_parts();
        let missing = |part: &usize| self.parts[*part].items.is_empty();
        let outdated = |part: &usize| self.parts[*part].outdated;
        let ends_soon = self.shown.end + Self::OVERSCAN + Self::PAGE / 2 > self.rows();
        let beyond = matches!(self.end, End::More(_)) && ends_soon;
        let part = near
            .clone()
            .find(missing)
            .or_else(|| near.clone().find(outdated))
            .or_else(|| beyond.then_some(self.parts.len()))?;
        self.reading = Some(part);
        let cursor = match (self.parts.get(part), &self.end) {
            (Some(part), _) => part.cursor.clone(),
            (None, End::More(cursor)) => cursor.clone(),
            (None, End::Complete | End::Cut) => None,
        };
        Some(PageRead { cursor })
    }

    /// The page that was asked for.
    pub fn read(&mut self, page: Page<T>) {
        let Some(number) = self.reading.take() else { return };
        let cursor = match (self.parts.get(number), &self.end) {
            (Some(part), _) => part.cursor.clone(),
            (None, End::More(cursor)) => cursor.clone(),
            (None, End::Complete | End::Cut) => return,
        };
        self.nothing = if page.items.is_empty() { self.nothing.saturating_add(1) } else { 0 };
        let part = Part { cursor, length: page.items.len(), items: page.items, outdated: false };
        match self.parts.get_mut(number) {
            Some(place) => *place = part,
            None => self.parts.push(part),
        }
        let next = self.parts.get(number + 1).map(|next| next.cursor.as_ref());
        let is_long = self.parts.len() >= Self::REMEMBERED || self.nothing >= Self::NOTHING;
        match (page.next_cursor, next) {
            // As it was.
            (Some(cursor), Some(remembered)) if remembered == Some(&cursor) => {}
            // The list has moved: the pages after this one follow when they are on screen.
            (Some(cursor), Some(_)) => {
                self.parts[number + 1].cursor = Some(cursor);
                self.parts[number + 1].outdated = true;
            }
            (Some(_), None) if is_long => self.end = End::Cut,
            (Some(cursor), None) => self.end = End::More(Some(cursor)),
            (None, _) => {
                self.parts.truncate(number + 1);
                self.end = End::Complete;
            }
        }
        self.drop_empty_pages();
        self.forget_far_pages();
    }

    /// The page that was asked for could not be read: nothing is read until [`Self::try_again`].
    pub fn fail(&mut self, failure: Failure) {
        if self.reading.take().is_some() {
            self.failure = Some(failure);
        }
    }

    /// A failed page may be read again.
    pub fn try_again(&mut self) {
        self.failure = None;
    }

    /// The request was given up: its page may be asked for again.
    pub fn interrupt(&mut self) {
        self.reading = None;
    }

    /// Everything may have changed: what is on screen stays until it has been read again.
    pub fn refresh(&mut self) {
        self.failure = None;
        // An answer to what is being read may be older than the change.
        self.reading = None;
        self.parts.iter_mut().for_each(|part| part.outdated = true);
        if self.rows() == 0 {
            self.begin();
        }
    }

    /// Another list takes its place: from the beginning.
    pub fn begin(&mut self) {
        *self = Self::default();
    }

    /// A page that has become empty holds no row to come back for.
    fn drop_empty_pages(&mut self) {
        self.parts.retain(|part| part.length > 0);
        if let Some(first) = self.parts.first_mut() {
            first.cursor = None;
        }
    }

    /// The page of a row, and that page's first row.
    fn part_of(&self, row: usize) -> Option<(usize, usize)> {
        let mut first = 0;
        for (number, part) in self.parts.iter().enumerate() {
            if row < first + part.length {
                return Some((number, first));
            }
            first += part.length;
        }
        None
    }

    /// The pages of what is on screen.
    fn near_parts(&self) -> Range<usize> {
        let shown = self.window();
        let part = |row: usize| self.part_of(row).map(|(part, _)| part);
        match (part(shown.start), shown.end.checked_sub(1).and_then(part)) {
            (Some(first), Some(last)) => first..last + 1,
            // Scrolled beyond an end that came nearer.
            _ => self.parts.len().saturating_sub(1)..self.parts.len(),
        }
    }

    fn forget_far_pages(&mut self) {
        let near = self.near_parts();
        let spare = Self::HELD.saturating_sub(near.len()) / 2;
        let kept = near.start.saturating_sub(spare)..near.end + spare;
        for (number, part) in self.parts.iter_mut().enumerate() {
            if !kept.contains(&number) {
                part.items = Vec::new();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::NetworkError;
    use proptest::prelude::*;

    type List = PagedList<usize>;

    /// A service with a list of numbers, whose cursors are the numbers after which to go on.
    fn page(all: &[usize], read: &PageRead) -> Page<usize> {
        let after: Option<usize> = read.cursor.as_ref().map(|cursor| cursor.parse().unwrap());
        let rest = || all.iter().copied().filter(|item| after.is_none_or(|after| *item > after));
        let items: Vec<usize> = rest().take(List::PAGE).collect();
        let next_cursor = (rest().count() > List::PAGE).then(|| items.last().unwrap().to_string());
        Page { items, next_cursor }
    }

    fn settle(list: &mut List, all: &[usize]) -> usize {
        let mut reads = 0;
        while let Some(read) = list.read_next() {
            list.read(page(all, &read));
            reads += 1;
            assert!(reads < 100, "it reads for ever");
        }
        reads
    }

    #[test]
    fn a_service_that_only_ever_points_to_the_next_page_is_not_followed_for_ever() {
        let mut list = List::default();
        let nothing = Page { items: Vec::new(), next_cursor: Some("1".to_owned()) };
        let mut read = || list.read_next().map(|_| list.read(nothing.clone()));
        assert_eq!((0..100).filter_map(|_| read()).count(), 20);
        assert_eq!(list.standing(), Standing::Cut);
    }

    #[test]
    fn the_first_page_is_read_and_the_next_one_half_a_page_early() {
        let all: Vec<usize> = (0..1_000).collect();
        let mut list = List::default();
        assert_eq!(list.standing(), Standing::Unread);
        list.show(0, 10);
        assert_eq!(list.read_next(), Some(PageRead { cursor: None }));
        assert_eq!(list.read_next(), None, "one request at a time");
        assert_eq!(list.standing(), Standing::Reading);
        list.read(page(&all, &PageRead { cursor: None }));
        assert_eq!((list.standing(), list.rows(), list.total()), (Standing::Open, 50, None));
        assert_eq!(list.read_next(), None, "the end is not near");
        list.show(20, 30);
        assert_eq!(list.read_next(), Some(PageRead { cursor: Some("49".into()) }));
    }

    #[test]
    fn a_list_of_hundred_thousand_rows_holds_a_few_hundred_items() {
        let all: Vec<usize> = (0..100_000).collect();
        let mut list = List::default();
        let mut first = 0;
        while list.total().is_none() {
            first = (first + 40).min(list.rows());
            list.show(first, first + 12);
            // A page is asked for by its cursor alone, so there is no need to search the list here.
            while let Some(read) = list.read_next() {
                let from = read.cursor.map_or(0, |after| after.parse::<usize>().unwrap() + 1);
                let to = from + List::PAGE;
                let next_cursor = (to < all.len()).then(|| (to - 1).to_string());
                list.read(Page { items: all[from..to].to_vec(), next_cursor });
            }
            assert!(list.held().count() <= List::HELD * List::PAGE);
            assert_eq!(list.row(first.min(list.rows() - 1)), Some(&first.min(list.rows() - 1)));
        }
        assert_eq!(list.total(), Some(100_000));
        assert_eq!(list.row(0), None, "it was forgotten");
        list.show(0, 12);
        assert_eq!(list.read_next(), Some(PageRead { cursor: None }));
        list.read(page(&all, &PageRead { cursor: None }));
        assert_eq!((list.row(0), list.rows()), (Some(&0), 100_000));
    }

    #[test]
    fn more_pages_than_are_remembered_cut_the_list() {
        let mut list = List::default();
        for number in 0..=List::REMEMBERED {
            list.show(list.rows(), list.rows() + 10);
            match list.read_next() {
                Some(_) => {
                    list.read(Page { items: vec![number; 50], next_cursor: Some("x".into()) })
                }
                None => assert_eq!(number, List::REMEMBERED),
            }
        }
        assert_eq!((list.standing(), list.rows()), (Standing::Cut, 102_400));
    }

    #[test]
    fn an_empty_list_and_one_that_ends_with_its_first_page() {
        let mut list = List::default();
        settle(&mut list, &[]);
        assert_eq!((list.standing(), list.rows()), (Standing::Empty, 0));
        list.begin();
        settle(&mut list, &[1, 2]);
        assert_eq!((list.standing(), list.total()), (Standing::Complete, Some(2)));
    }

    #[test]
    fn a_failure_waits_for_the_person_and_keeps_what_is_held() {
        let all: Vec<usize> = (0..120).collect();
        let mut list = List::default();
        settle(&mut list, &all);
        list.show(40, 49);
        list.read_next().unwrap();
        let failure = Failure::Network(NetworkError::Unreachable);
        list.fail(failure.clone());
        assert_eq!(list.standing(), Standing::Failed(&failure));
        assert_eq!((list.read_next(), list.row(49)), (None, Some(&49)));
        list.show(41, 49);
        assert_eq!(list.read_next(), None, "scrolling does not try again");
        list.try_again();
        settle(&mut list, &all);
        assert_eq!(list.rows(), 100);
    }

    #[test]
    fn an_answer_that_was_not_asked_for_changes_nothing() {
        let mut list = List::default();
        list.read_next().unwrap();
        list.begin();
        let empty = list.clone();
        list.read(Page { items: vec![7], next_cursor: None });
        list.fail(Failure::Unreadable);
        assert_eq!(list, empty);
    }

    #[test]
    fn a_refresh_keeps_the_rows_until_the_page_is_there_and_reads_no_more_than_is_shown() {
        let mut all: Vec<usize> = (0..500).collect();
        let mut list = List::default();
        for first in (0..500).step_by(10) {
            list.show(first, first + 10);
            settle(&mut list, &all);
        }
        list.show(210, 220);
        settle(&mut list, &all);
        all.retain(|item| *item != 205);
        list.refresh();
        assert_eq!(list.row(210), Some(&210));
        let read = list.read_next().unwrap();
        assert_eq!(read, PageRead { cursor: Some("199".into()) });
        assert_eq!(list.row(210), Some(&210), "not while it is being read");
        list.read(page(&all, &read));
        assert_eq!(list.row(210), Some(&211));
        assert_eq!(list.read_next(), None, "the rest is not on screen");
        // The pages after it follow when they come on screen.
        list.show(252, 262);
        settle(&mut list, &all);
        assert_eq!(list.row(252), Some(&253));
    }

    #[test]
    fn a_list_that_has_shrunk_below_the_screen_ends_where_it_ends() {
        let all: Vec<usize> = (0..200).collect();
        let mut list = List::default();
        for first in (0..200).step_by(10) {
            list.show(first, first + 10);
            settle(&mut list, &all);
        }
        list.refresh();
        settle(&mut list, &[1, 2, 3]);
        assert_eq!((list.total(), list.row(2)), (Some(3), Some(&3)));
        list.refresh();
        settle(&mut list, &[]);
        assert_eq!(list.standing(), Standing::Empty);
        list.refresh();
        settle(&mut list, &all);
        assert_eq!(list.row(0), Some(&0));
    }

    proptest! {
        #[test]
        fn whatever_is_scrolled_and_changed_what_settles_is_shown_in_order(
            steps in prop::collection::vec((0..3_u8, 0..700_usize), 1..40),
        ) {
            let mut all: Vec<usize> = (0..600).collect();
            let mut list = List::default();
            for (kind, number) in steps {
                match kind {
                    0 => { list.show(number, number + 11); }
                    1 => { all.retain(|item| item % 97 != number % 97); }
                    _ => { list.refresh(); }
                }
                settle(&mut list, &all);
                prop_assert!(list.held().count() <= List::HELD * List::PAGE);
                for row in list.shown() {
                    prop_assert!(list.row(row).is_some(), "row {row} of {}", list.rows());
                }
            }
            // From the top, everything is there once and in order.
            list.refresh();
            let mut seen = Vec::new();
            let mut first = 0;
            loop {
                list.show(first, first + 11);
                settle(&mut list, &all);
                if first >= list.rows() { break; }
                seen.push(*list.row(first).unwrap());
                first += 1;
            }
            prop_assert_eq!(seen, all);
        }
    }
}
