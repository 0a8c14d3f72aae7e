//! The words about an order and its parcel: the stage in plain words, the last report, the next step. No dates but the reported ones.

use mercator_domain::{
    language::Language,
    order::{Order, OrderStatus},
    shipment::{Shipment, ShipmentStage},
};

use crate::{calendar, error::PipelineError, reply::Body, texts};

/// The parcel that an answer is about: the one that is not at its end, else the last.
pub fn parcel(order: &Order) -> Option<&Shipment> {
    order.shipments.iter().rev().find(|s| !s.stage.is_final()).or(order.shipments.last())
}

/// The key of the text for a stage.
fn stage_key(stage: ShipmentStage) -> String {
    format!("stage_{stage}")
}

/// The key of the text for an order without a parcel, or at its end.
const fn status_key(status: OrderStatus) -> Option<&'static str> {
    Some(match status {
        OrderStatus::Pending => "order_pending",
        OrderStatus::Processing => "order_processing",
        OrderStatus::Cancelled => "order_cancelled",
        OrderStatus::Returned => "order_returned",
        OrderStatus::Refunded => "order_refunded",
        OrderStatus::Shipped | OrderStatus::Delivered => return None,
    })
}

/// Appends where the order is.
pub fn describe(body: &mut Body, order: &Order, language: &Language, zone: &str, stuck: bool) -> Result<(), PipelineError> {
    let parcel = parcel(order).filter(|p| !p.tracking_number.is_empty());
    let ended = matches!(order.status, OrderStatus::Cancelled | OrderStatus::Returned | OrderStatus::Refunded);
    match (parcel, status_key(order.status)) {
        (Some(parcel), _) if !ended => describe_parcel(body, order, parcel, language, zone, stuck),
        (_, Some(key)) => body.template(language, key, &[("order", &order.number)]),
        // Sent or arrived, but without a number that could be told: what is certain is that it has left.
        (_, None) => match order.shipments.last() {
            Some(parcel) => describe_parcel(body, order, parcel, language, zone, stuck),
            None => {
                Err(PipelineError::UnfilledPlaceholder { key: stage_key(ShipmentStage::InTransit), placeholder: "tracking".to_owned() })
            }
        },
    }
}

fn describe_parcel(
    body: &mut Body,
    order: &Order,
    parcel: &Shipment,
    language: &Language,
    zone: &str,
    stuck: bool,
) -> Result<(), PipelineError> {
    body.template(language, &stage_key(parcel.stage), &[("order", &order.number), ("tracking", &parcel.tracking_number)])?;
    if parcel.stage == ShipmentStage::Delivered {
        if let Some(at) = parcel.delivered_at {
            body.sentence(language, "delivered_on", &[("date", &calendar::date(at, zone, language))])?;
        }
        return Ok(());
    }
    if stuck && let Some(at) = parcel.last_movement() {
        return body.sentence(language, "stuck", &[("date", &calendar::date(at, zone, language))]);
    }
    let last = parcel.events.iter().max_by_key(|e| e.at);
    if let Some(event) = last {
        let date = calendar::date(event.at, zone, language);
        if event.place.trim().is_empty() {
            body.sentence(language, "last_event_no_place", &[("date", &date)])?;
        } else {
            body.sentence(language, "last_event", &[("date", &date), ("place", event.place.trim())])?;
        }
    }
    Ok(())
}

/// Order and parcel in one line each, for the card.
pub fn card_lines(order: &Order, reader: &Language, zone: &str) -> String {
    let mut lines = vec![format!("{} · {} · {}", order.number, order.status, order.total)];
    lines.extend(order.shipments.iter().map(|s| {
        let last = s.last_movement().map(|at| calendar::date_time(at, zone, reader)).unwrap_or_default();
        format!("{} {} · {} · {last}", s.carrier, s.tracking_number, s.stage).trim_matches([' ', '·']).to_owned()
    }));
    lines.join("\n")
}

/// The stage's text with its placeholders, in the language or its fallbacks: for tests and the help page.
pub fn stage_text(stage: ShipmentStage, language: &Language) -> Option<&'static str> {
    texts::raw(language, &stage_key(stage)).map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e3_every_stage_has_words_in_every_language() {
        for stage in ShipmentStage::ALL {
            for code in Language::SUPPORTED {
                let language = Language::parse(code).unwrap();
                let (found, text) = texts::raw(&language, &stage_key(*stage)).unwrap();
                assert_eq!(found, language, "{stage}");
                assert!(text.contains("{order}") && text.contains("{tracking}"), "{code} {stage}");
            }
        }
    }
}
