//! The event stream's parser: how the network cuts the bytes is nothing that it may notice, and no event that it gives is longer
//! than it takes.

use sync_sidebar::client::{EventStream, Frame, StreamError};

/// What comes of a stream that arrives in these pieces: the events, how it ended, and what is left to go on with.
#[derive(Debug, PartialEq)]
struct Heard {
    frames: Vec<Frame>,
    end: Result<(), StreamError>,
    last_id: String,
    retry_millis: Option<u32>,
}

fn hear<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Heard {
    let mut stream = EventStream::default();
    let mut frames = Vec::new();
    let mut end = Ok(());
    for piece in pieces {
        match stream.feed(piece) {
            Ok(more) => frames.extend(more),
            Err(error) => {
                end = Err(error);
                break;
            }
        }
    }
    Heard { frames, end, last_id: stream.last_id().to_owned(), retry_millis: stream.retry_millis() }
}

/// The first byte tells the pieces' length, and the rest is the stream.
pub fn event_stream(bytes: &[u8]) {
    let Some((length, stream)) = bytes.split_first() else { return };
    let byte_by_byte = hear(stream.chunks(1));
    for heard in [hear(stream.chunks(usize::from(*length).max(1))), hear([stream])] {
        // Where the stream is given up, so is what came with the last piece: another one begins with the status.
        assert_eq!(heard.end, byte_by_byte.end, "the network's pieces were noticed");
        if heard.end.is_ok() {
            assert_eq!(heard, byte_by_byte, "the network's pieces were noticed");
        }
    }
    // An event is made of what came for it, and of an id that is short.
    let kept: usize = byte_by_byte.frames.iter().map(|it| it.event.len() + it.data.len()).sum();
    assert!(
        kept <= stream.len() + "message".len() * byte_by_byte.frames.len(),
        "more came out than in"
    );
    for frame in &byte_by_byte.frames {
        assert!(frame.id.len() <= EventStream::MAX_ID, "an id of {} bytes", frame.id.len());
        assert!(frame.data.len() <= EventStream::MAX_EVENT, "{} bytes of data", frame.data.len());
        assert!(!frame.event.is_empty() && !frame.event.contains(['\r', '\n']));
        assert!(!frame.id.contains(['\r', '\n', '\0']), "no header can say this id");
    }
}
