//! The architecture of the library, enforced on its source.
//!
//! Every module of `src/` stands in [`LAYERS`] and uses only what lies below
//! it; nothing goes in circles, neither between modules nor between the files
//! of one; nothing reaches for a clock, a file or a thread. The source is read
//! as tokens, with comments, literals and `#[cfg(test)]` items left out, and
//! each path is followed through re-exports to the file it comes from.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The house, a module a line: layer, name, and its one sentence.
const LAYERS: &str = "
0 time        Points and lengths of time as plain numbers, local calendars for quiet hours and calendar windows; never reads a clock.
0 hash        The one portable hash for buckets, draws and fingerprints; golden vectors guard it.
0 diagnostic  A finding about a document (code, severity, path, span, message, help), its rendering, and did-you-mean.
0 error       The one error type.
0 json        JSON into typed values: size limits, the path of what is wrong, and help.
0 object      Objects in documents: a list never stands for one.
0 vocabulary  Closed sets of words shared by contexts and policies: channels, topics, kinds, money.
1 context     What is known about a customer: parts, events that change them, merging, freshness.
1 policy      The policy document as plain data, as people write it.
2 adapters    Events in the shapes that other systems send, read into ours.
2 analytics   Customer analytics: published models as functions with given parameters; and how to read what they take from a context.
2 schema      The facts a condition may read: names, types, domains, units; built in plus declared; and how to read each from a context.
3 condition   The condition language: text, tree, types, canonical atoms, three-valued value.
4 check       From a document to a checked policy, or every diagnostic at once.
5 plan        The checked policy laid out for speed: dense ids, shared atoms, bit sets.
6 decision    The answer and its log record.
7 decide      The pipeline from context to decision.
8 explain     The slow complete account of one action.
8 prove       Proof of promises and findings about whole policies; counterexamples replayed through `decide`.
9 engine      The front door.
";

/// The most lines of code in a file, without comments, blanks and tests.
const MOST_LINES: usize = 600;

/// What a pure library never names.
const IMPURE_PATHS: &[&str] = &[
    "std::time::Instant",
    "std::time::SystemTime",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "rand::rng",
    "rand::thread_rng",
];

/// The same for functions of types that are otherwise welcome.
const IMPURE_FUNCTIONS: &[&str] = &["Timestamp::now", "Zoned::now", "TimeZone::system"];

/// The same for macros.
const IMPURE_MACROS: &[&str] = &["eprint", "eprintln", "print", "println", "thread_local"];

#[test]
fn the_library_keeps_to_its_architecture() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = BTreeMap::new();
    read(&root, "", &mut sources);
    let found = violations(LAYERS, &sources);
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

fn read(folder: &Path, prefix: &str, sources: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("an entry can be read").path();
        let name = path.file_name().expect("an entry has a name");
        let name = format!("{prefix}{}", name.to_string_lossy());
        if path.is_dir() {
            read(&path, &format!("{name}/"), sources);
        } else if name.ends_with(".rs") {
            let text = fs::read_to_string(&path).expect("a source is text");
            sources.insert(name, text);
        }
    }
}

/// Every breach of the architecture, one message each; `sources` maps paths
/// below `src/` to texts.
fn violations(layers: &str, sources: &BTreeMap<String, String>) -> Vec<String> {
    let layers = table(layers);
    let house = House::new(sources);
    let mut found = residents(&layers, &house);
    for file in &house.files {
        found.extend(shape(file, &house));
        found.extend(impurities(file));
        found.extend(unclear_paths(file, &house));
    }
    let edges = house.edges();
    found.extend(climbs(&layers, &edges));
    found.extend(cycles(&edges));
    found
}

fn table(text: &str) -> BTreeMap<&str, usize> {
    let mut layers = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (layer, rest) = line.split_once(' ').expect("a line names a module");
        let (module, sentence) = rest.split_once(' ').expect("a module has a sentence");
        assert!(sentence.ends_with('.'), "`{module}` has a whole sentence");
        let layer = layer.parse().expect("a layer is a number");
        assert_eq!(layers.insert(module, layer), None, "`{module}` twice");
    }
    layers
}

/// The modules of the table and those of the source are the same.
fn residents(layers: &BTreeMap<&str, usize>, house: &House) -> Vec<String> {
    let real: BTreeSet<&str> =
        house.files.iter().filter_map(|file| file.module.first().map(String::as_str)).collect();
    let listed: BTreeSet<&str> = layers.keys().copied().collect();
    let strangers = real
        .difference(&listed)
        .map(|name| format!("src/{name}.rs: `{name}` has no layer in tests/layering.rs"));
    let missing = listed
        .difference(&real)
        .map(|name| format!("src/{name}.rs: `{name}` has a layer but does not exist"));
    strangers.chain(missing).collect()
}

/// A file is `foo.rs` beside `foo/`, and not too long.
fn shape(file: &File, house: &House) -> Vec<String> {
    let mut found = Vec::new();
    let path = &file.path;
    if path == "mod.rs" || path.ends_with("/mod.rs") {
        found.push(format!("src/{path}: write `foo.rs` beside `foo/`"));
    }
    if let Some((_, parent)) = file.module.split_last()
        && !house.modules.contains(parent)
    {
        found.push(format!("src/{path}: src/{}.rs is missing", parent.join("/")));
    }
    let lines = code_lines(&file.tokens);
    if lines > MOST_LINES {
        found.push(format!("src/{path}: {lines} lines of code of at most {MOST_LINES}"));
    }
    found
}

fn code_lines(tokens: &[Token]) -> usize {
    let lines: BTreeSet<usize> =
        tokens.iter().flat_map(|token| token.line..=token.last_line).collect();
    lines.len()
}

/// Reaches for the world outside the arguments.
fn impurities(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    let mut report = |line, what: &str| {
        found.push(format!("src/{}:{line}: `{what}` is not pure", file.path));
    };
    for mention in &file.mentions {
        let path = mention.segments.join("::");
        if IMPURE_PATHS.iter().any(|impure| reaches(mention, &path, impure))
            || IMPURE_FUNCTIONS.iter().any(|name| path.ends_with(name))
        {
            report(mention.line, &path);
        }
    }
    for (at, token) in file.tokens.iter().enumerate() {
        let (next, after) = (text(&file.tokens, at + 1), text(&file.tokens, at + 2));
        if token.text == "static" && next == "mut" {
            report(token.line, "static mut");
        }
        let called = next == "!" && ["(", "[", "{"].contains(&after);
        if called && IMPURE_MACROS.contains(&token.text.as_str()) {
            report(token.line, &format!("{}!", token.text));
        }
    }
    found
}

/// Whether the path is the impure one, lies in it, or imports a module that
/// would let it be reached by a shorter name.
fn reaches(mention: &Mention, path: &str, impure: &str) -> bool {
    let within = |path: &str, of: &str| path == of || path.starts_with(&format!("{of}::"));
    let module = path.trim_end_matches("::*").trim_end_matches("::self");
    within(path, impure) || (mention.imports && within(impure, module))
}

/// Paths the other rules cannot see through.
fn unclear_paths(file: &File, house: &House) -> Vec<String> {
    let mut found = Vec::new();
    for mention in file.mentions.iter().filter(|_| !file.module.is_empty()) {
        let Some(mut target) = house.absolute(file, mention) else {
            continue;
        };
        let place = format!("src/{}:{}", file.path, mention.line);
        let path = mention.segments.join("::");
        let glob = target.pop_if(|last| last == "*").is_some();
        let hops = house.hops(&target);
        if glob && target != file.module && house.modules.contains(&target) {
            found.push(format!("{place}: `{path}` hides what is used: name it"));
        } else if !target.is_empty() && hops.iter().all(Vec::is_empty) {
            found.push(format!(
                "{place}: `{path}` is neither a module nor named by a `use` in lib.rs"
            ));
        }
    }
    found
}

/// Modules that use one of a higher layer.
fn climbs(layers: &BTreeMap<&str, usize>, edges: &Edges) -> Vec<String> {
    let mut found = Vec::new();
    for (from, targets) in &edges.0 {
        for (to, places) in targets {
            let ends = (layers.get(from.as_str()), layers.get(to.as_str()));
            if let (Some(low), Some(high)) = ends
                && low < high
            {
                found.extend(places.iter().map(|place| {
                    format!("{place}: `{from}` of layer {low} uses `{to}` of layer {high}")
                }));
            }
        }
    }
    found
}

/// Circles of modules, or of files with the same parent.
fn cycles(edges: &Edges) -> Vec<String> {
    let (mut done, mut found) = (BTreeSet::new(), Vec::new());
    for node in edges.0.keys() {
        follow(node, edges, &mut Vec::new(), &mut done, &mut found);
    }
    found
}

fn follow<'a>(
    node: &'a str,
    edges: &'a Edges,
    trail: &mut Vec<&'a str>,
    done: &mut BTreeSet<&'a str>,
    found: &mut Vec<String>,
) {
    if let Some(start) = trail.iter().position(|passed| *passed == node) {
        let circle: Vec<&str> = trail[start..].iter().copied().chain([node]).collect();
        let places = circle.windows(2).map(|pair| edges.first_place(pair[0], pair[1]));
        let places: Vec<&str> = places.collect();
        found.push(format!("{}: a cycle: {}", places.join(", "), circle.join(" -> ")));
    } else if done.insert(node) {
        trail.push(node);
        for next in edges.0.get(node).into_iter().flat_map(BTreeMap::keys) {
            follow(next, edges, trail, done, found);
        }
        trail.pop();
    }
}

/// Which module uses which sibling, and where: from, to, places.
#[derive(Default)]
struct Edges(BTreeMap<String, BTreeMap<String, Vec<String>>>);

impl Edges {
    /// Notes that one module uses another, as an edge between the two siblings
    /// above or at them. A parent and its child may use each other freely.
    fn add(&mut self, from: &[String], to: &[String], place: &str) {
        let common = from.iter().zip(to).take_while(|(a, b)| a == b).count();
        if common < from.len().min(to.len()) {
            let sibling = |module: &[String]| module[..=common].join("::");
            let targets = self.0.entry(sibling(from)).or_default();
            let places = targets.entry(sibling(to)).or_default();
            if places.last().is_none_or(|last| last != place) {
                places.push(place.to_owned());
            }
        }
    }

    fn first_place(&self, from: &str, to: &str) -> &str {
        &self.0[from][to][0]
    }
}

/// The whole source, and what its names stand for.
struct House {
    files: Vec<File>,
    /// The modules that are files; the crate itself is the empty path.
    modules: BTreeSet<Vec<String>>,
    /// Where a `use` of a file makes a name: the name's path, and what it means.
    aliases: BTreeMap<Vec<String>, Vec<String>>,
}

/// A source file without its tests.
struct File {
    path: String,
    module: Vec<String>,
    tokens: Vec<Token>,
    mentions: Vec<Mention>,
}

impl House {
    fn new(sources: &BTreeMap<String, String>) -> Self {
        let (mut files, mut tests) = (Vec::new(), Vec::new());
        for (path, text) in sources {
            let module = module_of(path);
            let (tokens, test_modules) = without_tests(tokens(text));
            tests.extend(test_modules.into_iter().map(|name| child(&module, &name)));
            files.push(File { path: path.clone(), module, mentions: mentions(&tokens), tokens });
        }
        files.retain(|file| !tests.iter().any(|test| file.module.starts_with(test)));
        let modules = files.iter().map(|file| file.module.clone());
        let mut house = Self {
            modules: modules.chain([Vec::new()]).collect(),
            files,
            aliases: BTreeMap::new(),
        };
        house.aliases = house.find_aliases();
        house
    }

    fn find_aliases(&self) -> BTreeMap<Vec<String>, Vec<String>> {
        let mut aliases = BTreeMap::new();
        for file in &self.files {
            for mention in file.mentions.iter().filter(|mention| mention.imports) {
                if let Some(target) = self.absolute(file, mention)
                    && let Some(name) = mention.alias.as_ref().or(target.last())
                {
                    let scope = joined(&file.module, &mention.scope);
                    let key = child(&scope, name);
                    aliases.insert(key, target);
                }
            }
        }
        aliases
    }

    /// The path from the crate's root, unless it leads to another crate or
    /// names something the file itself defines or imports.
    fn absolute(&self, file: &File, mention: &Mention) -> Option<Vec<String>> {
        let mut path = joined(&file.module, &mention.scope);
        let first = mention.segments.first()?;
        let rooted = ["crate", "self", "super"].contains(&first.as_str());
        let child = child(&path, first);
        let below = mention.imports && self.modules.contains(&child);
        if !rooted && !below {
            return None;
        }
        for segment in &mention.segments {
            match segment.as_str() {
                "crate" => path.clear(),
                "self" => {}
                "super" => drop(path.pop()),
                _ => path.push(segment.clone()),
            }
        }
        Some(path)
    }

    /// The files a path leads through: the one it names, then those that its
    /// re-exports name in turn.
    fn hops(&self, path: &[String]) -> Vec<Vec<String>> {
        let mut path = path.to_vec();
        let mut hops = Vec::new();
        // A name that means itself would go on for ever; nobody re-exports so often.
        for _ in 0..8 {
            let prefix = (0..=path.len()).rev().map(|length| &path[..length]);
            let module = prefix.into_iter().find(|prefix| self.modules.contains(*prefix));
            let module = module.unwrap_or_default().to_vec();
            let name = path.iter().take(module.len() + 1).cloned().collect::<Vec<_>>();
            let rest = path.iter().skip(name.len()).cloned().collect::<Vec<_>>();
            hops.push(module);
            match self.aliases.get(&name) {
                Some(target) if *target != name => path = joined(target, &rest),
                _ => break,
            }
        }
        hops
    }

    fn edges(&self) -> Edges {
        let mut edges = Edges::default();
        for file in &self.files {
            for mention in &file.mentions {
                let place = format!("src/{}:{}", file.path, mention.line);
                let target = self.absolute(file, mention).unwrap_or_default();
                for module in self.hops(&target) {
                    edges.add(&file.module, &module, &place);
                }
            }
        }
        edges
    }
}

fn module_of(path: &str) -> Vec<String> {
    let path = path.trim_end_matches(".rs").trim_end_matches("/mod");
    match path {
        "lib" => Vec::new(),
        _ => path.split('/').map(str::to_owned).collect(),
    }
}

fn child(module: &[String], name: &str) -> Vec<String> {
    joined(module, &[name.to_owned()])
}

fn joined(a: &[String], b: &[String]) -> Vec<String> {
    [a, b].concat()
}

/// A path of the source: `a::b` in code, or one leaf of a `use` tree.
#[derive(Debug)]
struct Mention {
    segments: Vec<String>,
    alias: Option<String>,
    imports: bool,
    /// The inline modules around it.
    scope: Vec<String>,
    line: usize,
}

fn mentions(tokens: &[Token]) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut scopes: Vec<(String, usize)> = Vec::new();
    let (mut at, mut depth) = (0, 0_usize);
    while at < tokens.len() {
        let (word, next) = (text(tokens, at), text(tokens, at + 1));
        let first = found.len();
        match word {
            "{" => depth += 1,
            "}" => {
                scopes.pop_if(|(_, outer)| *outer + 1 == depth);
                depth = depth.saturating_sub(1);
            }
            "mod" if text(tokens, at + 2) == "{" => scopes.push((next.to_owned(), depth)),
            "use" => at = tree(tokens, at + 1, &[], true, &mut found) - 1,
            _ if next == "::" && starts_path(tokens, at) => {
                at = tree(tokens, at, &[], false, &mut found) - 1;
            }
            _ => {}
        }
        for mention in &mut found[first..] {
            mention.scope = scopes.iter().map(|(name, _)| name.clone()).collect();
        }
        at += 1;
    }
    found
}

fn starts_path(tokens: &[Token], at: usize) -> bool {
    let before = |back| at.checked_sub(back).map_or("", |at| text(tokens, at));
    is_word(text(tokens, at)) && (before(1) != "::" || !(is_word(before(2)) || before(2) == ">"))
}

/// Reads a path or a `use` tree at `at`, adds its leaves, returns what follows.
fn tree(
    tokens: &[Token],
    mut at: usize,
    prefix: &[String],
    imports: bool,
    found: &mut Vec<Mention>,
) -> usize {
    let mut segments = prefix.to_vec();
    while text(tokens, at) == "::" {
        at += 1;
    }
    loop {
        let word = text(tokens, at);
        match word {
            "{" => return group(tokens, at + 1, &segments, imports, found),
            "*" => {}
            _ if is_word(word) => {}
            _ => return at,
        }
        let line = tokens[at].line;
        segments.push(word.to_owned());
        at += 1;
        let next = text(tokens, at + 1);
        if text(tokens, at) == "::" && (is_word(next) || ["{", "*"].contains(&next)) {
            at += 1;
            continue;
        }
        let renamed = imports && text(tokens, at) == "as";
        found.push(Mention {
            segments,
            alias: renamed.then(|| text(tokens, at + 1).to_owned()),
            imports,
            scope: Vec::new(),
            line,
        });
        return if renamed { at + 2 } else { at };
    }
}

fn group(
    tokens: &[Token],
    mut at: usize,
    prefix: &[String],
    imports: bool,
    found: &mut Vec<Mention>,
) -> usize {
    while at < tokens.len() && text(tokens, at) != "}" {
        let after = tree(tokens, at, prefix, imports, found);
        at = after.max(at + 1);
        if text(tokens, at) == "," {
            at += 1;
        }
    }
    at + 1
}

/// Leaves out what is compiled for tests only; names the test modules that
/// have a file of their own.
fn without_tests(tokens: Vec<Token>) -> (Vec<Token>, Vec<String>) {
    let (mut kept, mut modules) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        if let Some(whole) = cfg_test(&tokens, at) {
            if whole {
                return (Vec::new(), modules);
            }
            let start = at;
            at = item_end(&tokens, at);
            let item = &tokens[start..at];
            if let [.., word, name, end] = item
                && word.text == "mod"
                && end.text == ";"
            {
                modules.push(name.text.clone());
            }
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    (kept, modules)
}

/// Whether a test-only attribute starts here, and if so, whether it is an
/// inner one, of the whole file.
fn cfg_test(tokens: &[Token], at: usize) -> Option<bool> {
    let inner = text(tokens, at + 1) == "!";
    let open = at + 1 + usize::from(inner);
    if [text(tokens, at), text(tokens, open), text(tokens, open + 1)] != ["#", "[", "cfg"] {
        return None;
    }
    let words = tokens[open..].iter().map(|token| token.text.as_str());
    let words: Vec<&str> = words.take_while(|word| *word != "]").collect();
    let only = words.contains(&"test") && !words.contains(&"not") && !words.contains(&"any");
    only.then_some(inner)
}

/// Where the item that starts with an attribute at `at` ends.
fn item_end(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while at < tokens.len() {
        match text(tokens, at) {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" if depth == 0 => return at,
            "}" if depth == 1 => return at + 1,
            ")" | "]" | "}" => depth -= 1,
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
        at += 1;
    }
    at
}

/// A word, a number, a mark, `::`, or `"` for any literal in quotes.
#[derive(Clone, Debug, PartialEq)]
struct Token {
    text: String,
    line: usize,
    last_line: usize,
}

fn text(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| &token.text)
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The tokens of a source; comments and lifetimes are left out.
fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let (mut at, mut line) = (0, 1);
    let mut tokens = Vec::new();
    while at < chars.len() {
        let (text, end) = token(&chars, at);
        let breaks = chars[at..end].iter().filter(|c| **c == '\n').count();
        if let Some(text) = text {
            tokens.push(Token { text, line, last_line: line + breaks });
        }
        line += breaks;
        at = end;
    }
    tokens
}

/// What starts at `at`, if it counts, and where it ends.
fn token(chars: &[char], at: usize) -> (Option<String>, usize) {
    let look = |ahead: usize| chars.get(at + ahead).copied().unwrap_or('\0');
    let quoted = |end| (Some("\"".to_owned()), end);
    match (look(0), look(1)) {
        ('/', '/') => (None, skip(chars, at, |c| c != '\n')),
        ('/', '*') => (None, comment_end(chars, at)),
        ('"', _) => quoted(string_end(chars, at + 1, '"')),
        ('\'', '\\') => quoted(string_end(chars, at + 1, '\'')),
        ('\'', _) if look(2) == '\'' => quoted(at + 3),
        ('\'', _) => (None, skip(chars, at + 1, in_word)),
        (':', ':') => (Some("::".to_owned()), at + 2),
        (c, _) if c.is_whitespace() => (None, at + 1),
        (c, _) if in_word(c) => word(chars, at),
        (c, _) => (Some(c.to_string()), at + 1),
    }
}

/// A word or number, or the literal that the word is the prefix of.
fn word(chars: &[char], at: usize) -> (Option<String>, usize) {
    let end = skip(chars, at, in_word);
    let word: String = chars[at..end].iter().collect();
    let quoted = |end| (Some("\"".to_owned()), end);
    let after_hashes = skip(chars, end, |c| c == '#');
    let quote = chars.get(after_hashes) == Some(&'"');
    match (word.as_str(), chars.get(end)) {
        ("r" | "br" | "cr", _) if quote => quoted(raw_end(chars, after_hashes, after_hashes - end)),
        ("b" | "c", Some('"')) => quoted(string_end(chars, end + 1, '"')),
        ("b", Some('\'')) => quoted(string_end(chars, end + 1, '\'')),
        ("r", Some('#')) => (None, end + 1),
        _ => (Some(word), end),
    }
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn skip(chars: &[char], at: usize, passes: impl Fn(char) -> bool) -> usize {
    at + chars[at..].iter().take_while(|c| passes(**c)).count()
}

fn comment_end(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => depth += 1,
            ('*', Some('/')) => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            break;
        }
    }
    at.min(chars.len())
}

fn string_end(chars: &[char], mut at: usize, quote: char) -> usize {
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

fn raw_end(chars: &[char], open: usize, hashes: usize) -> usize {
    let mut at = open + 1;
    while at < chars.len() {
        let after = skip(chars, at + 1, |c| c == '#');
        if chars[at] == '"' && after - at > hashes {
            return at + 1 + hashes;
        }
        at += 1;
    }
    at
}

/// What the checker says about files given as pairs of path and text.
fn said(layers: &str, files: &[(&str, &str)]) -> Vec<String> {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    violations(layers, &files.collect())
}

/// The same for two modules, `low` of layer 0 and `high` of layer 1.
fn said_of_two(low: &str, high: &str) -> Vec<String> {
    let lib = "pub use high::High;\npub use low::{Low, Low as Deep};";
    said("0 low Below.\n1 high Above.", &[("lib.rs", lib), ("low.rs", low), ("high.rs", high)])
}

fn words(source: &str) -> Vec<String> {
    tokens(source).into_iter().map(|token| token.text).collect()
}

#[test]
fn using_what_lies_below_is_fine() {
    let high = "use crate::low::Low;\nfn f() -> crate::Low { crate::low::make() }";
    assert_eq!(said_of_two("use std::time::Duration;", high), [""; 0]);
}

#[test]
fn climbing_is_reported_however_it_is_spelled() {
    let climb = "`low` of layer 0 uses `high` of layer 1";
    for spelled in [
        "use crate::high::High;",
        "use crate::{high, low::Low};",
        "use {crate::{low::{self, Low}, high::{self as top}}};",
        "pub(crate) use super::high::High as Tall;",
        "use crate::High;",
        "fn f() { let _ = crate::high::make::<u8>(1) * 2; }",
        "fn f(x: &'static crate::high::High) {}",
        "macro_rules! m { () => { $crate::high::make() } }",
        "mod inner { use super::super::high::High; }",
        "#[cfg(not(test))] use crate::high::High;",
        "#[cfg(test)] mod tests {} use crate::high::High;",
    ] {
        assert_eq!(said_of_two(spelled, ""), [format!("src/low.rs:1: {climb}")], "{spelled}");
    }
}

#[test]
fn what_is_no_code_of_the_library_is_not_read() {
    for spelled in [
        "// use crate::high::High;",
        "/// use crate::high::High;\n/* a /* crate::high::x */ crate::high::y */",
        r####"const A: &str = "\" crate::high::x"; const B: &str = r##"" crate::high::x"# "##;"####,
        r#"const A: &[u8] = b"crate::high::x\\"; const C: char = '"'; // crate::high::x"#,
        "#[cfg(test)]\nmod tests { use super::*; fn f() { crate::high::x(); println!(\"\") } }",
        "#[cfg(all(test, feature = \"json\"))]\n#[allow(x)]\nuse crate::{high::High};",
        "#![cfg(test)]\nuse crate::high::High;",
        "mod inner { use super::Low; }",
    ] {
        assert_eq!(said_of_two(spelled, ""), [""; 0], "{spelled}");
    }
}

#[test]
fn a_test_module_may_have_its_own_file() {
    let low = ("low.rs", "#[cfg(test)]\nmod tests;");
    let tests = ("low/tests.rs", "use super::*;\nuse crate::high::High;");
    let files = [low, tests, ("high.rs", "")];
    assert_eq!(said("0 low Below.\n1 high Above.", &files), [""; 0]);
}

#[test]
fn modules_of_one_layer_may_use_each_other_but_not_in_a_circle() {
    let table = "0 a One.\n0 b Two.\n0 c Three.";
    let (a, b) = (("a.rs", "use crate::b::B;"), ("b.rs", "\nuse crate::c::C;"));
    assert_eq!(said(table, &[a, b, ("c.rs", "")]), [""; 0]);
    assert_eq!(
        said(table, &[a, b, ("c.rs", "fn f() { super::a::g() }")]),
        ["src/a.rs:1, src/b.rs:2, src/c.rs:1: a cycle: a -> b -> c -> a"]
    );
}

#[test]
fn files_of_one_module_do_not_go_in_a_circle() {
    let parent = ("a.rs", "mod x; mod y;\npub use x::X;\nuse y::{Y, make};");
    let there = ("a/x.rs", "use super::y::Y;");
    let cycle = ["src/a/x.rs:1, src/a/y.rs:1: a cycle: a::x -> a::y -> a::x"];
    for back in ["use super::x::X;", "use super::X;", "fn f() { crate::a::x::f() }"] {
        let files = [parent, there, ("a/y.rs", back)];
        assert_eq!(said("0 a One.", &files), cycle, "{back}");
    }
    let files = [parent, there, ("a/y.rs", "use super::Own;\nuse self::Kind::*;")];
    assert_eq!(said("0 a One.", &files), [""; 0]);
}

#[test]
fn a_circle_through_a_grandchild_is_one_of_its_parents() {
    let files = [
        ("a.rs", ""),
        ("a/x.rs", ""),
        ("a/x/deep.rs", "use super::super::y::Y;"),
        ("a/y.rs", "use super::x::X;"),
    ];
    assert_eq!(
        said("0 a One.", &files),
        ["src/a/x/deep.rs:1, src/a/y.rs:1: a cycle: a::x -> a::y -> a::x"]
    );
}

#[test]
fn paths_that_hide_their_module_are_reported() {
    assert_eq!(
        said_of_two("", "use crate::low::*;"),
        ["src/high.rs:1: `crate::low::*` hides what is used: name it"]
    );
    assert_eq!(
        said_of_two("", "\nuse crate::Stranger;"),
        ["src/high.rs:2: `crate::Stranger` is neither a module nor named by a `use` in lib.rs"]
    );
    assert_eq!(said_of_two("", "use crate::low::Kind::*;"), [""; 0]);
}

#[test]
fn the_table_and_the_source_name_the_same_modules() {
    assert_eq!(
        said("0 a One.\n0 b Two.", &[("a.rs", ""), ("c.rs", "")]),
        [
            "src/c.rs: `c` has no layer in tests/layering.rs",
            "src/b.rs: `b` has a layer but does not exist",
        ]
    );
}

#[test]
fn files_stand_beside_their_folder() {
    assert_eq!(
        said("0 a One.", &[("a/mod.rs", "")]),
        ["src/a/mod.rs: write `foo.rs` beside `foo/`"]
    );
    assert_eq!(said("0 a One.", &[("a/x.rs", "")]), ["src/a/x.rs: src/a.rs is missing"]);
}

#[test]
fn only_lines_of_code_count() {
    let code = "fn f() {}\n".repeat(MOST_LINES);
    let rest = "\n// why\n/// what\n/* more\nmore */\n#[cfg(test)]\nmod tests {\nfn g() {}\n}\n";
    let fits = format!("{code}{rest}");
    assert_eq!(said("0 a One.", &[("a.rs", &fits)]), [""; 0]);
    let long = format!("{code}const A: &str = \"two\nlines\";\n");
    assert_eq!(
        said("0 a One.", &[("a.rs", &long)]),
        ["src/a.rs: 602 lines of code of at most 600"]
    );
}

#[test]
fn reaching_outside_is_reported() {
    for (code, named) in [
        ("use std::time::{Duration, Instant};", "std::time::Instant"),
        ("use std::{time::SystemTime as Clock};", "std::time::SystemTime"),
        ("use std::time;", "std::time"),
        ("use std::time::*;", "std::time::*"),
        ("use std::time::{self, Duration};", "std::time::self"),
        ("fn f() { ::std::env::var(\"X\"); }", "std::env::var"),
        ("use std::net::IpAddr;", "std::net::IpAddr"),
        ("fn f() { std::thread::yield_now() }", "std::thread::yield_now"),
        ("use std::fs;", "std::fs"),
        ("fn f() { rand::rng(); }", "rand::rng"),
        ("use rand::thread_rng;", "rand::thread_rng"),
        ("fn f() { jiff::Zoned::now(); }", "jiff::Zoned::now"),
        ("fn f() { Timestamp::now(); }", "Timestamp::now"),
        ("static mut COUNT: u8 = 0;", "static mut"),
        ("thread_local! { }", "thread_local!"),
        ("fn f() { println!(\"\") }", "println!"),
    ] {
        let expected = format!("src/a.rs:1: `{named}` is not pure");
        assert_eq!(said("0 a One.", &[("a.rs", code)]), [expected], "{code}");
    }
}

#[test]
fn what_only_looks_impure_passes() {
    let code = "use std::time::Duration;\nuse jiff::{Timestamp, tz::TimeZone};\n\
        fn f(x: &'static mut u8, print: bool) -> bool { print != env!(\"A\").is_empty() }\n\
        fn g() -> std::time::Duration { std::environment() }";
    assert_eq!(said("0 a One.", &[("a.rs", code)]), [""; 0]);
}

#[test]
fn tokens_keep_apart_what_looks_alike() {
    assert_eq!(
        words("r#type::<'a, 1.5e3>('x', b'\\'', r\"\\\")"),
        ["type", "::", "<", ",", "1", ".", "5e3", ">", "(", "\"", ",", "\"", ",", "\"", ")",]
    );
    assert_eq!(words("a /* b /* c */ d */ e // f\ng"), ["a", "e", "g"]);
    assert_eq!(
        words("'{' '\\u{7b}' \"{\" br##\"{\"# {\"## 'l: {"),
        ["\"", "\"", "\"", "\"", ":", "{"]
    );
    assert_eq!(words("\"never closed \\"), ["\""]);
}
