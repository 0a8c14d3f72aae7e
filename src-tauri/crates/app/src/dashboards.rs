//! The three dashboards: facts from the store, numbers and charts from analytics, the list behind a number, files of all.

use std::{collections::BTreeSet, fs, path::Path, sync::atomic::Ordering};

use anyhow::{Context, Result};
use mercator_analytics::{
    dashboard::{Dashboard, DashboardKey, DaySpan, HandoffFacts, SatisfactionFacts, SegmentFacts, handoffs, satisfaction, segments},
    export::{self, Fonts},
    labels::Labels,
    segments::score,
};
use mercator_domain::{
    facts::{DashboardFilter, DrillKey, DrillOf},
    ids::ConversationId,
    language::Language,
    moment::{DAY_MS, HOUR_MS, Moment},
    satisfaction::Score,
};
use mercator_store::{episode_days::EpisodeDrill, handoffs::HandoffDrill, satisfaction::RatingDrill};

use crate::{
    App,
    views::{DashboardChoices, ExportFormat, Exported, UserError},
};

/// Without a period a dashboard shows the last 30 days.
const DEFAULT_DAYS: i64 = 30;

/// Customer groups move slowly: they are counted anew after a change of orders, else after this time.
const SEGMENTS_LIVE_MS: i64 = 6 * HOUR_MS;

/// Pictures are drawn at twice the size, for printing and for fine screens.
const PNG_SCALE: f32 = 2.0;

/// So many of the letters that are missing are named; they tell the script.
const SHOWN_LETTERS: usize = 8;

impl App {
    /// One dashboard over the filter's period, with the change against the period before.
    pub async fn dashboard(&self, key: DashboardKey, filter: &DashboardFilter) -> Result<Dashboard> {
        let language = Language::parse(&self.settings.read().await.ui_language).unwrap_or_else(Language::english);
        let labels = Labels::of(&language);
        let now = self.now();
        let filter = self.period(filter);
        let before = previous(&filter);
        let span = span(&filter);
        Ok(match key {
            DashboardKey::Segments => {
                let customers = self.store.customer_orders().await?;
                segments(&SegmentFacts { customers: &customers, as_of: now, rates: None }, &labels)?
            }
            DashboardKey::Satisfaction => {
                let days = self.store.satisfaction_days(&filter).await?;
                let previous = self.store.satisfaction_days(&before).await?;
                satisfaction(&SatisfactionFacts { days: &days, previous: &previous, span }, &labels)?
            }
            DashboardKey::Handoffs => {
                let days = self.store.episode_days(&filter).await?;
                let facts = self.store.handoff_facts(&filter).await?;
                let previous_days = self.store.episode_days(&before).await?;
                let previous_handoffs = self.store.handoff_facts(&before).await?;
                let facts = HandoffFacts {
                    days: &days,
                    handoffs: &facts,
                    previous_days: &previous_days,
                    previous_handoffs: &previous_handoffs,
                    now,
                    span,
                };
                handoffs(&facts, &labels)?
            }
        })
    }

    /// The filter with its period filled in.
    fn period(&self, filter: &DashboardFilter) -> DashboardFilter {
        let mut filter = filter.clone();
        let to = *filter.to.get_or_insert(Moment((self.now().day() + 1) * DAY_MS));
        filter.from.get_or_insert(to.plus_ms(-DEFAULT_DAYS * DAY_MS));
        filter
    }

    /// Exactly the conversations behind a number or a bar.
    pub async fn drill(&self, filter: &DashboardFilter, key: &DrillKey) -> Result<Vec<ConversationId>> {
        let now = self.now();
        let filter = narrowed(&self.period(filter), key);
        Ok(match key.of {
            DrillOf::Surveys => self.store.survey_conversations(&filter).await?,
            DrillOf::Ratings => {
                let mut all = vec![];
                let scores: Vec<Option<Score>> =
                    if key.scores.is_empty() { vec![None] } else { key.scores.iter().map(|n| Score::try_from(*n).ok()).collect() };
                for score in scores {
                    all.extend(self.store.rating_conversations(&filter, RatingDrill { score, served_by: key.served_by }).await?);
                }
                all
            }
            DrillOf::Episodes | DrillOf::Involved => {
                let involved = (key.of == DrillOf::Involved).then_some(true);
                self.store.episode_conversations(&filter, EpisodeDrill { outcome: key.outcome, involved }).await?
            }
            DrillOf::Handoffs | DrillOf::Orphans if key.waiting.is_some() => {
                let facts = self.store.handoff_facts(&filter).await?;
                facts.iter().filter(|fact| key.holds_handoff(fact, now)).map(|fact| fact.conversation_id).collect()
            }
            DrillOf::Handoffs | DrillOf::Orphans => {
                let orphans_at = (key.of == DrillOf::Orphans).then_some(now);
                self.store.handoff_conversations(&filter, HandoffDrill { reason: key.reason, orphans_at }).await?
            }
            DrillOf::Customers => match key.segment {
                Some(segment) => self.store.segment_conversations(segment).await?,
                None => vec![],
            },
        })
    }

    /// What occurs in the facts.
    pub async fn dashboard_choices(&self) -> Result<DashboardChoices> {
        let choices = self.store.filter_choices().await?;
        Ok(DashboardChoices {
            inboxes: choices.inboxes,
            channels: choices.channels,
            languages: choices.languages,
            countries: choices.countries,
            intents: choices.intents,
        })
    }

    /// Writes a dashboard into a folder, without any network; gives the paths, and says which letters the pictures lack.
    pub async fn export_dashboard(
        &self,
        key: DashboardKey,
        filter: &DashboardFilter,
        format: ExportFormat,
        folder: &str,
    ) -> Result<Exported> {
        let dashboard = self.dashboard(key, filter).await?;
        let language = Language::parse(&self.settings.read().await.ui_language).unwrap_or_else(Language::english);
        let folder = folder.to_owned();
        let write = move || write_files(&dashboard, &Labels::of(&language), format, Path::new(&folder), &Fonts::system());
        tokio::task::spawn_blocking(write).await.context("The export was cut off")?
    }

    /// Counts the customer groups anew when orders have changed or the last count is old.
    pub(crate) async fn refresh_segments(&self) -> Result<()> {
        let now = self.now();
        let counted = self.segments_at.load(Ordering::Relaxed);
        if counted != i64::MIN && now.ms() - counted < SEGMENTS_LIVE_MS {
            return Ok(());
        }
        let customers = self.store.customer_orders().await?;
        let scored = tokio::task::spawn_blocking(move || score(&customers, now, None)).await.context("Counting was cut off")?;
        let groups: Vec<_> = scored.iter().map(|scored| (scored.contact_id, scored.segment)).collect();
        let mut tx = self.store.begin_at(now).await?;
        tx.set_segments(&groups).await?;
        tx.commit().await?;
        self.segments_at.store(now.ms(), Ordering::Relaxed);
        Ok(())
    }
}

/// The period before, as long.
fn previous(filter: &DashboardFilter) -> DashboardFilter {
    let (from, to) = (filter.from.unwrap_or_default(), filter.to.unwrap_or_default());
    DashboardFilter { from: Some(from.plus_ms(-to.since(from))), to: Some(from), ..filter.clone() }
}

fn span(filter: &DashboardFilter) -> Option<DaySpan> {
    Some(DaySpan { first: filter.from?.day(), last: filter.to?.plus_ms(-1).day() })
}

/// The dashboard's filter with what a click adds to it.
fn narrowed(filter: &DashboardFilter, key: &DrillKey) -> DashboardFilter {
    let mut filter = filter.clone();
    if let Some(channel) = key.channel {
        filter.channels = vec![channel];
    }
    if let Some(language) = &key.language {
        filter.languages = vec![language.clone()];
    }
    filter.language_unknown = key.language_unknown;
    if let Some(first) = key.first_day {
        let from = Moment(first * DAY_MS);
        filter.from = Some(filter.from.map_or(from, |set| set.max(from)));
    }
    if let Some(last) = key.last_day {
        let to = Moment((last + 1) * DAY_MS);
        filter.to = Some(filter.to.map_or(to, |set| set.min(to)));
    }
    filter
}

fn write_files(dashboard: &Dashboard, labels: &Labels<'_>, format: ExportFormat, folder: &Path, fonts: &Fonts) -> Result<Exported> {
    fs::create_dir_all(folder).with_context(|| format!("Cannot make the folder {}", folder.display()))?;
    let name = dashboard.key.as_str();
    let (mut paths, mut missing) = (vec![], BTreeSet::new());
    let mut write = |file: String, bytes: &[u8]| -> Result<()> {
        let path = folder.join(file);
        fs::write(&path, bytes).with_context(|| format!("Cannot write {}", path.display()))?;
        paths.push(path.to_string_lossy().into_owned());
        Ok(())
    };
    match format {
        ExportFormat::Csv => {
            write(format!("{name}.csv"), export::figures_csv(dashboard, labels)?.as_bytes())?;
            for chart in &dashboard.charts {
                write(format!("{}.csv", chart.id), export::table_csv(&chart.table)?.as_bytes())?;
            }
            for (number, table) in dashboard.tables.iter().enumerate() {
                write(format!("{name}-table-{}.csv", number + 1), export::table_csv(table)?.as_bytes())?;
            }
        }
        ExportFormat::Svg => {
            for chart in &dashboard.charts {
                write(format!("{}.svg", chart.id), export::standalone_svg(chart).as_bytes())?;
            }
        }
        ExportFormat::Png => {
            for chart in &dashboard.charts {
                let picture = export::png(chart, PNG_SCALE, fonts)?;
                missing.extend(picture.missing.chars());
                write(format!("{}.png", chart.id), &picture.bytes)?;
            }
        }
    }
    Ok(Exported { files: paths, warning: (!missing.is_empty()).then(|| missing_letters(&missing)) })
}

/// The files are there, but some letters in them are boxes.
fn missing_letters(letters: &BTreeSet<char>) -> UserError {
    let some: String = letters.iter().take(SHOWN_LETTERS).collect();
    let more = if letters.len() > SHOWN_LETTERS { " and others" } else { "" };
    UserError {
        code: "missing_letters".to_owned(),
        message: format!("No font on this computer has the letters {some}{more}: they are boxes in the pictures"),
        hint: "Install a font that has them (for Chinese: Noto Sans CJK) and export again, or export SVG: it takes the fonts of whoever opens it.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use mercator_analytics::dashboard::{SatisfactionFacts, satisfaction};

    use super::*;

    #[test]
    fn j8_pictures_that_lack_letters_say_so_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let check = |labels: &Labels<'_>, format: ExportFormat, fonts: &Fonts| {
            let facts = SatisfactionFacts { days: &[], previous: &[], span: None };
            let dashboard = satisfaction(&facts, labels).unwrap();
            let done = write_files(&dashboard, labels, format, folder.path(), fonts).unwrap();
            assert!(!done.files.is_empty());
            done.warning
        };
        assert_eq!(check(&Labels::english(), ExportFormat::Png, &Fonts::none()), None);
        assert_eq!(check(&Labels::chinese(), ExportFormat::Svg, &Fonts::none()), None, "no letter is drawn here");
        let told = check(&Labels::chinese(), ExportFormat::Png, &Fonts::none()).unwrap();
        assert_eq!(told.code, "missing_letters");
        assert!(told.message.contains(|c: char| c > '\u{4e00}') && told.hint.contains("Install a font"), "{told:?}");
    }
}
