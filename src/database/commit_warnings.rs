//! Detects the warnings that the database sends with a commit, which sqlx only logs.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::LazyLock;

use tracing::dispatcher::{get_default, with_default};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

use crate::telemetry::DATABASE_NOTICES;

/// Fails when the database sends a warning while `commit`, which has its connection already, is
/// running. The transaction is committed then, but its wait for a synchronous standby may have been
/// cancelled, so that a standby which takes over might not have it: the outcome is unknown.
pub(crate) async fn fail_on_warning<T>(
    commit: impl Future<Output = sqlx::Result<T>>,
) -> sqlx::Result<T> {
    let mut commit = pin!(commit);
    let mut warned = false;
    let committed = poll_fn(|context| {
        let (polled, seen) = watch(|| commit.as_mut().poll(context));
        warned |= seen;
        polled
    })
    .await?;
    if warned {
        let reason = "the commit raised a warning: its wait for a standby may have been cancelled";
        return Err(sqlx::Error::Io(std::io::Error::other(reason)));
    }
    Ok(committed)
}

/// What a thread watches: where its events go next, and whether there was a warning.
struct Watch {
    outer: Dispatch,
    warned: bool,
}

thread_local! {
    static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

static WATCHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Watcher));

/// Runs `work`, and returns whether a warning was logged on this thread meanwhile.
fn watch<T>(work: impl FnOnce() -> T) -> (T, bool) {
    let outer = get_default(Clone::clone);
    let watch = Watch {
        outer,
        warned: false,
    };
    WATCH.set(Some(watch));
    let done = with_default(&WATCHER, work);
    let Some(watch) = WATCH.take() else {
        unreachable!("only the call that sets the watch takes it");
    };
    (done, watch.warned)
}

/// Notes warnings and passes everything on to the subscriber that was there before.
struct Watcher;

impl Watcher {
    fn outer() -> Dispatch {
        WATCH.with_borrow(|watch| match watch {
            Some(watch) => watch.outer.clone(),
            None => Dispatch::none(),
        })
    }
}

fn is_warning(metadata: &Metadata<'_>) -> bool {
    metadata.target() == DATABASE_NOTICES && *metadata.level() <= Level::WARN
}

impl Subscriber for Watcher {
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
            WATCH.with_borrow_mut(|watch| {
                if let Some(watch) = watch {
                    watch.warned = true;
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
