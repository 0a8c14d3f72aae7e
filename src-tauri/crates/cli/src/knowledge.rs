//! `kb search`: the passages that the bot would rest on. `kb evaluate`: how well articles answer a list of questions.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    fs,
    path::Path,
};

use anyhow::{Context, Result};
use mercator_app::{
    App,
    clock::{Clock, SystemClock, micros},
    error::user,
    models::load_bot,
    views::{ArticleQuery, ImportKind},
};
use mercator_domain::{article::Passage, ids::ArticleId, language::Language};
use mercator_pipeline::bot::AnalysisInput;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    Done,
    args::{KbEvaluate, KbSearch},
    output::{Output, json_line},
    session,
};

/// Finds passages.
pub async fn search(workspace: Option<&str>, what: &KbSearch, output: Output) -> Result<Done> {
    let language = match &what.language {
        Some(language) => language.clone(),
        None => language_of(&what.text)?,
    };
    let app = session::open_existing(workspace).await?;
    let found = app.search_knowledge(&what.text, &language, what.limit).await;
    app.stop().await;
    let found = found?;
    let text = || {
        let lines: Vec<String> = found
            .iter()
            .map(|passage| format!("{:.2}  {} [{}]  {}", passage.score, passage.title, passage.language, first_line(&passage.text)))
            .collect();
        if lines.is_empty() { "Nothing in the knowledge base fits.".to_owned() } else { lines.join("\n") }
    };
    output.give(&json!({ "language": language, "passages": &found }), text)?;
    Ok(Done::Well)
}

fn language_of(text: &str) -> Result<Language> {
    let english = Language::english();
    let input = AnalysisInput {
        text,
        history: &[],
        country: None,
        contact_language: None,
        store_language: &english,
        at: SystemClock::default().now(),
    };
    Ok(load_bot(None)?.analyze(&input, &micros).language.value.code)
}

/// Enough to recognise a passage by.
fn first_line(text: &str) -> String {
    const WIDTH: usize = 100;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= WIDTH { line.to_owned() } else { line.chars().take(WIDTH).chain(['…']).collect() }
}

/// An article of `kb evaluate`.
#[derive(Deserialize)]
struct GivenArticle {
    id: String,
    category: String,
    title: String,
    body: String,
    language: String,
}

/// A question of `kb evaluate`.
#[derive(Deserialize)]
struct GivenQuestion {
    id: String,
    text: String,
    language: Language,
    /// Ids of the articles that answer it; none means that no article does.
    answers: Vec<String>,
}

/// What was found for a question.
#[derive(Serialize)]
struct FoundFor {
    id: String,
    language: String,
    answerable: bool,
    answered: bool,
    /// The rank of the first right article among those that were found, from 1.
    rank: Option<usize>,
    found: Vec<(String, f32)>,
}

/// `kb evaluate`: in a workspace of its own, which is thrown away.
pub async fn evaluate(what: &KbEvaluate) -> Result<Done> {
    let articles: Vec<GivenArticle> = rows(&what.articles)?;
    let questions: Vec<GivenQuestion> = rows(&what.questions)?;
    check(&articles, &questions)?;
    let folder = tempfile::tempdir().context("Cannot make a temporary folder")?;
    let app = session::open(Some(&folder.path().to_string_lossy())).await?;
    let work = ask_all(&app, &articles, questions).await;
    app.stop().await;
    let found = work?;
    if let Some(path) = &what.predictions {
        let lines = found.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
        fs::write(path, lines.join("\n") + "\n").with_context(|| format!("Cannot write {}", path.display()))?;
    }
    json_line(&figures(&found))?;
    Ok(Done::Well)
}

fn rows<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let text = fs::read_to_string(path).with_context(|| format!("Cannot read {}", path.display()))?;
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let row = |(line, number): (&str, usize)| {
        let wrong = |error: serde_json::Error| {
            user(
                "bad_input",
                format!("Line {number} of {} cannot be read: {error}", path.display()),
                "See mercator-cli kb evaluate --help.",
            )
        };
        serde_json::from_str(line).map_err(wrong)
    };
    lines.map(row).collect()
}

/// A question that names an article which is not there would count as never answered.
fn check(articles: &[GivenArticle], questions: &[GivenQuestion]) -> Result<()> {
    let known = |id: &String| articles.iter().any(|article| article.id == *id);
    match questions.iter().find_map(|question| Some((question, question.answers.iter().find(|id| !known(id))?))) {
        None => Ok(()),
        Some((question, id)) => {
            let what = format!("The question '{}' names the article '{id}', which is not there", question.id);
            Err(user("bad_input", what, "Mend the id in one of the two files."))
        }
    }
}

/// Takes the articles in as any import does, and runs the bot over each question.
async fn ask_all(app: &App, articles: &[GivenArticle], questions: Vec<GivenQuestion>) -> Result<Vec<FoundFor>> {
    let mut lines = String::new();
    for a in articles {
        let row = json!({ "key": a.id, "category": a.category, "title": a.title, "body": a.body, "language": a.language });
        writeln!(lines, "{row}")?;
    }
    let report = app.import_bytes(ImportKind::Articles, "articles.jsonl", lines.as_bytes(), false).await?;
    if let Some(row) = report.rows.first() {
        let what = format!("{} of the articles are refused; line {}: {}", report.rejected, row.line, row.reason);
        return Err(user("bad_input", what, "Mend the file; mercator-cli import --help says what an article has."));
    }
    let ids: HashMap<ArticleId, String> =
        app.list_articles(&ArticleQuery::default()).await?.into_iter().map(|row| (row.article.id, row.article.key)).collect();
    let threshold = app.app_state().await?.settings.answer_threshold;
    let mut found = Vec::with_capacity(questions.len());
    for question in questions {
        let turn = app.test_bench(&question.text, None, None).await?;
        found.push(found_for(question, &turn.retrieve.value.passages, &ids, threshold));
    }
    Ok(found)
}

fn found_for(question: GivenQuestion, passages: &[Passage], ids: &HashMap<ArticleId, String>, threshold: f32) -> FoundFor {
    let found: Vec<(String, f32)> = passages.iter().map(|p| (ids.get(&p.article_id).cloned().unwrap_or_default(), p.score)).collect();
    FoundFor {
        id: question.id,
        language: question.language.to_string(),
        answerable: !question.answers.is_empty(),
        answered: found.first().is_some_and(|(_, score)| *score >= threshold),
        rank: found.iter().position(|(id, _)| question.answers.contains(id)).map(|place| place + 1),
        found,
    }
}

/// The figures of cli.md, and for each language the same.
fn figures(found: &[FoundFor]) -> Value {
    let mut by_language: BTreeMap<&str, Vec<&FoundFor>> = BTreeMap::new();
    for one in found {
        by_language.entry(&one.language).or_default().push(one);
    }
    let all: Vec<&FoundFor> = found.iter().collect();
    let mut whole = of(&all);
    let languages: BTreeMap<&str, Value> = by_language.into_iter().map(|(language, found)| (language, of(&found))).collect();
    if let Some(whole) = whole.as_object_mut() {
        whole.insert("by_language".to_owned(), json!(languages));
    }
    whole
}

/// `null` where there is nothing to take a share of.
fn of(found: &[&FoundFor]) -> Value {
    let answerable: Vec<&&FoundFor> = found.iter().filter(|f| f.answerable).collect();
    let answered: Vec<&&&FoundFor> = answerable.iter().filter(|f| f.answered).collect();
    let others: Vec<&&FoundFor> = found.iter().filter(|f| !f.answerable).collect();
    #[allow(clippy::cast_precision_loss, reason = "Counts of questions.")]
    let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
    let within = |most: usize| answerable.iter().filter(|f| f.rank.is_some_and(|rank| rank <= most)).count();
    json!({
        "n": found.len(),
        "recall_at_1": share(within(1), answerable.len()),
        "recall_at_3": share(within(3), answerable.len()),
        "answered_of_answerable": share(answered.len(), answerable.len()),
        "right_of_answered": share(answered.iter().filter(|f| f.rank == Some(1)).count(), answered.len()),
        "answered_of_unanswerable": share(others.iter().filter(|f| f.answered).count(), others.len()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(answerable: bool, answered: bool, rank: Option<usize>) -> FoundFor {
        FoundFor { id: String::new(), language: "de".into(), answerable, answered, rank, found: vec![] }
    }

    #[test]
    fn figures_by_hand() {
        let found = [
            one(true, true, Some(1)),
            one(true, true, Some(2)),
            one(true, false, Some(1)),
            one(true, false, None),
            one(false, true, None),
            one(false, false, None),
        ];
        let got = figures(&found);
        let expect = json!({
            "n": 6, "recall_at_1": 0.5, "recall_at_3": 0.75, "answered_of_answerable": 0.5, "right_of_answered": 0.5,
            "answered_of_unanswerable": 0.5,
        });
        assert_eq!(got["by_language"]["de"], expect);
        assert_eq!(got["n"], 6);
        assert_eq!(of(&[])["recall_at_1"], Value::Null);
    }
}
