//! Ratings: what the customer says of an episode.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ConversationId, RatingId},
    moment::Moment,
    words,
};

/// A score from 1 (terrible) to 5 (amazing).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type)]
#[serde(try_from = "u8", into = "u8")]
#[specta(type = u8)]
pub struct Score(u8);

/// A number that is no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no score from 1 to 5")]
pub struct NoScore(pub u8);

impl TryFrom<u8> for Score {
    type Error = NoScore;
    fn try_from(n: u8) -> Result<Self, NoScore> {
        if (1..=5).contains(&n) { Ok(Self(n)) } else { Err(NoScore(n)) }
    }
}

impl From<Score> for u8 {
    fn from(s: Score) -> Self {
        s.0
    }
}

impl Score {
    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// 4 and 5 are positive (vocabulary.md: CSAT = ratings 4-5 / ratings x 100).
    pub const fn is_positive(self) -> bool {
        self.0 >= 4
    }
}

words! {
    /// Who served the rated episode.
    ServedBy {
        /// Only the bot.
        Bot => "bot",
        /// Only people.
        Human => "human",
        /// Both.
        Mixed => "mixed",
    }
}

/// One answer to a survey; at most one an episode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Rating {
    /// The row.
    pub id: RatingId,
    /// Of which conversation.
    pub conversation_id: ConversationId,
    /// Of which of its episodes.
    pub episode: i32,
    /// The score.
    pub score: Score,
    /// What the customer added.
    pub comment: String,
    /// Who served.
    pub served_by: ServedBy,
    /// When it came in.
    pub at: Moment,
}
