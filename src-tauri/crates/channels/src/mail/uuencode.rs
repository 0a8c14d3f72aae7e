//! Files that old mail programs put into a mail by uuencode, as a part of their own or in the middle of the text.
//!
//! Only decoding; what becomes of the files is for `body` to say.

use std::ops::Range;

/// A file, and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Uuencoded {
    /// As its first line says.
    pub(super) name: String,
    /// Decoded.
    pub(super) content: Vec<u8>,
    /// From `begin` to the end of the line `end`.
    pub(super) place: Range<usize>,
}

/// The files in a text. What has no `end`, or a line that does not fit its length, is no file.
pub(super) fn files_in(bytes: &[u8]) -> Vec<Uuencoded> {
    let mut files = Vec::new();
    let mut at = 0;
    while let Some(start) = next_begin(bytes, at) {
        match file_at(bytes, start) {
            Some(file) => {
                at = file.place.end;
                files.push(file);
            }
            None => at = start + 1,
        }
    }
    files
}

/// The next line that begins with `begin `.
fn next_begin(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    if from == 0 && rest.starts_with(b"begin ") {
        return Some(0);
    }
    rest.windows(7).position(|window| window == b"\nbegin ").map(|found| from + found + 1)
}

fn file_at(bytes: &[u8], start: usize) -> Option<Uuencoded> {
    let mut lines = Lines { bytes, at: start };
    let first = String::from_utf8_lossy(lines.next()?).into_owned();
    let (mode, name) = first.strip_prefix("begin ")?.split_once(' ')?;
    if !(3..=4).contains(&mode.len()) || !mode.bytes().all(|b| b.is_ascii_digit()) || name.trim().is_empty() {
        return None;
    }
    let mut content = Vec::new();
    loop {
        match lines.next()? {
            b"end" => break,
            line => content.extend(decoded(line)?),
        }
    }
    Some(Uuencoded { name: name.trim().to_owned(), content, place: start..lines.at })
}

/// The bytes of one line: the first character tells their number.
fn decoded(line: &[u8]) -> Option<Vec<u8>> {
    let Some((first, data)) = line.split_first() else { return Some(Vec::new()) };
    let length = value(*first)?;
    // Blanks at the end of a line are lost on the way, and some programs add a check character.
    if data.len() > length.div_ceil(3) * 4 + 2 {
        return None;
    }
    let mut out = Vec::with_capacity(length + 2);
    for group in data.chunks(4) {
        let mut bits = 0usize;
        for place in 0..4 {
            bits = bits << 6 | group.get(place).map_or(Some(0), |b| value(*b))?;
        }
        out.extend([bits >> 16, bits >> 8, bits].map(|b| u8::try_from(b & 0xff).unwrap_or_default()));
    }
    out.resize(length, 0);
    Some(out)
}

/// The six bits of a character.
fn value(byte: u8) -> Option<usize> {
    (b' '..=b'`').contains(&byte).then(|| usize::from(byte - b' ') & 0x3f)
}

/// Lines without their ends, and where the next one begins.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
        self.at += (length + 1).min(rest.len());
        let line = rest.get(..length)?;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The counterpart, for tests.
    fn encoded(name: &str, content: &[u8]) -> String {
        let six = |bits: u32| char::from(b' ' + u8::try_from(bits & 0x3f).unwrap());
        let mut out = format!("begin 644 {name}\n");
        for line in content.chunks(45) {
            out.push(six(u32::try_from(line.len()).unwrap()));
            for group in line.chunks(3) {
                let byte = |n: usize| u32::from(group.get(n).copied().unwrap_or_default());
                let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
                out.extend([six(bits >> 18), six(bits >> 12), six(bits >> 6), six(bits)]);
            }
            out.push('\n');
        }
        out + "`\nend\n"
    }

    #[test]
    fn a_file_in_a_text_is_found_with_its_place() {
        let text = format!("Hello\n\n{}Bye", encoded("photo of lamp.txt", b"Cat and more than that, over two lines of sixty characters"));
        let [file] = files_in(text.as_bytes()).try_into().unwrap();
        assert_eq!((file.name.as_str(), file.content.len()), ("photo of lamp.txt", 58));
        assert_eq!(format!("{}{}", &text[..file.place.start], &text[file.place.end..]), "Hello\n\nBye");
        assert_eq!(files_in(b"begin 644 cat.txt\r\n#0V%T\r\n`\r\nend")[0].content, b"Cat");
    }

    #[test]
    fn sentences_that_begin_with_begin_are_none() {
        for text in ["begin 644 a.txt\nno file\nend", "begin with the lamp\nend", "begin 644 a.txt\n#0V%T\n", "we begin 644 a\n#0V%T\nend"]
        {
            assert!(files_in(text.as_bytes()).is_empty(), "{text}");
        }
    }

    #[test]
    fn hostile_texts_are_quick() {
        let started = std::time::Instant::now();
        assert!(files_in("begin 644 a\n".repeat(20_000).as_bytes()).is_empty());
        assert!(files_in("x begin ".repeat(100_000).as_bytes()).is_empty());
        assert!(started.elapsed() < std::time::Duration::from_secs(5), "{:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn what_is_encoded_comes_back(content in proptest::collection::vec(any::<u8>(), 0..300)) {
            let text = encoded("a.bin", &content);
            prop_assert_eq!(&files_in(text.as_bytes())[0].content, &content);
        }

        #[test]
        fn never_panics(text in "(begin 644 a\n|[ -`]{0,20}\n|end\n|\r){0,20}") {
            let _ = files_in(text.as_bytes());
        }
    }
}
