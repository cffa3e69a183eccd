//! Hears the warnings of the database, which its client passes on to nothing but the log.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::LazyLock;

use tracing::dispatcher::{get_default, with_default};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// Under this name the client logs what the database remarks.
pub const REMARKS: &str = "sqlx::postgres::notice";

/// Waits for `commit`, which has a connection already, and fails when the database warned of
/// anything meanwhile: it was committed, but its wait for a synchronous standby may have been
/// cancelled, so that a standby which takes over might not have it. Whether it does is unknown.
pub(crate) async fn unwarned<T>(commit: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    let mut commit = pin!(commit);
    let mut warned = false;
    let committed = poll_fn(|context| {
        let (polled, heard) = listen(|| commit.as_mut().poll(context));
        warned |= heard;
        polled
    })
    .await?;
    if warned {
        let why =
            "the database warned of a commit, whose wait for a standby may have been cut short";
        return Err(sqlx::Error::Io(std::io::Error::other(why)));
    }
    Ok(committed)
}

/// Who would hear if nobody listened here, and whether there was a warning.
struct Hearing {
    outer: Dispatch,
    warned: bool,
}

thread_local! {
    static HEARING: RefCell<Option<Hearing>> = const { RefCell::new(None) };
}

static EAR: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Ear));

/// Does `work`, and tells whether a warning came on this thread meanwhile.
fn listen<T>(work: impl FnOnce() -> T) -> (T, bool) {
    let outer = get_default(Clone::clone);
    let hearing = Hearing {
        outer,
        warned: false,
    };
    HEARING.set(Some(hearing));
    let done = with_default(&EAR, work);
    let hearing = HEARING.take();
    (done, hearing.is_some_and(|hearing| hearing.warned))
}

/// Passes everything on to whoever would hear it otherwise.
struct Ear;

impl Ear {
    fn outer() -> Dispatch {
        HEARING.with_borrow(|hearing| match hearing {
            Some(hearing) => hearing.outer.clone(),
            None => Dispatch::none(),
        })
    }
}

fn is_warning(metadata: &Metadata<'_>) -> bool {
    metadata.target() == REMARKS && *metadata.level() <= Level::WARN
}

impl Subscriber for Ear {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_warning(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::WARN)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_warning(metadata) || Self::outer().enabled(metadata)
    }

    fn event(&self, event: &Event<'_>) {
        if is_warning(event.metadata()) {
            HEARING.with_borrow_mut(|hearing| {
                if let Some(hearing) = hearing {
                    hearing.warned = true;
                }
            });
        }
        let outer = Self::outer();
        if outer.enabled(event.metadata()) {
            outer.event(event);
        }
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        Self::outer().new_span(span)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        Self::outer().record(span, values);
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        Self::outer().record_follows_from(span, follows);
    }

    fn enter(&self, span: &Id) {
        Self::outer().enter(span);
    }

    fn exit(&self, span: &Id) {
        Self::outer().exit(span);
    }

    fn clone_span(&self, id: &Id) -> Id {
        Self::outer().clone_span(id)
    }

    fn try_close(&self, id: Id) -> bool {
        Self::outer().try_close(id)
    }
}
