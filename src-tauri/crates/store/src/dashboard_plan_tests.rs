//! The plans of the statements behind dashboards and lists of this half: none of them may read a whole table.

use mercator_domain::{facts::DashboardFilter, moment::Moment};

use crate::{
    Store, episode_days, episodes, handoffs,
    order_list::{self, OrderFilter},
    satisfaction,
    statement::Statement,
};

async fn plan(statement: Statement) -> String {
    let store = Store::memory().await.unwrap();
    statement.plan(&mut store.read().await.unwrap()).await
}

#[tokio::test]
async fn dashboards_read_only_the_days_that_they_show() {
    let filter = DashboardFilter { from: Some(Moment(0)), to: Some(Moment(1)), ..DashboardFilter::default() };
    let check = async |statement: Statement, part: &str| {
        let plan = plan(statement).await;
        assert!(plan.contains(part), "{part}\n{plan}");
    };
    check(episode_days::days(&filter), "USING PRIMARY KEY (day>? AND day<?)").await;
    check(satisfaction::days(&filter), "USING PRIMARY KEY (day>? AND day<?)").await;
    check(episode_days::behind(&filter, episode_days::EpisodeDrill::default()), "episodes_by_start (started_at>? AND started_at<?)").await;
    check(handoffs::counted(Statement::new("select h.id"), &filter), "handoffs_by_time (at>? AND at<?)").await;
    check(satisfaction::rated(Statement::new("select r.id"), &filter), "surveys_by_time (sent_at>? AND sent_at<?)").await;
}

#[tokio::test]
async fn lists_and_chores_use_their_indexes_without_sorting() {
    let check = async |statement: Statement, part: &str| {
        let plan = plan(statement).await;
        assert!(plan.contains(part) && !plan.contains("TEMP B-TREE"), "{part}\n{plan}");
    };
    check(handoffs::waiting(), "handoffs_waiting").await;
    check(episodes::to_assume(Moment(0)), "episodes_to_assume").await;
    check(order_list::page(&OrderFilter { limit: 50, ..OrderFilter::default() }), "orders_newest").await;
}
