//! Connections of clients that take nothing of what they are sent: they are cut, and whatever was kept for them is let go.
//!
//! What is written to such a client waits for ever. Nothing else ends that: as long as a write waits, nobody asks the
//! answer for more, and so a stream never learns that its token is gone or that it has fallen behind.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// How long a client may take nothing.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Takes another listener's clients, and has no more patience than this with any of them.
pub struct Impatient<L> {
    listener: L,
    patience: Duration,
}

impl<L> Impatient<L> {
    /// With this much patience.
    pub fn new(listener: L, patience: Duration) -> Self {
        Self { listener, patience }
    }
}

impl<L: Listener> Listener for Impatient<L> {
    type Io = ImpatientIo<L::Io>;
    type Addr = L::Addr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (io, client) = self.listener.accept().await;
        (ImpatientIo::new(io, self.patience), client)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// A connection of which each write fails that waits for too long.
pub struct ImpatientIo<T> {
    io: T,
    patience: Duration,
    write: Waiting,
    /// Counted apart: what is flushed may go well while nothing can be written.
    flush: Waiting,
}

/// Since when something waits, if it does. Nearly all connections never wait: they pay a pointer.
type Waiting = Option<Pin<Box<Sleep>>>;

impl<T> ImpatientIo<T> {
    /// Around a connection.
    pub fn new(io: T, patience: Duration) -> Self {
        Self { io, patience, write: None, flush: None }
    }
}

/// What came of it, or the end of all patience.
fn within<V>(
    done: Poll<io::Result<V>>,
    waiting: &mut Waiting,
    patience: Duration,
    context: &mut Context<'_>,
) -> Poll<io::Result<V>> {
    if done.is_ready() {
        *waiting = None;
        return done;
    }
    let end = waiting.get_or_insert_with(|| Box::pin(sleep(patience)));
    end.as_mut().poll(context).map(|()| {
        tracing::debug!("a client takes nothing, and is cut off");
        Err(io::ErrorKind::TimedOut.into())
    })
}

impl<T: AsyncRead + Unpin> AsyncRead for ImpatientIo<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for ImpatientIo<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let done = Pin::new(&mut this.io).poll_write(context, bytes);
        within(done, &mut this.write, this.patience, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let done = Pin::new(&mut this.io).poll_write_vectored(context, pieces);
        within(done, &mut this.write, this.patience, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let done = Pin::new(&mut this.io).poll_flush(context);
        within(done, &mut this.flush, this.patience, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let done = Pin::new(&mut this.io).poll_shutdown(context);
        within(done, &mut this.flush, this.patience, context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::{Instant, advance};

    const PATIENCE: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_cut_off() {
        let (io, _client) = duplex(8);
        let mut io = ImpatientIo::new(io, PATIENCE);
        io.write_all(b"as much").await.unwrap();
        advance(PATIENCE * 9).await;
        let began = Instant::now();
        let error = io.write_all(b" as fits").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed().as_secs(), PATIENCE.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_slowly_is_waited_for() {
        let (io, mut client) = duplex(1);
        let mut io = ImpatientIo::new(io, PATIENCE);
        let slowly = async {
            let mut byte = [0];
            for _ in 0..20 {
                tokio::time::sleep(PATIENCE - Duration::from_secs(1)).await;
                client.read_exact(&mut byte).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(io.write_all(b"twenty bytes in all."), slowly);
        written.unwrap();
    }
}
