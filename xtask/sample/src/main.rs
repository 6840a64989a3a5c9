//! Rebuilds `examples/data/customers.jsonl` from the raw data: `cargo xtask sample`.
//!
//! The file is committed, so that the example needs nothing else; this program
//! is how anybody with the raw data can check where each line of it comes from.
//! The rules are written out in `examples/data/README.md`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tactful_sample::customers;
use tactful_sample::source::{Failure, Source};

const HELP: &str = "\
Usage: cargo xtask sample [--data <folder>] [--out <folder>]

  --data  the raw data: a folder with `completejourney` and `cfpb` in it
          (default: ../shared/data/analytics, seen from the repository)
  --out   where to write customers.jsonl (default: examples/data)
";

fn main() -> ExitCode {
    let result = Arguments::parse(std::env::args().skip(1)).and_then(|arguments| match arguments {
        Some(arguments) => rebuild(&arguments),
        None => Ok(HELP.to_owned()),
    });
    match result {
        Ok(text) => {
            println!("{}", text.trim_end());
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

struct Arguments {
    data: PathBuf,
    out: PathBuf,
}

impl Arguments {
    /// Reads the words of the command line; `None` asks for help.
    fn parse(words: impl IntoIterator<Item = String>) -> Result<Option<Self>, Failure> {
        let mut arguments =
            Self { data: tactful_sample::raw_data(), out: tactful_sample::committed_data() };
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let place = match word.as_str() {
                "--data" => &mut arguments.data,
                "--out" => &mut arguments.out,
                "--help" | "-h" => return Ok(None),
                _ => return Err(format!("unknown argument `{word}`\n{HELP}").into()),
            };
            let folder = words.next().ok_or(format!("`{word}` needs a folder"))?;
            *place = folder.into();
        }
        Ok(Some(arguments))
    }
}

fn rebuild(arguments: &Arguments) -> Result<String, Failure> {
    let Arguments { data, out } = arguments;
    if !data.is_dir() {
        return Err(missing(data).into());
    }
    let customers = customers(Source::read(data)?)?;
    let text = tactful_sample::to_lines(&customers);
    let file = out.join("customers.jsonl");
    std::fs::write(&file, &text).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(format!("{}: {} customers, {} bytes", file.display(), customers.len(), text.len()))
}

fn missing(folder: &Path) -> String {
    format!(
        "there is no raw data in `{}`\n\
         to rebuild the sample: give the folder that holds `completejourney` and `cfpb` with `--data`\n\
         to run the example: nothing is needed, it reads the committed examples/data/customers.jsonl",
        folder.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Option<Arguments>, String> {
        Arguments::parse(words.iter().map(|word| word.to_string()))
            .map_err(|failure| failure.to_string())
    }

    fn refused(words: &[&str]) -> String {
        parse(words).map(|_| ()).unwrap_err()
    }

    #[test]
    fn folders_can_be_given() {
        let arguments = parse(&["--out", "there", "--data", "here"]).unwrap().unwrap();
        assert_eq!(arguments.data, Path::new("here"));
        assert_eq!(arguments.out, Path::new("there"));
        assert!(parse(&["--help"]).unwrap().is_none());
    }

    #[test]
    fn what_is_not_an_argument_is_refused() {
        assert!(refused(&["--rows"]).starts_with("unknown argument `--rows`\nUsage: "));
        assert_eq!(refused(&["--data"]), "`--data` needs a folder");
    }

    #[test]
    fn missing_data_is_answered_with_what_to_do() {
        let arguments = parse(&["--data", "nowhere"]).unwrap().unwrap();
        assert_eq!(
            rebuild(&arguments).unwrap_err().to_string(),
            "there is no raw data in `nowhere`\n\
             to rebuild the sample: give the folder that holds `completejourney` and `cfpb` with `--data`\n\
             to run the example: nothing is needed, it reads the committed examples/data/customers.jsonl"
        );
    }
}
