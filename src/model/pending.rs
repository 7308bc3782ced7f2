//! The requests whose answers are still wanted. An answer to anything else is late and is dropped.

use super::{Ask, Ticket};

/// At most one request of each kind is wanted: a newer one takes the older one's place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pending {
    tickets: Vec<Ticket>,
    last_number: u32,
}

impl Pending {
    /// A ticket for a new request.
    pub(super) fn ask(&mut self, ask: Ask) -> Ticket {
        self.forget(&ask);
        self.last_number = self.last_number.wrapping_add(1);
        let ticket = Ticket { ask, number: self.last_number };
        self.tickets.push(ticket.clone());
        ticket
    }

    /// Whether an answer to this is on its way.
    pub(super) fn awaits(&self, ask: &Ask) -> bool {
        self.tickets.iter().any(|ticket| ticket.ask == *ask)
    }

    /// Gives the ticket back: true when its answer is still wanted.
    pub(super) fn take(&mut self, ticket: &Ticket) -> bool {
        let before = self.tickets.len();
        self.tickets.retain(|wanted| wanted != ticket);
        self.tickets.len() < before
    }

    /// The answer to this is no longer wanted.
    pub(super) fn forget(&mut self, ask: &Ask) {
        self.tickets.retain(|ticket| ticket.ask != *ask);
    }

    /// No answer is wanted any more.
    pub(super) fn forget_all(&mut self) {
        self.tickets.clear();
    }
}
