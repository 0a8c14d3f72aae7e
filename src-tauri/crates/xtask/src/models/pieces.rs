//! Reads a SentencePiece model: the pieces with their scores, and the normaliser's rules. The format is a Protocol Buffers message
//! (`sentencepiece_model.proto`); the three fields that are needed do not justify a compiler for it.

use anyhow::{Context, Result, bail, ensure};

/// A piece of text that the model knows.
pub struct Piece {
    pub text: Vec<u8>,
    pub score: f32,
    /// False for the marks (unknown, begin, end, and three that the training set aside), which never match text.
    pub is_text: bool,
}

/// What the tokeniser needs.
pub struct Pieces {
    pub pieces: Vec<Piece>,
    /// The normaliser: a double-array trie, with the places of the replacements.
    pub rules: Vec<u8>,
    /// The replacements, each ended by a zero byte.
    pub replacements: Vec<u8>,
}

/// Reads the model.
pub fn read(bytes: &[u8]) -> Result<Pieces> {
    let mut pieces = vec![];
    let mut rules = None;
    for field in fields(bytes)? {
        match field {
            (1, Value::Bytes(piece)) => pieces.push(read_piece(piece)?),
            (3, Value::Bytes(normaliser)) => rules = Some(read_rules(normaliser)?),
            _ => {}
        }
    }
    let (rules, replacements) = rules.context("The model has no normaliser")?;
    ensure!(!pieces.is_empty(), "The model has no pieces");
    Ok(Pieces { pieces, rules, replacements })
}

/// `SentencePiece`: 1 the text, 2 the score, 3 the kind.
fn read_piece(bytes: &[u8]) -> Result<Piece> {
    const NORMAL: u64 = 1;
    const UNKNOWN: u64 = 2;
    const CONTROL: u64 = 3;
    const USER_DEFINED: u64 = 4;
    let mut piece = Piece { text: vec![], score: 0.0, is_text: true };
    for field in fields(bytes)? {
        match field {
            (1, Value::Bytes(text)) => piece.text = text.to_vec(),
            (2, Value::Four(score)) => piece.score = f32::from_le_bytes(score),
            (3, Value::Number(NORMAL)) => {}
            (3, Value::Number(UNKNOWN | CONTROL | USER_DEFINED)) => piece.is_text = false,
            (3, kind) => bail!("A piece is of a kind that the tokeniser does not know: {kind:?}"),
            _ => {}
        }
    }
    Ok(piece)
}

/// `NormalizerSpec`: 2 the rules; 3, 4 and 5 switch off what the tokeniser always does.
fn read_rules(bytes: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut map: &[u8] = &[];
    for field in fields(bytes)? {
        match field {
            (2, Value::Bytes(rules)) => map = rules,
            (3..=5, Value::Number(0)) => bail!("The model treats spaces in another way than the tokeniser"),
            _ => {}
        }
    }
    let (length, rest) = map.split_first_chunk::<4>().context("The model has no rules")?;
    let length = u32::from_le_bytes(*length) as usize;
    let (trie, replacements) = rest.split_at_checked(length).context("The rules are cut off")?;
    Ok((trie.to_vec(), replacements.to_vec()))
}

/// A value on the wire.
#[derive(Debug)]
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Four([u8; 4]),
}

/// The fields of a message, in order.
fn fields(mut bytes: &[u8]) -> Result<Vec<(u64, Value<'_>)>> {
    let mut all = vec![];
    while !bytes.is_empty() {
        let key = number(&mut bytes)?;
        let value = match key & 7 {
            0 => Value::Number(number(&mut bytes)?),
            2 => {
                let length = usize::try_from(number(&mut bytes)?)?;
                let (value, rest) = bytes.split_at_checked(length).context("The model is cut off")?;
                bytes = rest;
                Value::Bytes(value)
            }
            5 => {
                let (value, rest) = bytes.split_first_chunk::<4>().context("The model is cut off")?;
                bytes = rest;
                Value::Four(*value)
            }
            kind => bail!("The model has a field of an unknown kind ({kind})"),
        };
        all.push((key >> 3, value));
    }
    Ok(all)
}

/// A number of one to ten bytes, seven bits each, the lowest first.
fn number(bytes: &mut &[u8]) -> Result<u64> {
    let mut sum = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().context("The model is cut off")?;
        *bytes = rest;
        sum |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(sum);
        }
    }
    bail!("The model has a number that does not end")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_texts_and_floats_are_read_and_a_cut_is_an_error() {
        let message = [0x08, 0xac, 0x02, 0x12, 2, b'h', b'i', 0x1d, 0, 0, 0x80, 0x3f];
        let all = fields(&message).unwrap();
        assert!(matches!(all[0], (1, Value::Number(300))));
        assert!(matches!(all[1], (2, Value::Bytes(b"hi"))));
        assert!(matches!(all[2], (3, Value::Four(one)) if f32::from_le_bytes(one) == 1.0));
        for length in [1, 2, 4, 6, 9] {
            assert!(fields(&message[..length]).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn a_normaliser_that_keeps_spaces_is_refused() {
        assert!(read_rules(&[0x20, 0x00, 0x12, 4, 0, 0, 0, 0]).unwrap_err().to_string().contains("spaces"));
        assert!(read_rules(&[0x20, 0x01, 0x12, 4, 0, 0, 0, 0]).is_ok());
    }
}
