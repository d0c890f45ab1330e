//! `zhitongche workflow`: writes the diagram and the tables of the workflow, `docs/workflow.md` and `docs/workflow.svg`.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;

use crate::text::workflow;

/// Arguments of `workflow`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory to write to.
    #[arg(long, value_name = "DIR", default_value = "docs")]
    to: PathBuf,
}

/// Writes the files.
///
/// # Errors
/// When the directory cannot be written.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for (name, text) in workflow::files() {
        let path = args.to.join(name);
        std::fs::write(&path, text).with_context(|| format!("can't write {}: is it a directory that you may write to?", path.display()))?;
        writeln!(out, "{}", path.display())?;
    }
    Ok(())
}
