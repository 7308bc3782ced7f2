//! An incremental parser of `text/event-stream`, WHATWG HTML §9.2.6: it takes the bytes in whatever
//! pieces the network cuts them into.

/// One event, complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The last id seen up to and with this event; empty when there was none.
    pub id: String,
    /// The kind; `message` when it was not named.
    pub event: String,
    /// The data lines, joined.
    pub data: String,
}

/// The stream can no longer be trusted: close it and open another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamError {
    /// An event longer than [`EventStream::MAX_EVENT`].
    TooLong,
    /// Bytes that are no UTF-8.
    NotText,
}

/// The parser's state between two pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventStream {
    line: Vec<u8>,
    began: bool,
    after_cr: bool,
    id: String,
    event: String,
    data: String,
    has_data: bool,
    retry_millis: Option<u32>,
}

impl EventStream {
    /// The longest event that is taken, in bytes. A status is about 2 kB.
    pub const MAX_EVENT: usize = 1_000_000;

    /// The longest id that is taken, in bytes: it comes with each event that has none of its own, and goes back in
    /// a header.
    pub const MAX_ID: usize = 256;

    /// A stream that goes on from an earlier one's last id.
    pub fn resuming(id: String) -> Self {
        Self { id, ..Self::default() }
    }

    /// The last id of a complete event; empty when there was none.
    pub fn last_id(&self) -> &str {
        &self.id
    }

    /// How long the service asked to wait before opening the stream again.
    pub fn retry_millis(&self) -> Option<u32> {
        self.retry_millis
    }

    /// Takes the next piece and gives the events that it completes.
    pub fn feed(&mut self, piece: &[u8]) -> Result<Vec<Frame>, StreamError> {
        let mut frames = Vec::new();
        for &byte in piece {
            let ends_crlf = self.after_cr && byte == b'\n';
            self.after_cr = byte == b'\r';
            match byte {
                _ if ends_crlf => {}
                b'\n' | b'\r' => frames.extend(self.end_line()?),
                _ if self.line.len() + self.data.len() >= Self::MAX_EVENT => {
                    return Err(StreamError::TooLong);
                }
                _ => self.line.push(byte),
            }
        }
        Ok(frames)
    }

    fn end_line(&mut self) -> Result<Option<Frame>, StreamError> {
        let bytes = std::mem::take(&mut self.line);
        let line = str::from_utf8(&bytes).map_err(|_| StreamError::NotText)?;
        let line = match self.began {
            true => line,
            false => line.strip_prefix('\u{feff}').unwrap_or(line),
        };
        self.began = true;
        if line.is_empty() {
            return Ok(self.dispatch());
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event),
            "data" => {
                if self.has_data {
                    self.data.push('\n');
                }
                self.data.push_str(value);
                self.has_data = true;
            }
            // Without one that a header can carry, the next stream begins anew.
            "id" if value.len() > Self::MAX_ID
                || !value.bytes().all(|b| (b' '..=b'~').contains(&b)) =>
            {
                self.id.clear();
            }
            "id" => value.clone_into(&mut self.id),
            "retry" if value.bytes().all(|b| b.is_ascii_digit()) => {
                self.retry_millis = value.parse().ok().or(self.retry_millis);
            }
            _ => {}
        }
        Ok(None)
    }

    fn dispatch(&mut self) -> Option<Frame> {
        let event = std::mem::take(&mut self.event);
        let data = std::mem::take(&mut self.data);
        std::mem::take(&mut self.has_data).then(|| Frame {
            id: self.id.clone(),
            event: if event.is_empty() { "message".to_owned() } else { event },
            data,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(pieces: &[&[u8]]) -> Vec<Frame> {
        let mut stream = EventStream::default();
        pieces.iter().flat_map(|piece| stream.feed(piece).unwrap()).collect()
    }

    fn frame(id: &str, event: &str, data: &str) -> Frame {
        Frame { id: id.into(), event: event.into(), data: data.into() }
    }

    #[test]
    fn fields_comments_and_line_ends_of_every_kind() {
        let text =
            "\u{feff}: hello\r\nid: 7\r\nevent:status\rdata: {\ndata:  }\nunknown: x\n\ndata\n\n";
        assert_eq!(
            all(&[text.as_bytes()]),
            [frame("7", "status", "{\n }"), frame("7", "message", "")]
        );
    }

    #[test]
    fn an_event_without_data_is_none_but_its_id_counts() {
        let mut stream = EventStream::default();
        assert_eq!(stream.feed(b"event: ping\nid: 9\n\n"), Ok(vec![]));
        assert_eq!(stream.last_id(), "9");
    }

    #[test]
    fn an_event_that_was_not_finished_is_not_told() {
        assert_eq!(all(&[b"data: half\n"]), []);
    }

    #[test]
    fn retry_is_read_and_nonsense_passed_over() {
        let mut stream = EventStream::default();
        stream.feed(b"retry: 2500\nretry: soon\nretry: 99999999999\n").unwrap();
        assert_eq!(stream.retry_millis(), Some(2500));
    }

    /// A megabyte of an id with each of a piece's thousand events would fill the memory, and a header that cannot be
    /// sent would keep the stream from ever being opened again.
    #[test]
    fn an_id_that_no_header_can_carry_is_none() {
        let mut stream = EventStream::default();
        stream.feed(b"id: 7\n\n").unwrap();
        assert_eq!(stream.last_id(), "7");
        for id in ["x".repeat(EventStream::MAX_ID + 1), "7\0".into(), "siebenundvierzigü".into()] {
            let mut stream = EventStream::resuming("7".into());
            stream.feed(format!("id: {id}\ndata\n\n").as_bytes()).unwrap();
            assert_eq!(stream.last_id(), "", "{id}");
        }
        let longest = "x".repeat(EventStream::MAX_ID);
        stream.feed(format!("id: {longest}\n").as_bytes()).unwrap();
        assert_eq!(stream.last_id(), longest);
    }

    #[test]
    fn an_endless_line_and_bytes_that_are_no_text_end_the_stream() {
        let mut stream = EventStream::default();
        let long = vec![b'x'; EventStream::MAX_EVENT + 1];
        assert_eq!(stream.feed(&long), Err(StreamError::TooLong));
        let mut stream = EventStream::default();
        assert_eq!(stream.feed(b"data: \xff\n"), Err(StreamError::NotText));
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(
            lines in prop::collection::vec("(data: ?|event: ?|id: ?|: |)[a-zé日🙂]{0,6}(\r\n|\n|\r|\n\n)", 0..30),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        ) {
            let text = lines.concat().into_bytes();
            let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
            places.sort_unstable();
            let mut pieces = Vec::new();
            let mut from = 0;
            for place in places {
                pieces.push(&text[from..place]);
                from = place;
            }
            pieces.push(&text[from..]);
            prop_assert_eq!(all(&pieces), all(&[&text]));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = EventStream::default().feed(&bytes);
        }
    }
}
