//! The terms of a question or an article: concepts of the trade, countries, and the stems of the remaining words.

use std::{collections::HashSet, sync::LazyLock};

use super::concepts;
use crate::{entities::places, fold::Folded, language::WORDS, tokens};

/// A term with its weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// A stem, a pair of characters, or `#concept`, `@country`.
    pub word: String,
    /// Of a known term: less than 1 where chance makes it (pairs of characters).
    pub weight: f32,
    /// Of an unknown term, beside a rare one.
    pub unknown: f32,
}

impl Term {
    /// A concept of the trade, not a word or a country.
    pub fn is_concept(&self) -> bool {
        self.word.starts_with('#')
    }
}

/// The weight of a country beside a question of how long it takes.
const PLACE: f32 = 0.4;

/// Words that ask and are polite: they say nothing about the matter.
const FILLER: &str = "something anything take takes took taken accept accepts accepted use using utiliser usar usare gebruiken benutzen verwenden know like want need ask asking question questions wondering tell help anyone someone possible able get got give let make see also just really hi one two ones every per each if so then than there their his her \
    hier da dann denn doch mal bitte frage fragen wissen moechte mochte moglich gibt geben sagen helfen man etwas eine wurde ihnen \
    savoir question demander possible est-ce est ce qu'il qu quelqu'un aider dire y a-t-il sil saber pregunta preguntar posible ayudar decir alguien sapere domanda chiedere possibile aiutare dire qualcuno vorrei \
    pergunta perguntar possivel ajudar dizer alguem weten vraag vragen mogelijk helpen zeggen iemand przez kto jesli wiedziec pytanie zapytac mozliwe pomoc powiedziec ktos mi sie \
    bilmek soru sormak mumkun yardim soylemek acaba musunuz misiniz miyim \
    я вы мы он она они мне вас вам ваш ваши мой моя мои это как что где когда почему какой какие сколько можно могу можете ли есть был была было на в с к у о по за до из от для при же бы не да и или но а скажите подскажите пожалуйста здравствуйте добрый день хочу хотел хотела знать вопрос \
    هل ما ماذا متى أين اين كيف كم لماذا من في على الى إلى عن مع هذا هذه ان أن أنا انا لي لكم يمكن يمكنني ممكن اريد من فضلك لو اذا سمحت مرحبا السلام عليكم سؤال \
    나 제 저 저는 제가 혹시 안녕하세요 문의 궁금 궁금해요 궁금합니다 있나요 있어요 수 좀 뭐 어떻게 언제 얼마나 어디 왜 되나요 되요 돼요 하나요 가능한가요 해주세요 알려주세요";

static STOP: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let small = WORDS.iter().flat_map(|(_, words)| words.split_whitespace());
    small.chain(FILLER.split_whitespace()).map(crate::fold::fold).collect()
});

/// Characters between the content words of Chinese and Japanese: runs are cut there. All of Hiragana is, since what it writes is grammar.
fn is_glue(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309f}')
        || "的了吗嗎呢我你您他她们們请請问問是在有会會能可以想要吧啊把给給和与與就也都还還这這那哪什么麼怎样樣多少几幾个個及到从從或"
            .contains(c)
}

/// The terms of a text, each once.
pub fn terms(text: &str) -> Vec<Term> {
    let folded = Folded::new(text);
    let mut covered: Vec<(usize, usize)> = Vec::new();
    let mut out: Vec<Term> = Vec::new();
    for hit in concepts::find(&folded) {
        covered.push((hit.folded.start, hit.folded.end));
        let name = concepts::name(hit.category);
        // Thanks, "where is" and "if I change my mind" say nothing about what an article must be about.
        if matches!(name, "thanks" | "whereabouts" | "change_of_mind") {
            continue;
        }
        // Who pays is asked of returns, customs and parcels alike: what it is paid for decides.
        let weight = if name == "who_pays" { 0.5 } else { 1.0 };
        out.push(Term { word: format!("#{name}"), weight, unknown: 0.8 * weight });
    }
    for country in places::found(&folded) {
        covered.push((country.0.start, country.0.end));
        out.push(Term { word: format!("@{}", country.1), weight: 1.0, unknown: 1.0 });
    }
    for run in tokens::runs(&folded.text) {
        let end = run.start + run.text.len();
        if run.unspaced {
            unspaced(run.text, run.start, &covered, &mut out);
        } else if !covered.iter().any(|(from, to)| *from < end && run.start < *to) && !STOP.contains(run.text) {
            out.push(Term { word: stem(run.text), weight: 1.0, unknown: if run.text.len() < 3 { 0.3 } else { 0.75 } });
        }
    }
    // How long it takes is told by regions: the country that is asked for need not stand in the article.
    if out.iter().any(|t| t.word == "#duration") {
        out.iter_mut().filter(|t| t.word.starts_with('@')).for_each(|t| (t.weight, t.unknown) = (t.weight * PLACE, t.unknown * PLACE));
    }
    let mut seen = HashSet::new();
    out.retain(|t| seen.insert(t.word.clone()));
    out
}

/// Pairs of characters between glue, outside of what a concept covers. Pairs that nobody wrote are mostly chance, so they weigh little.
fn unspaced(run: &str, start: usize, covered: &[(usize, usize)], out: &mut Vec<Term>) {
    let mut piece: Option<usize> = None;
    let mut flush = |from: Option<usize>, to: usize| {
        if let Some(text) = from.and_then(|f| run.get(f..to)) {
            tokens::pairs(text, |pair| {
                let single = pair.chars().count() == 1;
                out.push(Term { word: pair.to_owned(), weight: if single { 0.3 } else { 0.6 }, unknown: if single { 0.1 } else { 0.35 } });
            });
        }
    };
    for (at, c) in run.char_indices() {
        let absolute = start + at;
        let cut = is_glue(c) || covered.iter().any(|(from, to)| *from <= absolute && absolute < *to);
        if cut {
            flush(piece.take(), at);
        } else if piece.is_none() {
            piece = Some(at);
        }
    }
    flush(piece, run.len());
}

/// A word without its ending: rough, the same for every language that writes with spaces.
///
/// A real stemmer a language would be better at irregular words; endings of one to three letters are most of it.
fn stem(word: &str) -> String {
    let word = word.strip_suffix("'s").unwrap_or(word);
    if word.bytes().any(|b| b.is_ascii_digit()) {
        return word.to_owned();
    }
    let chars: Vec<char> = word.chars().collect();
    let keep = match chars.len() {
        0..=3 => chars.len(),
        4 => 4 - usize::from(matches!(chars.last(), Some('s' | 'e' | 'a' | 'o' | 'n'))),
        5..=6 => {
            chars.len()
                - if matches!(chars.last(), Some('s' | 'n' | 'r' | 'e' | 'a' | 'o' | 'i' | 'y' | 'а' | 'ы' | 'и' | 'у' | 'е' | 'я')) {
                    if matches!(chars.get(chars.len() - 2), Some('e' | 'a' | 'o' | 'i')) { 2 } else { 1 }
                } else {
                    0
                }
        }
        n => (n - 2).min(7),
    };
    chars.into_iter().take(keep.max(2)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_concepts_countries_and_stems() {
        let check = |text: &str, expect: &[&str]| {
            let got: Vec<String> = terms(text).into_iter().map(|t| t.word).collect();
            assert_eq!(got, expect, "{text}");
        };
        check("Do you ship to Germany?", &["#shipping", "@DE"]);
        check("Liefern Sie nach Deutschland?", &["#shipping", "@DE"]);
        check("dimmable lamps", &["dimmab", "lamp"]);
        check("dimmable lamp", &["dimmab", "lamp"]);
    }
}
