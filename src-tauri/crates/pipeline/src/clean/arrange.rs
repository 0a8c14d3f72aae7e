//! Which lines the writer wrote now: the rules over a whole mail, from what `line`, `reference` and `footer` say of its lines.
//!
//! The guiding rule: never hide what the buyer wrote. A reference without marked lines below it hides the rest only when something
//! stands above it; a doubtful one hides nothing; answers between quotes stay, with the quotes that they answer.

use std::ops::Range;

use super::{
    footer::{self, Mark},
    line::{Line, is_rule},
    reference::{self, Kind, Reference},
};

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The writer's own.
    Visible,
    /// Quoted, but shown: what the lines below it answer.
    Context,
    /// An earlier mail.
    Quoted,
    /// Signature, notice, the line of a telephone.
    Signature,
}

/// What a line is found to be on the way down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Blank,
    Own,
    Quote,
    Reference(Kind),
    Footer,
    /// From here on it is an earlier mail.
    Rest,
}

/// What becomes of each line.
pub(super) fn arrange(lines: &[Line<'_>]) -> Vec<Part> {
    let roles = Reading::of(lines).roles;
    let mut parts: Vec<Part> = roles.iter().map(|role| part_of(*role)).collect();
    let places = |wanted: Role| -> Vec<usize> { (0..roles.len()).filter(|n| roles.get(*n) == Some(&wanted)).collect() };
    let (own, quotes) = (places(Role::Own), places(Role::Quote));
    let mut put = |at: &[usize], part: Part| {
        for n in at {
            if let Some(place) = parts.get_mut(*n) {
                *place = part;
            }
        }
    };
    let (Some(first), Some(last)) = (own.first().copied(), own.last().copied()) else {
        put(&quotes, if is_known_mail(lines, &roles) { Part::Quoted } else { Part::Context });
        return parts;
    };
    let leading: Vec<usize> = quotes.iter().copied().filter(|n| *n < first).collect();
    let between: Vec<usize> = quotes.iter().copied().filter(|n| (first..last).contains(n)).collect();
    // The introduction may be marked as quoted itself, as Apple Mail does.
    let introduced = |n: usize| roles.get(n) == Some(&Role::Quote) && lines.get(n).is_some_and(reference::is_quoted_introduction);
    let referred = |below: usize| (0..below).any(|n| matches!(roles.get(n), Some(Role::Reference(_))) || introduced(n));
    // One reference, its quote, and the reply below.
    if !(between.is_empty() && referred(first)) {
        put(&leading, Part::Context);
    }
    let Some((from, to)) = between.first().copied().zip(between.last().copied()) else { return parts };
    let (above, below): (Vec<usize>, Vec<usize>) = own.iter().copied().filter(|n| !(from..to).contains(n)).partition(|n| *n < from);
    let one_quote = leading.is_empty() && own.iter().all(|n| !(from..to).contains(n)) && referred(from);
    let texts = |at: &[usize]| -> Vec<&str> { at.iter().filter_map(|n| lines.get(*n)).map(|l| l.text).collect() };
    if one_quote && !footer::reads_as_answer(&texts(&below), &texts(&above)) {
        put(&below, Part::Signature);
    } else {
        put(&between, Part::Context);
    }
    parts
}

/// What a line becomes unless a rule says otherwise.
const fn part_of(role: Role) -> Part {
    match role {
        Role::Blank | Role::Own => Part::Visible,
        Role::Quote | Role::Reference(_) | Role::Rest => Part::Quoted,
        Role::Footer => Part::Signature,
    }
}

/// Whether a mail of quotes alone quotes an earlier mail for sure; else the quotes are all that there is, and are shown.
fn is_known_mail(lines: &[Line<'_>], roles: &[Role]) -> bool {
    let introduced = roles.iter().any(|role| matches!(role, Role::Reference(Kind::Introduction { .. } | Kind::Headings)));
    introduced || lines.iter().any(|line| line.quoted && reference::is_quoted_introduction(line))
}

/// The way down a mail.
struct Reading<'a> {
    lines: &'a [Line<'a>],
    references: Vec<Option<Reference>>,
    roles: Vec<Role>,
    /// The writer has written something above.
    written: bool,
    /// A footer stands above: the reply is over, even when it is empty.
    signed: bool,
    /// Inside a footer.
    footing: bool,
}

impl<'a> Reading<'a> {
    fn of(lines: &'a [Line<'a>]) -> Self {
        let references =
            (0..lines.len()).map(|n| lines.get(n).filter(|l| !l.quoted).and_then(|_| reference::reference_at(lines, n))).collect();
        let mut reading = Self { lines, references, roles: vec![Role::Blank; lines.len()], written: false, signed: false, footing: false };
        let mut at = 0;
        while at < lines.len() {
            at = reading.step(at);
        }
        reading
    }

    /// Settles the lines from here and gives the next one to look at.
    fn step(&mut self, at: usize) -> usize {
        let Some(line) = self.lines.get(at) else { return at + 1 };
        if line.quoted {
            if reference::is_framed_introduction(self.lines, at) {
                let framed = Reference { lines: 1, kind: Kind::Introduction { sure: true } };
                return self.refer(at, framed).unwrap_or(at + 1);
            }
            self.footing = false;
            return self.settle(at..at + 1, Role::Quote);
        }
        if let Some(reference) = self.references.get(at).copied().flatten()
            && let Some(next) = self.refer(at, reference)
        {
            return next;
        }
        if let Some(length) = footer::armour(self.lines, at) {
            return self.settle(at..at + length, Role::Footer);
        }
        let role = self.plain(at, line);
        self.settle(at..at + 1, role)
    }

    /// A reference; `None` when it is only the writer's own words.
    fn refer(&mut self, at: usize, reference: Reference) -> Option<usize> {
        let below = at + reference.lines;
        let marked = (below..self.lines.len()).find(|n| self.lines.get(*n).is_some_and(|l| !l.is_blank()));
        let marked = marked.is_some_and(|n| self.lines.get(n).is_some_and(|l| l.quoted));
        if reference.kind == (Kind::Introduction { sure: false }) && !marked {
            return None;
        }
        self.footing = false;
        let above = self.written || self.signed;
        if above && (!marked || reference.kind == Kind::Forwarded) {
            let from = self.rule_above(at).unwrap_or(at);
            return Some(self.settle(from..self.lines.len(), Role::Rest));
        }
        let from = self.rule_above(at).unwrap_or(at);
        Some(self.settle(from..below, Role::Reference(reference.kind)))
    }

    /// A line that is neither quoted nor a reference.
    fn plain(&mut self, at: usize, line: &Line<'_>) -> Role {
        if self.footing && !line.code {
            return Role::Footer;
        }
        if line.is_blank() {
            return Role::Blank;
        }
        if !line.code && self.begins_footer(at, line) {
            self.signed = true;
            return Role::Footer;
        }
        self.written = true;
        Role::Own
    }

    fn begins_footer(&mut self, at: usize, line: &Line<'_>) -> bool {
        if footer::is_device_line(self.lines, at, self.written, self.is_last(at)) {
            return true;
        }
        let marked = footer::signature_mark(line.text).is_some_and(|mark: Mark| {
            let below: Vec<&str> = (at + 1..self.lines.len()).map_while(|n| self.unreferred(n)).take(60).collect();
            footer::is_signature(mark, &below, self.written)
        });
        self.footing = marked || (self.written && footer::is_notice(self.lines, at));
        self.footing
    }

    /// Nothing of the writer's own follows right away: the end, a quote, a reference or the line of a further device.
    fn is_last(&self, at: usize) -> bool {
        let next = (at + 1..self.lines.len()).find(|n| self.lines.get(*n).is_some_and(|l| !l.is_blank()));
        next.is_none_or(|n| self.unreferred(n).is_none() || self.lines.get(n).is_some_and(footer::begins_like_device))
    }

    /// The text of a line that is neither quoted nor a reference.
    fn unreferred(&self, at: usize) -> Option<&'a str> {
        let free = self.references.get(at).is_some_and(Option::is_none);
        self.lines.get(at).filter(|line| free && !line.quoted).map(|line| line.text)
    }

    /// The drawn line right above, empty lines apart.
    fn rule_above(&self, at: usize) -> Option<usize> {
        let above = (0..at).rev().find(|n| self.lines.get(*n).is_some_and(|l| !l.is_blank()));
        above.filter(|n| self.lines.get(*n).is_some_and(|l| is_rule(l.text) && !l.quoted))
    }

    fn settle(&mut self, range: Range<usize>, role: Role) -> usize {
        let end = range.end.min(self.roles.len());
        if let Some(roles) = self.roles.get_mut(range.start.min(end)..end) {
            roles.fill(role);
        }
        end.max(range.start + 1)
    }
}
