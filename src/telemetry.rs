//! Log lines and figures. A log line can be read and its fields queried; it carries ids and numbers, never a manuscript's
//! text, an address or a token. Imports `config` only.

pub mod outage;

use std::fmt;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

use crate::config::{LogFormat, LogSettings};

/// The header that carries a request's id, in both directions.
pub const REQUEST_ID_HEADER: &str = "x-request-id";

/// The id of one HTTP request (or one job): in the header of its response, in a problem's `request_id`, in the log and in its ledger
/// entries. The server generates it and ignores one from the client, so that it can't be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallId(pub Uuid);

impl From<Uuid> for CallId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Upper edges of the classes in which durations are counted, in seconds.
const SECONDS: [f64; 14] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Starts logging to standard error. A second call changes nothing, so that tests may call it as they like.
///
/// # Errors
/// When `log.level` is not a filter.
pub fn init(log: &LogSettings) -> Result<(), tracing_subscriber::filter::ParseError> {
    let filter = EnvFilter::try_new(&log.level)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init(),
    };
    drop(started);
    Ok(())
}

/// The metrics of this process, collected from the first call on; `render()` returns the answer of `/metrics`.
pub fn figures() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        let recorder = match builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS) {
            Ok(builder) => builder.build_recorder(),
            Err(_) => PrometheusBuilder::new().build_recorder(),
        };
        let handle = recorder.handle();
        drop(metrics::set_global_recorder(recorder));
        handle
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_rendered_in_classes_of_seconds() {
        let handle = figures();
        metrics::counter!("ztc_test_total").increment(2);
        metrics::histogram!("ztc_test_seconds").record(0.003);
        let text = handle.render();
        assert!(text.contains("ztc_test_total 2"), "{text}");
        assert!(text.contains("ztc_test_seconds_bucket{le=\"0.005\"} 1"), "{text}");
        assert!(text.contains("ztc_test_seconds_bucket{le=\"0.0025\"} 0"), "{text}");
    }

    #[test]
    fn a_level_that_is_no_filter_is_refused() {
        assert!(init(&LogSettings { format: LogFormat::Json, level: "zhitongche=loud".to_owned() }).is_err());
        assert!(init(&LogSettings { format: LogFormat::Json, level: "info,zhitongche::mail=debug".to_owned() }).is_ok());
    }
}
