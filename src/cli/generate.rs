//! `zhitongche generate`: man pages and shell completions for packages.

use std::path::PathBuf;

use anyhow::Context;
use clap::{CommandFactory, ValueEnum};
use clap_complete::Shell;

/// Arguments of `generate`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to write.
    what: GeneratedFile,
    /// The folder that takes the files; it is made if it is not there.
    folder: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum GeneratedFile {
    /// A man page for the program and for each of its commands.
    Man,
    /// Completions for bash, zsh and fish.
    Completions,
}

/// Runs the command.
///
/// # Errors
/// Those of the file system.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let folder = &args.folder;
    let mut command = super::Cli::command();
    let write = move || {
        std::fs::create_dir_all(folder)?;
        match args.what {
            GeneratedFile::Man => clap_mangen::generate_to(command, folder)?,
            GeneratedFile::Completions => {
                for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
                    clap_complete::generate_to(shell, &mut command, "zhitongche", folder)?;
                }
            }
        }
        Ok::<_, std::io::Error>(())
    };
    write().with_context(|| format!("{} can't be written", folder.display()))
}
