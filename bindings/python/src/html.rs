//! A decision as a notebook shows it: ranked bars, what was withheld, why, and
//! until when.
//!
//! The markup is one `div` with styles of its own: no script, no style sheet,
//! nothing from outside. Text has the colour of the page, and everything else
//! is a tint of it or half transparent, so that it reads on light and on dark.
//! Every text that comes from a policy, a request or a context is escaped, and
//! shows a mark where it has a control character.

use std::fmt::{self, Display, Write as _};

use tactful::decision::{Priority, Reason, Recommendation, Severity, Suppressed};
use tactful::{Decision, Timestamp};

use crate::decision::Answer;

/// The most actions that are shown of each sort.
const MOST: usize = 40;

const PAGE: &str = "font:13px/1.45 system-ui,sans-serif;max-width:76em;color:inherit";
const TABLE: &str =
    "border-collapse:collapse;width:100%;margin:.2em 0 .9em;color:inherit;font-size:inherit";
const CELL: &str = "text-align:left;vertical-align:top;padding:.28em .8em .28em 0;\
    border:0;border-top:1px solid rgba(128,128,128,.25);background:none";
const HEAD: &str = "text-align:left;font-weight:600;padding:.28em .8em .28em 0;border:0;\
    background:none;opacity:.65;white-space:nowrap";
const CODE: &str = "font-family:ui-monospace,monospace;font-size:.92em;color:inherit;\
    background:rgba(128,128,128,.16);border-radius:3px;padding:0 .25em;overflow-wrap:anywhere";
const BAR: &str = "width:12em;white-space:nowrap";
const NEVER: &str = "<span style=\"opacity:.5\">not by time</span>";
const QUIET: &str = "opacity:.65";
const GREEN: &str = "rgba(34,160,107,.75)";
const HATCHED: &str = "repeating-linear-gradient(135deg,rgba(128,128,128,.55) 0 2px,\
    rgba(128,128,128,.18) 2px 6px)";
const AMBER: &str = "rgba(224,145,20,.85)";
const RED: &str = "rgba(214,60,70,.85)";
const GREY: &str = "rgba(128,128,128,.7)";

/// Writes a decision as HTML.
pub(crate) fn page(answer: &Answer) -> String {
    let mut page = String::new();
    // Writing into memory does not fail.
    let _written = Page { answer, decision: answer.decision() }.write(&mut page);
    page
}

struct Page<'a> {
    answer: &'a Answer,
    decision: &'a Decision<'a>,
}

impl Page<'_> {
    fn write(&self, out: &mut String) -> fmt::Result {
        write!(out, "<div style=\"{PAGE}\">")?;
        self.head(out)?;
        self.in_force(out)?;
        self.recommended(out)?;
        self.withheld(out)?;
        out.write_str("</div>")
    }

    fn head(&self, out: &mut String) -> fmt::Result {
        let policy = Text(self.answer.engine().core().name());
        let channels = self.decision.channels().iter().map(|channel| channel.as_str());
        let channels = channels.collect::<Vec<_>>().join(", then ");
        let now = moment(self.decision.now());
        write!(out, "<div style=\"margin-bottom:.6em\"><b>{policy}</b>")?;
        if let Some(customer) = &self.answer.context().user_id {
            write!(out, " for <b>{}</b>", Text(customer))?;
        }
        write!(out, "<span style=\"{QUIET}\"> on {channels} at {now}")?;
        if let Some(until) = self.decision.valid_until() {
            write!(out, ", stands until {}", self.later(until))?;
        }
        out.write_str("</span></div>")
    }

    /// Writes the rules in force above all else: they are why the rest is so.
    fn in_force(&self, out: &mut String) -> fmt::Result {
        for rule in self.decision.suppressions() {
            let colour = if rule.is_known() { AMBER } else { RED };
            let style =
                format!("border-left:3px solid {colour};padding:.1em 0 .1em .7em;margin:.4em 0");
            let known = if rule.is_known() { "" } else { " (or nobody can tell)" };
            let (situation, because) = (Text(rule.situation()), Text(rule.because()));
            write!(out, "<div style=\"{style}\"><b>{situation}</b>{known}: {because}")?;
            let facts: Vec<String> = rule.facts().map(|fact| fact.to_string()).collect();
            let until = rule.until().map(|until| format!("; until {}", self.later(until)));
            let until = until.unwrap_or_default();
            let (rule, facts) = (Text(rule.rule()), facts.join(", "));
            let by = if facts.is_empty() { "" } else { ", by " };
            write!(out, "<div style=\"{QUIET}\">{rule}{by}{}{until}</div></div>", Text(&facts))?;
        }
        Ok(())
    }

    fn recommended(&self, out: &mut String) -> fmt::Result {
        let placed = self.decision.recommendations();
        let count = placed.len();
        if count == 0 {
            return write!(out, "<p style=\"{QUIET}\">Nothing is recommended.</p>");
        }
        heads(out, &["", "recommended", "where", "priority"])?;
        for (place, placed) in placed.take(MOST).enumerate() {
            out.write_str("<tr>")?;
            cell(out, "width:1.5em;opacity:.65", place + 1)?;
            cell(out, "", action(placed.action(), placed.kind()))?;
            cell(out, "", whereabouts(&placed))?;
            cell(out, BAR, self.bar(Some(placed.priority()), GREEN, placed.tier()))?;
            out.write_str("</tr>")?;
        }
        out.write_str("</tbody></table>")?;
        more(out, count)
    }

    fn withheld(&self, out: &mut String) -> fmt::Result {
        let accounts = self.decision.withheld();
        let count = accounts.len();
        if count == 0 {
            return Ok(());
        }
        heads(out, &["withheld", "", "why", "until", "would be"])?;
        for account in accounts.take(MOST) {
            out.write_str("<tr>")?;
            cell(out, "white-space:nowrap", action(account.action(), account.kind()))?;
            cell(out, "white-space:nowrap", verdict(&account))?;
            cell(out, "", self.reasons(&account))?;
            let until = account.until().map(|until| self.later(until));
            cell(out, "white-space:nowrap", until.as_deref().unwrap_or(NEVER))?;
            cell(out, BAR, self.bar(account.priority(), HATCHED, account.tier()))?;
            out.write_str("</tr>")?;
        }
        out.write_str("</tbody></table>")?;
        more(out, count)
    }

    /// Says all reasons, and when each clears if it is not the only one.
    fn reasons(&self, account: &Suppressed<'_>) -> String {
        let alone = account.reasons().len() == 1;
        let said = account.reasons().map(|reason| {
            let (because, lacking) = (with_code(&reason.because()), lacking(&reason));
            let until = reason
                .until()
                .filter(|_| !alone)
                .map(|until| format!(" <span style=\"{QUIET}\">until {}</span>", moment(until)));
            format!("<div>{because}{lacking}{}</div>", until.unwrap_or_default())
        });
        said.collect()
    }

    /// Draws a priority as long as it is, held against the greatest of all.
    fn bar(&self, priority: Option<Priority>, colour: &str, tier: i64) -> String {
        let Some(priority) = priority else {
            return format!("<span style=\"{QUIET}\">a score is missing</span>");
        };
        let width = share(priority, self.greatest()) * 100.0;
        let style = format!(
            "height:.55em;border-radius:2px;min-width:2px;width:{width:.1}%;background:{colour}"
        );
        let tier = match tier {
            0 => String::new(),
            tier => format!(" <span style=\"{QUIET}\">tier {tier}</span>"),
        };
        format!("{priority}{tier}<div style=\"{style}\"></div>")
    }

    fn greatest(&self) -> u128 {
        let placed = self.decision.recommendations().map(|placed| placed.priority());
        let withheld = self.decision.withheld().filter_map(|account| account.priority());
        placed.chain(withheld).map(Priority::as_product).max().unwrap_or_default()
    }

    /// Writes a moment to come, and how far away it is.
    fn later(&self, until: Timestamp) -> String {
        let ahead = until.since(self.decision.now());
        let ahead = match ahead.as_millis() {
            0..1_000 => "at once".to_owned(),
            _ => format!("in {}", ahead.in_words()),
        };
        format!("{} <span style=\"{QUIET}\">({ahead})</span>", moment(until))
    }
}

fn heads(out: &mut String, names: &[&str]) -> fmt::Result {
    write!(out, "<table style=\"{TABLE}\"><thead><tr>")?;
    names.iter().try_for_each(|name| write!(out, "<th style=\"{HEAD}\">{name}</th>"))?;
    out.write_str("</tr></thead><tbody>")
}

fn cell(out: &mut String, style: &str, content: impl Display) -> fmt::Result {
    write!(out, "<td style=\"{CELL};{style}\">{content}</td>")
}

fn more(out: &mut String, count: usize) -> fmt::Result {
    match count.saturating_sub(MOST) {
        0 => Ok(()),
        more => write!(out, "<p style=\"{QUIET}\">and {more} more</p>"),
    }
}

fn action(id: &str, kind: &str) -> String {
    format!("{} <span style=\"{QUIET}\">{}</span>", Text(id), Text(kind))
}

fn whereabouts(placed: &Recommendation<'_>) -> String {
    let parts = [Some(placed.channel().as_str()), placed.slot(), placed.treatment()];
    let forced = placed.is_forced().then_some("forced");
    let parts = parts.into_iter().flatten().chain(forced).map(|part| Text(part).to_string());
    parts.collect::<Vec<_>>().join(" · ")
}

fn verdict(account: &Suppressed<'_>) -> String {
    let first = account.reasons().next().map(|reason| reason.severity());
    let colour = match first {
        Some(Severity::Protective) => AMBER,
        Some(Severity::DataProblem) => RED,
        _ => GREY,
    };
    let style = format!("border:1px solid {colour};border-radius:9px;padding:0 .55em");
    let verdict = account.verdict().as_str().replace('_', " ");
    format!("<span style=\"{style}\">{verdict}</span>")
}

/// Names the facts that are lacking, and what is the matter with them.
fn lacking(reason: &Reason<'_>) -> String {
    let lacking = reason.facts().filter(|fact| fact.cause().is_some());
    let lacking: Vec<String> = lacking.map(|fact| Text(&fact.to_string()).to_string()).collect();
    if lacking.is_empty() { String::new() } else { format!(": {}", lacking.join(", ")) }
}

#[expect(clippy::cast_precision_loss, reason = "it is the length of a bar on a screen")]
fn share(priority: Priority, greatest: u128) -> f64 {
    if greatest == 0 { 0.0 } else { priority.as_product() as f64 / greatest as f64 }
}

fn moment(moment: Timestamp) -> String {
    let text = moment.to_string();
    match text.split_once('T').and_then(|(day, time)| Some((day, time.strip_suffix('Z')?))) {
        Some((day, time)) => format!("{day} {} UTC", time.strip_suffix(":00").unwrap_or(time)),
        None => text,
    }
}

/// Escapes a text, and sets what stands between backticks apart.
fn with_code(text: &str) -> String {
    let mut set = String::new();
    for (place, part) in text.split('`').enumerate() {
        // Writing into memory does not fail.
        let _written = match place % 2 {
            0 => write!(set, "{}", Text(part)),
            _ => write!(set, "<span style=\"{CODE}\">{}</span>", Text(part)),
        };
    }
    set
}

/// A text, written so that no browser takes any of it for markup, and so that
/// it shows what it is.
struct Text<'a>(&'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                letter if is_unseen(letter) => f.write_char(char::REPLACEMENT_CHARACTER)?,
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

/// Tells what no name should have: what commands a terminal, and what turns the
/// direction of writing, by which a text can pass for another.
fn is_unseen(letter: char) -> bool {
    let is_mark = matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}');
    let turns = is_mark || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (letter.is_control() && !matches!(letter, '\n' | '\t'))
}
